import BeadsKit
import CommandKit

/// Issues and the edges among them as other programs draw them.
enum IssueDiagram {
  /// One line for each issue: it, then the issues of the list that it depends on.
  static func digraph(_ issues: [Issue]) -> [TerminalText] {
    let listed = Set(issues.map(\.id))
    return issues.map { issue in
      let targets = Set(issue.dependencies.map(\.dependsOnID)).intersection(listed).sorted()
      return TerminalText(([issue.id] + targets).map(\.rawValue).joined(separator: " "))
    }
  }

  /// A Graphviz graph; edges that do not block are dashed.
  static func dot(_ issues: [Issue]) -> [TerminalText] {
    let listed = Set(issues.map(\.id))
    var lines: [TerminalText] = ["digraph issues {", "  rankdir=LR;", "  node [shape=box];"]
    for issue in issues {
      let label = "\(issue.id)\n\(issue.title)\nP\(issue.priority) \(issue.status)"
      lines.append("  \(quote(issue.id.rawValue)) [label=\(quote(label))];")
    }
    for issue in issues {
      for edge in issue.dependencies where listed.contains(edge.dependsOnID) {
        let style = edge.type.isBlocking ? "solid" : "dashed"
        lines.append(
          """
            \(quote(issue.id.rawValue)) -> \(quote(edge.dependsOnID.rawValue)) \
          [label=\(quote(edge.type.rawValue)), style=\(style)];
          """)
      }
    }
    return lines + ["}"]
  }

  /// A quoted name of the DOT language.
  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
