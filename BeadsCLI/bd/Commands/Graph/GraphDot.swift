import BeadsKit
import CommandKit

/// Graphs in the language of Graphviz: `bd graph --all --dot | dot -Tsvg`.
struct GraphDot {
  private(set) var text = """
    digraph beads {
      rankdir=LR;
      node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11];
      edge [fontname="Helvetica", fontsize=9];

    """

  init(_ graphs: [IssueGraph], _ vocabulary: Vocabulary) {
    for graph in graphs {
      for issue in graph.issues {
        let label = "\(issue.id)\n\(issue.title.truncated(toWidth: 40))"
        let color = Self.color(vocabulary.category(of: issue.status))
        text += "  \(Self.quoted(issue.id.rawValue)) [label=\(Self.quoted(label)), fillcolor=\"\(color)\"];\n"
      }
      for edge in graph.edges { text += Self.line(edge) }
    }
    text += "}\n"
  }

  /// Arrows lead from what comes first to what waits; other links are dashed and lead as they were made.
  private static func line(_ edge: Dependency) -> String {
    let (issue, target) = (quoted(edge.issueID.rawValue), quoted(edge.dependsOnID.rawValue))
    if edge.type == .blocks { return "  \(target) -> \(issue);\n" }
    let label = quoted(edge.type.rawValue)
    if edge.type == .conditionalBlocks || edge.type == .waitsFor {
      return "  \(target) -> \(issue) [label=\(label)];\n"
    }
    return "  \(issue) -> \(target) [label=\(label), style=dashed, color=gray, constraint=false];\n"
  }

  private static func color(_ category: StatusCategory) -> String {
    switch category {
    case .active, .unspecified: "#ffffff"
    case .wip: "#fff3c4"
    case .done: "#d9ead3"
    case .frozen: "#d9e8f5"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
