import BeadsKit
import GasTownKit

/// An issue as it is stored; the name for files that import Testing, which has issues of its own.
typealias StoredIssue = Issue

extension TestTown {
  /// Makes an issue of any kind in the tracker of the rig `app`.
  @discardableResult
  func storeIssue(
    _ title: String, _ edit: @escaping (inout Issue) -> Void = { _ in }, wisp: Bool = true,
    closed: Bool = false
  ) throws -> IssueID {
    let ledgers = ledgers()
    defer { ledgers.close() }
    return try ledgers.store(of: try RigName("app")).write("create") { tx throws(BeadsError) in
      var draft = IssueDraft(title: title)
      draft.isEphemeral = wisp
      let id = try tx.create(draft).id
      try tx.update(id) { edit(&$0) }
      if closed { try tx.close(id, reason: "done", force: true) }
      return id
    }
  }

  /// An issue as it is stored; nil when it was deleted.
  func storedIssue(_ id: IssueID) throws -> Issue? {
    let ledgers = ledgers()
    defer { ledgers.close() }
    let found = try ledgers.store(for: id).issue(id)
    return found?.isTombstone == true ? nil : found
  }
}
