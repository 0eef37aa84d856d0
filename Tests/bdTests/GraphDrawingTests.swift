import BeadsKit
import BeadsTesting
import CommandKit
import Foundation
import Testing

@testable import BdCommands

/// Pictures of random graphs: everything is there, nothing sticks out, lines join what they should.
@Suite struct GraphDrawingTests {
  /// A graph of `count` issues in which later ones wait for earlier ones at random.
  private func graph(_ count: Int, seed: UInt64) throws -> IssueGraph {
    let project = try TestProject()
    let store = try project.makeStore()
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let ids = try (0..<count).map { try IssueID("t-n\($0)x") }
    try store.write("create") { transaction throws(BeadsError) in
      for (index, id) in ids.enumerated() {
        var draft = IssueDraft(title: "Issue" + String(repeating: " word", count: random(6)))
        draft.id = id
        try transaction.create(draft)
        if index == 0 { continue }
        for _ in 0...random(3) { try transaction.addDependency(id, dependsOn: ids[random(index)]) }
      }
    }
    return try store.graph(around: ids[0])
  }

  @Test(arguments: [(2, 1), (5, 2), (9, 3), (14, 4), (20, 5), (30, 6), (45, 7)])
  func picturesAreComplete(_ count: Int, _ seed: UInt64) throws {
    let graph = try graph(count, seed: seed)
    let lines = try #require(GraphColumns(graph, Vocabulary(), width: nil)).lines.map(\.plain)
    for issue in graph.issues {
      #expect(lines.filter { $0.contains(" \(issue.id) ") }.count == 1)
    }
    #expect(lines.allSatisfy { $0.last != " " })
    #expect(GraphPage([graph], Vocabulary()).text.components(separatedBy: "<article").count == count + 1)
    #expect(
      GraphDot([graph], Vocabulary()).text.components(separatedBy: " -> ").count == graph.edges.count + 1)
  }

  @Test(arguments: [(5, 2), (9, 3), (14, 4), (20, 5)])
  func linesJoinWhatWaits(_ count: Int, _ seed: UInt64) throws {
    let graph = try graph(count, seed: seed)
    let lines = try #require(GraphColumns(graph, Vocabulary(), width: nil)).lines.map(\.plain)
    let picture = Picture(lines, ids: graph.issues.map(\.id.rawValue))
    for edge in graph.blockingEdges {
      #expect(
        picture.reached(from: edge.dependsOnID.rawValue).contains(edge.issueID.rawValue),
        "\(edge.dependsOnID) to \(edge.issueID) in\n\(lines.joined(separator: "\n"))")
    }
  }

  @Test func narrowPicturesCutLabelsOrGiveUp() throws {
    let graph = try graph(6, seed: 9)
    for width in 10...140 {
      guard let columns = GraphColumns(graph, Vocabulary(), width: width) else { continue }
      #expect(columns.lines.allSatisfy { $0.displayWidth <= width })
    }
    #expect(GraphColumns(graph, Vocabulary(), width: 10) == nil)
  }
}

/// Reads a picture back by following its lines.
private struct Picture {
  private let cells: [[Character]]
  private var ends: [Int: [Int: String]] = [:]
  private var starts: [String: (row: Int, column: Int)] = [:]

  init(_ lines: [String], ids: [String]) {
    cells = lines.map(Array.init)
    for (row, line) in cells.enumerated() {
      for id in ids {
        let pattern = Array(" \(id) ")
        guard line.count >= pattern.count else { continue }
        for column in 0...(line.count - pattern.count)
        where Array(line[column..<column + pattern.count]) == pattern {
          ends[row, default: [:]][column - 1] = id
          var end = column
          while end < line.count, !"─│".contains(line[end]) { end += 1 }
          starts[id] = (row, end)
        }
      }
    }
  }

  /// The issues whose arrow the lines from an issue lead to.
  func reached(from id: String) -> Set<String> {
    guard let start = starts[id] else { return [] }
    var found: Set<String> = []
    var seen: Set<[Int]> = []
    var stack = [(start.row, start.column, 1)]
    while let (row, column, heading) = stack.popLast() {
      guard row >= 0, row < cells.count, column >= 0, column < cells[row].count else { continue }
      guard seen.insert([row, column, heading]).inserted else { continue }
      let cell = cells[row][column]
      if cell == "→" {
        if let id = ends[row]?[column + 2] { found.insert(id) }
        continue
      }
      // Lines run from left to right, up and down; what meets a line from the side passes under it.
      let sides = Self.sides[cell] ?? []
      let onwards = cell == "│" && heading == 1 ? [1] : sides.filter { $0 != 3 && $0 != (heading + 2) % 4 }
      for next in onwards {
        let (down, right) = [(-1, 0), (0, 1), (1, 0), (0, -1)][next]
        stack.append((row + down, column + right, next))
      }
    }
    return found
  }

  /// Up 0, right 1, down 2, left 3.
  private static let sides: [Character: [Int]] = [
    "─": [1, 3], "│": [0, 2], "┌": [1, 2], "┐": [2, 3], "└": [0, 1], "┘": [0, 3], "├": [0, 1, 2],
    "┤": [0, 2, 3],
    "┬": [1, 2, 3], "┴": [0, 1, 3], "┼": [0, 1, 2, 3],
  ]
}
