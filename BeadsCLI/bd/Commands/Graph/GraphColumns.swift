import BeadsKit
import CommandKit

/// A graph as text: issues in columns, lines from what has to be done first to what waits for it.
struct GraphColumns {
  private let graph: IssueGraph
  private let drawing: GraphDrawing
  private let labels: [IssueID: TerminalText]
  private let widths: [Int]
  private let gutters: [Gutter]

  private static let maximumCount = 150

  /// Lays a graph out; labels are cut so that it fits `width` columns, if one is given.
  ///
  /// Nil when it does not fit even with short labels, or has more issues than anyone could follow.
  init?(_ graph: IssueGraph, _ vocabulary: Vocabulary, width: Int?) {
    guard graph.issues.count <= Self.maximumCount else { return nil }
    let drawing = GraphDrawing(graph)
    var labels: [IssueID: TerminalText] = [:]
    for issue in graph.issues {
      labels[issue.id] = "\(IssueText.icon(issue.status, vocabulary)) \(issue.id, .bold) \(issue.title)"
    }
    let gutters = drawing.columns.indices.map { Gutter(drawing, after: $0) }
    let lines = gutters.reduce(0) { $0 + $1.width }
    var cap = 34
    func total() -> Int { Self.widths(graph, drawing, labels, cap).reduce(lines, +) }
    if let width {
      while cap > 12, total() > width { cap -= 1 }
      if total() > width { return nil }
    }
    self.graph = graph
    self.drawing = drawing
    self.labels = labels.mapValues { $0.truncated(toWidth: cap) }
    self.gutters = gutters
    widths = Self.widths(graph, drawing, labels, cap)
  }

  private static func widths(
    _ graph: IssueGraph, _ drawing: GraphDrawing, _ labels: [IssueID: TerminalText], _ cap: Int
  ) -> [Int] {
    drawing.columns.enumerated().map { column, places in
      let heading = graph.heading(of: column).count
      let widest = places.reduce(heading) { max($0, $1.issue.flatMap { labels[$0]?.displayWidth } ?? 0) }
      return min(cap, widest) + (column + 1 < drawing.columns.count ? 1 : 0)
    }
  }

  var lines: [TerminalText] {
    var heading = TerminalText()
    for (column, width) in widths.enumerated() {
      let isLast = column == widths.count - 1
      let text = TerminalText(graph.heading(of: column), .bold)
      heading += isLast ? text : text.padded(toWidth: width + gutters[column].width)
    }
    return [heading] + (0..<drawing.rowCount).map(line)
  }

  private func line(_ row: Int) -> TerminalText {
    var line = TerminalText()
    var gap = 0
    for (column, places) in drawing.columns.enumerated() {
      let index = places.firstIndex { $0.row == row }
      let label = index.flatMap { places[$0].issue }.flatMap { labels[$0] }
      if let label {
        line += TerminalText(String(repeating: " ", count: gap)) + label
        gap = 0
      }
      let rest = widths[column] - (label?.displayWidth ?? 0)
      let continues = index.map { place in drawing.links[column].contains { $0.from == place } } ?? false
      let tail: String
      if label == nil {
        tail = String(repeating: index == nil ? " " : "─", count: rest)
      } else {
        tail =
          continues && rest > 0
          ? " " + String(repeating: "─", count: rest - 1) : String(repeating: " ", count: rest)
      }
      let text = tail + gutters[column].text(row, in: drawing)
      // Blanks are held back until something follows, so that no line ends with them.
      let kept = text.lastIndex { $0 != " " }.map { text[...$0] } ?? ""
      if !kept.isEmpty {
        line += TerminalText(String(repeating: " ", count: gap)) + TerminalText(String(kept), .gray)
        gap = 0
      }
      gap += text.count - kept.count
    }
    return line
  }
}

/// The lines between two columns.
///
/// All links from one place share a vertical track; places whose lines would run over each other get different ones.
private struct Gutter {
  private struct Net {
    let source: Int
    var targets: [Int]
    var track = -1

