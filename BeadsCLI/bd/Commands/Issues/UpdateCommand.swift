import BeadsKit
import CommandKit

/// `bd update`: changes fields of issues.
enum UpdateCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "update", summary: "Change issues", section: CommandTree.Section.issues,
      discussion: """
        Changes every issue that is named, or the one touched last. Each issue is changed as a whole or not at all; \
        one that fails is reported and does not stop the others. An empty value clears a field: --assignee "", \
        --due "", --defer "", --parent "", --set-labels=.

        --claim takes an open issue: it sets the assignee to you and the status to in_progress, in one step of \
        which only one of many agents succeeds. With --lease 10m the claim ends by itself, and the issue is ready work \
        again, unless `bd heartbeat` renews it.
        """,
      examples: [
        "bd update bd-a3f8 --claim", "bd update bd-a3f8 --claim --lease 10m",
        "bd update bd-a3f8 -p 0 --add-label urgent",
        "bd update bd-a3f8 bd-9zq --status blocked --append-notes \"waiting for the vendor\"",
        "bd update bd-a3f8 --set-metadata team=web --set-metadata retries=3",
      ],
      flags: flags, positionals: [.anyIssues()], run: run)
  }

  private static var flags: [Flag] {
    let state: [Flag] = [
      .bool("claim", help: "Take it: set assignee and status in one step"),
      LeaseFlag.flag,
      .string(
        "status", short: "s", placeholder: "STATUS",
        help: "open, in_progress, blocked, closed ...; see `bd statuses`"),
      .bool("force", short: "f", help: "Close although something guards it"),
      .string("session", placeholder: "ID", help: "The agent session that closes it"),
      .string("title", placeholder: "TITLE", help: "The title"),
      .string("type", short: "t", placeholder: "TYPE", help: "The kind of issue"),
      .string("priority", short: "p", placeholder: "N", help: "0 (critical) to 4 (backlog), or P0 to P4"),
      .string("assignee", short: "a", placeholder: "NAME", help: "Who works on it; empty for nobody"),
      .bool("unassign", hidden: true, help: "As --assignee \"\""),
    ]
    let texts: [Flag] = [
      .bool("allow-empty-description", help: "Let the description become empty"),
      .string("acceptance", aliases: ["acceptance-criteria"], placeholder: "TEXT", help: "When it is done"),
      .string("notes", placeholder: "TEXT", help: "Replace the notes"),
      .list("append-notes", placeholder: "TEXT", help: "Add a line to the notes"),
    ]
    let structure: [Flag] = [
      .list("add-label", help: "Add labels"), .list("remove-label", help: "Remove labels"),
      .list("set-labels", help: "Replace all labels; empty to remove all"),
      .string("parent", placeholder: "ID", help: "Make it a child of this issue; empty for none"),
    ]
    let details: [Flag] = [
      .int("estimate", short: "e", placeholder: "MINUTES", in: 0...Int.max, help: "How long it will take"),
      .string("due", placeholder: "TIME", help: "When it should be done; empty to clear"),
      .string(
        "defer", placeholder: "TIME", help: "Hide it from ready work until then; empty to bring it back"),
      .string("external-ref", placeholder: "REF", help: "A reference into another system; empty to clear"),
      .string("spec-id", placeholder: "ID", help: "A link to a specification"),
      .string("await-id", placeholder: "ID", help: "What a gate waits for"),
      .string("metadata", placeholder: "JSON", help: "Merge a JSON object, or @FILE, into the metadata"),
      .list("set-metadata", placeholder: "KEY=VALUE", help: "Set a member of the metadata"),
      .list("unset-metadata", placeholder: "KEY,...", help: "Remove members of the metadata"),
      .bool("ephemeral", help: "Make it a wisp: local to this clone"),
      .bool("persistent", help: "Make a wisp an ordinary issue"),
      .bool("no-history", help: "Keep it with the wisps, but do not garbage-collect it"),
      .bool("history", help: "Undo --no-history"),
    ]
    return state + TextFlags.description + TextFlags.design + texts + structure + details
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let request = try UpdateRequest(context)
    let words = try context.issueWords(arguments.positionals)
    if request.isEmpty {
      if context.isJSON { return context.array([]) }
      return context.print("No updates specified")
    }
    try request.requireClaimable(words, context)
    let ids = try context.changeEach("update", words) { transaction, issue throws(BeadsError) in
      try request.apply(to: issue.id, &transaction)
    }
    try context.printChanged(ids) { issue throws(BeadsError) in "✓ Updated issue: \(try context.named(issue))"
    }
  }
}
