import BeadsKit
import CommandKit
import GasTownKit

/// `gt mountain`: drives an epic to its end.
enum MountainCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mountain", summary: "Drive an epic to its end", section: CommandTree.Section.work,
      discussion: """
        Stages a convoy of everything below the epic, launches it and gives out what can be done; the daemon goes on with \
        the rest. An issue whose worker dies three times is skipped, and a standstill is escalated.
        """,
      examples: ["gt mountain ap-9zq", "gt mountain status", "gt mountain pause ap-9zq"],
      flags: [.bool("force", short: "f", help: "Although there are warnings")],
      positionals: [.required("epic")], subcommands: [status, pause, resume, cancel]
    ) { arguments, context in
      let (id, store) = try context.ledgers().resolve(arguments.positionals[0])
      guard let epic = try store.issue(id) else { throw BeadsError(.notFound, "there is no issue \(id)") }
      let mountains = Mountains(try context.ledgers(), try context.database())
      let (convoy, isNew) = try mountains.begin(epic, force: arguments.bool("force"))
      var given: [IssueID] = []
      for bead in isNew ? try mountains.progress(of: convoy).ready : [] {
        do throws(BeadsError) {
          for outcome in try context.sling().run(SlingRequest([bead.rawValue])) {
            if let error = outcome.error { throw error }
          }
          given.append(bead)
        } catch { context.warn("\(bead): \(error.message)") }
      }
      let progress = try mountains.progress(of: convoy)
      if context.isJSON {
        return context.object { writer in
          members(progress, &writer)
          writer.member("changed", isNew)
          writer.member("dispatched", given.map(\.rawValue))
        }
      }
      if isNew { context.print("\("✓", .green) \(id) is being climbed: \(convoy.title)") }
      show(progress, context)
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show how far it is",
      examples: ["gt mountain status", "gt mountain status ap-9zq --json"],
      positionals: [.optional("epic or convoy")]
    ) { arguments, context in
      let mountains = Mountains(try context.ledgers(), try context.database())
      if let name = arguments.positionals.first {
        let progress = try mountains.progress(of: mountains.find(name))
        if context.isJSON { return context.object { members(progress, &$0) } }
        return show(progress, context)
      }
      let all = try mountains.open().map { convoy throws(BeadsError) in try mountains.progress(of: convoy) }
      if context.isJSON {
        return context.json { writer in
          writer.array(all) { writer, progress in writer.object { members(progress, &$0) } }
        }
      }
      if all.isEmpty { context.print("No mountain is being climbed") }
      for progress in all { show(progress, context) }
    }
  }

  private static var pause: CommandTree.GtCommand {
    change("pause", "Give nothing out of it until it is resumed", "is paused", "was paused already") {
      mountains, convoy throws(BeadsError) in try mountains.setPaused(true, convoy)
    }
  }

  private static var resume: CommandTree.GtCommand {
    change("resume", "Let it go on, and have what was skipped tried again", "goes on", "was not paused") {
      mountains, convoy throws(BeadsError) in
      let skipped = try mountains.progress(of: convoy).skipped
      try mountains.retry(skipped)
      return try mountains.setPaused(false, convoy) || !skipped.isEmpty
    }
  }

  private static var cancel: CommandTree.GtCommand {
    change("cancel", "Drive it no more; what is left is an ordinary convoy", "is an ordinary convoy now", "")
    {
      mountains, convoy throws(BeadsError) in
      try mountains.cancel(convoy)
      return true
    }
  }

  private static func change(
    _ name: String, _ summary: String, _ done: String, _ same: String,
    _ body: @escaping @Sendable (Mountains, Convoy) throws(BeadsError) -> Bool
  ) -> CommandTree.GtCommand {
    CommandTree.GtCommand(
      name, summary: summary, examples: ["gt mountain \(name) ap-9zq"],
      positionals: [.optional("epic or convoy")]
    ) { arguments, context in
      let mountains = Mountains(try context.ledgers(), try context.database())
      let convoy = try mountains.find(arguments.positionals.first)
      let isNew = try body(mountains, convoy)
      if context.isJSON {
        let progress = try mountains.progress(of: convoy)
        return context.object { writer in
          members(progress, &writer)
          writer.member("changed", isNew)
        }
      }
      context.print("\(isNew ? "✓" : "○") \(convoy.id, .bold) \(isNew ? done : same): \(convoy.title)")
    }
  }

  // MARK: Output

  private static func show(_ progress: Mountains.Progress, _ context: GtContext) {
    let convoy = progress.convoy.convoy
    context.print(
      "\(convoy.id, .bold)  \(convoy.title): \(progress.convoy.completed) of \(progress.convoy.tracked.count) done"
    )
    if progress.isPaused { context.print("  \("paused", .yellow)") }
    for (name, ids) in [
      ("at work", progress.active), ("ready", progress.ready), ("waiting", progress.blocked),
      ("skipped", progress.skipped),
    ] where !ids.isEmpty {
      context.print("  \(name): \(ids.map(\.rawValue).joined(separator: ", "))")
    }
    if let since = progress.stalledSince { context.print("  \("stands still", .red) since \(since)") }
  }

  private static func members(_ progress: Mountains.Progress, _ writer: inout JSONWriter) {
    let convoy = progress.convoy.convoy
    writer.member("id", convoy.id.rawValue)
    writer.member("title", convoy.title)
    writer.member("status", convoy.status.rawValue)
    writer.member("paused", progress.isPaused)
    writer.member(optional: "epic_id", progress.epic?.rawValue)
    writer.member("closed", progress.convoy.completed)
    writer.member("total", progress.convoy.tracked.count)
    writer.member("active", progress.active.count)
    writer.member("ready", progress.ready.count)
    writer.member("blocked", progress.blocked.count)
    writer.member("skipped", progress.skipped.map(\.rawValue))
    writer.member("elapsed_s", progress.elapsed)
    writer.member(optional: "stalled_since", progress.stalledSince?.description)
  }
}
