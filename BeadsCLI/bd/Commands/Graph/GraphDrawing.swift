import BeadsKit

/// Where the issues of a graph stand when it is drawn from left to right: a column for each layer.
///
/// The method of Sugiyama: long edges get a bend in every column they pass, columns are ordered so that few edges
/// cross, and rows are pulled towards what leads to them.
struct GraphDrawing {
  /// A place in a column: an issue, or where a long edge passes.
  struct Place {
    let issue: IssueID?
    /// The issue itself, or the one that the edges passing here come from.
    let origin: IssueID
    var row: Int
  }

  /// An edge from a place of one column to a place of the next, as indexes into the columns.
  struct Link: Hashable {
    let from: Int
    let to: Int
  }

  /// The places, column by column, from top to bottom.
  private(set) var columns: [[Place]]
  /// The links between each column and the next.
  private(set) var links: [[Link]]
  /// Edges that are not drawn: those of circles, and those over so many columns that no eye would follow them.
  private(set) var undrawn: [Dependency] = []

  /// How many rows the highest column takes.
  var rowCount: Int { (columns.joined().map(\.row).max() ?? -1) + 1 }

  init(_ graph: IssueGraph) {
    var sketch = Sketch(graph.layers)
    for edge in graph.blockingEdges where !sketch.connect(edge.dependsOnID, to: edge.issueID) {
      undrawn.append(edge)
    }
    sketch.reduceCrossings()
    (columns, links) = sketch.result
    placeRows()
  }

  /// Gives every place the row of what leads to it where that is free, so that edges run straight.
  private mutating func placeRows() {
    for column in columns.indices {
      var sources = [[Int]](repeating: [], count: columns[column].count)
      if column > 0 {
        for link in links[column - 1] { sources[link.to].append(columns[column - 1][link.from].row) }
      }
      var next = 0
      for place in columns[column].indices {
        let wanted = sources[place].sorted()
        columns[column][place].row = max(next, wanted.isEmpty ? 0 : wanted[(wanted.count - 1) / 2])
        next = columns[column][place].row + 1
      }
    }
  }
}

/// Columns of nodes while their order is being decided.
private struct Sketch {
  private struct Node {
    let issue: IssueID?
    let origin: IssueID
    let column: Int
    var before: [Int] = []
    var after: [Int] = []
  }

  private var nodes: [Node] = []
  private var columns: [[Int]] = []
  private var places: [IssueID: Int] = [:]
  /// Bends, by the node their edges come from, so that edges from one issue share them.
  private var bends: [Int: Int] = [:]

  init(_ layers: [[IssueID]]) {
    for (column, layer) in layers.enumerated() {
      columns.append([])
      for id in layer {
        places[id] = add(id, id, column)
      }
    }
  }

  private mutating func add(_ issue: IssueID?, _ origin: IssueID, _ column: Int) -> Int {
    nodes.append(Node(issue: issue, origin: origin, column: column))
    columns[column].append(nodes.count - 1)
    return nodes.count - 1
  }

  private static let longestEdge = 40

  /// Adds an edge with its bends; false when it does not lead to a later column or spans too many.
  mutating func connect(_ from: IssueID, to: IssueID) -> Bool {
    guard let start = places[from], let end = places[to],
      (1...Self.longestEdge).contains(nodes[end].column - nodes[start].column)
    else { return false }
    var node = start
    while nodes[node].column + 1 < nodes[end].column {
      let bend = bends[node] ?? add(nil, from, nodes[node].column + 1)
      bends[node] = bend
      join(node, bend)
      node = bend
    }
    join(node, end)
    return true
  }

  private mutating func join(_ a: Int, _ b: Int) {
    if nodes[a].after.contains(b) { return }
    nodes[a].after.append(b)
    nodes[b].before.append(a)
  }

  /// Orders each column by the mean place of its neighbours, forwards and backwards a few times.
  mutating func reduceCrossings() {
    for sweep in 0..<6 {
      let isForward = sweep % 2 == 0
      for column in isForward ? Array(columns.indices) : columns.indices.reversed() {
        let neighbour = isForward ? column - 1 : column + 1
        guard columns.indices.contains(neighbour) else { continue }
        var place: [Int: Int] = [:]
        for (index, node) in columns[neighbour].enumerated() { place[node] = index }
        let weights = columns[column].enumerated().map { index, node -> Double in
          // What nothing leads to or from stands below the drawing.
          if nodes[node].before.isEmpty, nodes[node].after.isEmpty { return .infinity }
          let near = (isForward ? nodes[node].before : nodes[node].after).compactMap { place[$0] }
          return near.isEmpty ? Double(index) : Double(near.reduce(0, +)) / Double(near.count)
        }
        columns[column] = columns[column].enumerated()
          .sorted { (weights[$0.offset], $0.offset) < (weights[$1.offset], $1.offset) }
          .map(\.element)
      }
    }
  }

  /// The order as places, rows still to be decided.
  var result: (columns: [[GraphDrawing.Place]], links: [[GraphDrawing.Link]]) {
    var index = [Int](repeating: 0, count: nodes.count)
    for column in columns { for (place, node) in column.enumerated() { index[node] = place } }
    let places = columns.map { column in
      column.map { GraphDrawing.Place(issue: nodes[$0].issue, origin: nodes[$0].origin, row: 0) }
    }
    let links = columns.map { column in
      column.flatMap { node in
        nodes[node].after.map { GraphDrawing.Link(from: index[node], to: index[$0]) }
      }
    }
    return (places, links)
  }
}
