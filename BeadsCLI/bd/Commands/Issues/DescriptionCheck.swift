import BeadsKit
import CommandKit

/// The project's demands on descriptions: `--validate`, `validation.on-create` and `create.require-description`.
struct DescriptionCheck {
  private enum Mode { case none, warn, error }

  private let context: BdContext
  private let mode: Mode
  private let requiresDescription: Bool

  /// - Parameter isStrict: Whether the user asked for it.
  init(_ context: BdContext, isStrict: Bool, setting: String = "validation.on-create") throws(BeadsError) {
    self.context = context
    let configuration = try context.configuration()
    let value = try configuration.string(setting)
    mode = isStrict || value == "error" ? .error : value == "warn" ? .warn : .none
    requiresDescription = try configuration.bool("create.require-description")
  }

  func check(_ drafts: [IssueDraft]) throws(BeadsError) {
    for draft in drafts {
      if requiresDescription, draft.description.allSatisfy(\.isWhitespace) {
        throw BeadsError(
          .invalid, "\(quoted(draft.title)) has no description",
          hint: "give one with -d; the setting create.require-description asks for it")
      }
      try check(draft.issue(id: IssueID(unchecked: ""), createdBy: "", at: Timestamp(seconds: 0)))
    }
  }

  func check(_ issue: Issue) throws(BeadsError) {
    let missing = mode == .none ? [] : issue.missingSections
    if missing.isEmpty { return }
    let text =
      "\(issue.type) \(quoted(issue.title)) lacks \(missing.joined(separator: ", ")) in its description"
    if mode == .error { throw BeadsError(.invalid, text) }
    context.warn("\(text)")
  }
}
