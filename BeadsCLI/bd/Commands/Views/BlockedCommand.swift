import BeadsKit
import CommandKit

/// `bd blocked`: what has to wait, and for what.
enum BlockedCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "blocked", summary: "Show work that has to wait", section: CommandTree.Section.views,
      discussion: "Children wait with their parent: an issue without a blocker of its own names the parent.",
      examples: ["bd blocked", "bd blocked --parent bd-a3f8 --json"],
      flags: [.string("parent", placeholder: "ID", help: "Below this issue, at any depth").namingSubject]
    ) { arguments, context in
      var reader = try FilterReader(context, from: .everything)
      try reader.readParent()
      let blocked = try context.store().blocked(reader.filter)
      if context.isJSON { return context.json { $0.array(blocked) { $0.blockedIssue($1) } } }
      if blocked.isEmpty { return context.print("No blocked issues") }
      let vocabulary = try context.store().rules.vocabulary
      for one in blocked {
        context.print(IssueText.line(one.issue, vocabulary))
        let ids = one.blockedBy.map(\.rawValue).joined(separator: ", ")
        let what = one.blockers.isEmpty ? "waits with its parent" : "waits for"
        context.print("    \("\(what) \(ids)", .gray)")
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func blockedIssue(_ blocked: BlockedIssue) {
    object {
      $0.issueMembers(blocked.issue, edges: .edgesOnly)
      $0.member("blocked_by_count", blocked.blockedBy.count)
      $0.member("blocked_by", blocked.blockedBy.map(\.rawValue))
    }
  }
}