    var span: ClosedRange<Int> { min(source, targets.min() ?? source)...max(source, targets.max() ?? source) }
    var isStraight: Bool { targets == [source] }
  }

  private let column: Int
  private let trackCount: Int
  /// Which sides of each character a line leaves by, row by row: 1 up, 2 right, 4 down, 8 left,
  /// or `bridge`.
  private let sides: [[UInt8]]

  /// The number of columns: none after the last layer.
  let width: Int

  init(_ drawing: GraphDrawing, after column: Int) {
    self.column = column
    guard column + 1 < drawing.columns.count else {
      (trackCount, sides, width) = (0, [], 0)
      return
    }
    var nets: [Net] = []
    for link in drawing.links[column] {
      let (from, to) = (drawing.columns[column][link.from].row, drawing.columns[column + 1][link.to].row)
      if let place = nets.firstIndex(where: { $0.source == from }) {
        nets[place].targets.append(to)
      } else {
        nets.append(Net(source: from, targets: [to]))
      }
    }
    trackCount = Self.assignTracks(&nets)
    width = trackCount * 2 + 4
    sides = Self.sides(of: nets, rows: drawing.rowCount, length: trackCount * 2 + 1)
  }

  /// Gives every net that is not straight a track; returns how many there are.
  private static func assignTracks(_ nets: inout [Net]) -> Int {
    let links = nets
    // A line that starts in a row ends before a line that arrives in that row begins.
    func isLeft(_ a: Int, of b: Int) -> Bool { a != b && links[b].targets.contains(links[a].source) }
    var open = nets.indices.filter { !links[$0].isStraight }
    var count = 0
    while !open.isEmpty {
      let choice = open.firstIndex { net in !open.contains { isLeft($0, of: net) } } ?? 0
      let net = open.remove(at: choice)
      var track = 0
      for other in nets.indices where isLeft(other, of: net) { track = max(track, nets[other].track + 1) }
      while nets.contains(where: { $0.track == track && $0.span.overlaps(links[net].span) }) { track += 1 }
      nets[net].track = track
      count = max(count, track + 1)
    }
    return count
  }

  private static func sides(of nets: [Net], rows: Int, length: Int) -> [[UInt8]] {
    var sides = [[UInt8]](repeating: [UInt8](repeating: 0, count: length), count: rows)
    func run(_ row: Int, _ from: Int, _ to: Int) {
      for x in from..<max(from, to) {
        sides[row][x] |= 2
        sides[row][x + 1] |= 8
      }
    }
    for net in nets {
      if net.isStraight {
        sides[net.source][0] |= 8
        run(net.source, 0, length - 1)
        sides[net.source][length - 1] |= 2
        continue
      }
      let x = net.track * 2 + 1
      sides[net.source][0] |= 8
      run(net.source, 0, x)
      for row in net.span where row < net.span.upperBound {
        sides[row][x] |= 4
        sides[row + 1][x] |= 1
      }
      for target in net.targets {
        run(target, x, length - 1)
        sides[target][length - 1] |= 2
      }
    }
    for net in nets where !net.isStraight {
      for row in net.span where row != net.source && !net.targets.contains(row) {
        if sides[row][net.track * 2 + 1] == 15 { sides[row][net.track * 2 + 1] = bridge }
      }
    }
    return sides
  }

  /// Where a line passes over another: drawn unlike a junction.
  private static let bridge: UInt8 = 16

  private static let characters: [Character] = [
    " ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼", "│",
  ]

  /// One row: the tracks, then an arrow into an issue or a line on into a bend.
  func text(_ row: Int, in drawing: GraphDrawing) -> String {
    guard width > 0 else { return "" }
    let lines = String(sides[row].map { Self.characters[Int($0)] })
    guard let last = sides[row].last, last & 2 != 0 else { return lines + "   " }
    let target = drawing.columns[column + 1].first { $0.row == row }
    return lines + (target?.issue == nil ? "───" : "─→ ")
  }
}
