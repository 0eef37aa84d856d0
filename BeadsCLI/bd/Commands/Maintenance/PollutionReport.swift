import BeadsKit
import CommandKit

/// `bd doctor --check=pollution`: issues that tests left, and their removal.
enum PollutionReport {
  static func run(_ doctor: Doctor, _ arguments: Arguments, _ context: BdContext) throws {
    let cleans = arguments.bool("clean")
    let found = try doctor.testIssues()
    if cleans, !found.isEmpty {
      guard arguments.bool("yes") else {
        throw BeadsError(
          .invalid, "--clean would delete \(counted(found.count, "issue"))",
          hint: "look at them first, then add --yes")
      }
      if context.arguments.bool("readonly") {
        throw BeadsError(.readOnly, "operation 'doctor --clean' is not allowed in read-only mode")
      }
      try doctor.delete(found)
    }
    if context.isJSON { return printJSON(found, isCleaned: cleans, context) }
    if found.isEmpty { return context.print("No issue looks as if a test had left it") }
    for issue in found {
      context.print("\(issue.id.rawValue, .bold) \(issue.title) (\(percent(issue)) %)")
      for reason in issue.reasons { context.print("    \(reason, .dim)") }
    }
    context.print("")
    context.print(
      cleans
        ? "✓ Deleted \(counted(found.count, "issue")); `bd undo` brings them back"
        : "\(counted(found.count, "issue")), \(found.count { $0.isCertain }) of them with little doubt")
  }

  private static func percent(_ issue: TestIssue) -> Int { Int((issue.confidence * 100).rounded()) }

  private static func printJSON(_ found: [TestIssue], isCleaned: Bool, _ context: BdContext) {
    context.object { writer in
      writer.key("issues")
      writer.array(found) { writer, issue in
        writer.object { writer in
          writer.member("id", issue.id.rawValue)
          writer.member("title", issue.title)
          writer.key("score")
          writer.double(issue.confidence)
          writer.member("reasons", issue.reasons)
        }
      }
      writer.member("polluted_count", found.count)
      writer.member("high_confidence", found.count { $0.isCertain })
      writer.member("medium_confidence", found.count { !$0.isCertain })
      if isCleaned { writer.member("deleted_count", found.count) }
    }
  }
}
