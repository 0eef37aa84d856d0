import BeadsKit
import CommandKit

/// An edge that a command added, and how it says so.
struct EdgeResult {
  let issue: IssueID
  let target: IssueID
  let type: DependencyType
  let isNew: Bool

  /// The sentence for people, so that the direction of the edge cannot be misread.
  var sentence: TerminalText {
    isNew
      ? "\("✓", .green) Added dependency: \(issue) depends on \(target) (\(type))"
      : "\(issue) already depends on \(target) (\(type))"
  }

  var status: String { isNew ? "added" : "unchanged" }

  func write(to writer: inout JSONWriter) {
    writer.member("depends_on_id", target.rawValue)
    writer.member("issue_id", issue.rawValue)
    writer.member("status", status)
    writer.member("type", type.rawValue)
  }

  /// Prints what was done: one edge as an object, several as a list.
  static func print(_ results: [EdgeResult], asList: Bool, _ context: BdContext) {
    if !context.isJSON {
      for result in results { context.print(result.sentence) }
      return
    }
    if let only = results.first, !asList { return context.object { only.write(to: &$0) } }
    context.object { writer in
      writer.member("count", results.count)
      writer.key("dependencies")
      writer.array(results) { writer, result in writer.object { result.write(to: &$0) } }
      writer.member("status", "added")
    }
  }
}
