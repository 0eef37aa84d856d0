import BeadsKit
import CommandKit

/// A dependency tree as a Mermaid flowchart, which GitHub and many editors draw.
struct MermaidChart {
  private(set) var text = "flowchart TD\n"

  init(_ parts: [DepTreeCommand.Part], _ vocabulary: Vocabulary) {
    var names: [IssueID: String] = [:]
    var edges: [String] = []
    var seen: Set<String> = []
    for part in parts {
      for node in part.tree.nodes {
        if names[node.id] == nil {
          names[node.id] = "n\(names.count)"
          let icon = node.issue.map { vocabulary.icon(of: $0.status) + " " } ?? ""
          let title = node.issue.map { ": " + $0.title } ?? ""
          text += "  n\(names.count - 1)[\"\(Self.escaped(icon + node.id.rawValue + title))\"]\n"
        }
        guard let edge = node.edge, let above = names[node.parentID], let here = names[node.id] else {
          continue
        }
        let (from, to) = part.direction == .up ? (here, above) : (above, here)
        let arrow = edge == .blocks ? "-->" : "-. \(Self.escaped(edge.rawValue)) .->"
        let line = "  \(from) \(arrow) \(to)\n"
        if seen.insert(line).inserted { edges.append(line) }
      }
    }
    text += edges.joined()
  }

  /// The text with what Mermaid and terminals interpret as entities.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in terminalSafe(text).unicodeScalars {
      switch scalar {
      case "\"", "#", ";", "<", ">", "&", "`", "\\": out += "#\(scalar.value);"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
