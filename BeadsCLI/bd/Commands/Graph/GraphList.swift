import BeadsKit
import CommandKit

/// A graph as text, layer under layer: in boxes, or a line for each issue.
struct GraphList {
  let graph: IssueGraph
  let vocabulary: Vocabulary
  private let waitsFor: [IssueID: [IssueID]]
  private let blocks: [IssueID: [IssueID]]

  init(_ graph: IssueGraph, _ vocabulary: Vocabulary) {
    self.graph = graph
    self.vocabulary = vocabulary
    waitsFor = Dictionary(grouping: graph.blockingEdges, by: \.issueID).mapValues { $0.map(\.dependsOnID) }
    blocks = Dictionary(grouping: graph.blockingEdges, by: \.dependsOnID).mapValues { $0.map(\.issueID) }
  }

  /// A line for each issue with what it waits for.
  var compactLines: [TerminalText] {
    layers { issue in
      var line: TerminalText = "  \(IssueText.line(issue, vocabulary))"
      if let ids = waitsFor[issue.id] { line += " \("← " + Self.list(ids), .gray)" }
      return [line]
    }
  }

  /// A box for each issue.
  func boxLines(width: Int?) -> [TerminalText] {
    let room = min(width ?? 72, 72) - 4
    let widest = graph.issues.flatMap(content).reduce(24) { max($0, $1.displayWidth) }
    let inner = max(10, min(widest, room))
    let edge = String(repeating: "─", count: inner + 2)
    return layers { issue in
      let rows = content(issue).map { row -> TerminalText in
        "\("│", .gray) \(row.truncated(toWidth: inner).padded(toWidth: inner)) \("│", .gray)"
      }
      return ["\("┌" + edge + "┐", .gray)"] + rows + ["\("└" + edge + "┘", .gray)"]
    }
  }

  private func content(_ issue: Issue) -> [TerminalText] {
    let head: TerminalText =
      "\(IssueText.icon(issue.status, vocabulary)) \(issue.id, .bold) \(IssueText.priority(issue.priority)) \(IssueText.type(issue.type))"
    var rows = [head, TerminalText(issue.title)]
    if let ids = waitsFor[issue.id] { rows.append("\("waits for " + Self.list(ids), .gray)") }
    if let ids = blocks[issue.id] { rows.append("\("blocks " + Self.list(ids), .gray)") }
    return rows
  }

  private func layers(_ lines: (Issue) -> [TerminalText]) -> [TerminalText] {
    let byID = Dictionary(uniqueKeysWithValues: graph.issues.map { ($0.id, $0) })
    return graph.layers.enumerated().flatMap { index, layer in
      ["\(graph.heading(of: index), .bold)"] + layer.compactMap { byID[$0] }.flatMap(lines)
    }
  }

  private static func list(_ ids: [IssueID]) -> String { ids.map(\.rawValue).joined(separator: ", ") }
}

extension IssueGraph {
  /// What stands above a layer.
  func heading(of layer: Int) -> String {
    hasCircle && layer == layers.count - 1 ? "In a circle" : "Layer \(layer)"
  }
}
