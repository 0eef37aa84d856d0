import BeadsKit
import CommandKit

/// `bd merge-slot`: one merges, the others wait (contract 5.10).
enum MergeSlotCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "merge-slot", summary: "Have one agent merge at a time", section: CommandTree.Section.coordination,
      discussion: """
        The merge slot is one issue of the project, PREFIX-merge-slot. Of many agents that acquire it at once one \
        gets it and the others exit with status 1.
        """,
      examples: ["bd merge-slot create", "bd merge-slot acquire --wait", "bd merge-slot release"],
      subcommands: [create, check, acquire, release])
  }

  private static var create: CommandTree.BdCommand {
    CommandTree.BdCommand("create", summary: "Make the merge slot; one that is there stays") { _, context in
      let made = try context.change("merge-slot create") { transaction throws(BeadsError) in
        let made = try transaction.createMergeSlot()
        transaction.summary = made.slot.id.rawValue
        return made
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("id", made.slot.id.rawValue)
          writer.member("status", made.slot.status.rawValue)
        }
      }
      context.print(
        made.isNew
          ? "✓ Created merge slot \(made.slot.id, .bold)" : "Merge slot \(made.slot.id) is there already")
    }
  }

  private static var check: CommandTree.BdCommand {
    CommandTree.BdCommand("check", summary: "Show who holds the merge slot") { _, context in
      let store = try context.store()
      guard let slot = try store.mergeSlot() else {
        let id = try store.mergeSlotID()
        if context.isJSON {
          return context.object { writer in
            writer.member("id", id.rawValue)
            writer.member("available", false)
            writer.member("error", "not found")
          }
        }
        return context.print("Merge slot \(id) not found; `bd merge-slot create` makes it")
      }
      if context.isJSON { return context.object { write(slot, &$0) } }
      let state: TerminalText =
        slot.holder.map { "is held by \($0)" } ?? (slot.isAvailable ? "is free" : "is \(slot.status)")
      context.print("Merge slot \(slot.id, .bold) \(state)")
      for (place, waiter) in slot.waiters.enumerated() { context.print("  \(place + 1). \(waiter) waits") }
    }
  }

  private static func write(_ slot: MergeSlot, _ writer: inout JSONWriter) {
    writer.member("id", slot.id.rawValue)
    writer.member("available", slot.isAvailable)
    writer.key("holder")
    if let holder = slot.holder { writer.string(holder) } else { writer.null() }
    writer.member("waiters", slot.waiters)
    writer.member("status", slot.status.rawValue)
  }

  private static var acquire: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "acquire", summary: "Take the merge slot if it is free",
      discussion: """
        Exits with status 1 when another holds it. --wait puts you among those who wait, in order; nobody is given the \
        slot, so try again when it is free. Who holds it already keeps it.
        """,
      examples: ["bd merge-slot acquire", "bd merge-slot acquire --holder gastown/refinery --wait --json"],
      flags: [
        .string("holder", placeholder: "NAME", help: "Who takes it (default: the actor)"),
        .bool("wait", help: "Join those who wait when it is held"),
      ]
    ) { arguments, context in
      let attempt = try context.change("merge-slot acquire") { transaction throws(BeadsError) in
        let attempt = try transaction.acquireMergeSlot(
          as: arguments.string("holder"), waits: arguments.bool("wait"))
        transaction.summary = attempt.slot.id.rawValue
        return attempt
      }
      let (slot, holder) = (attempt.slot, attempt.slot.holder ?? "")
      let name = try arguments.string("holder") ?? context.store().actor
      let position = attempt.isAcquired || !arguments.bool("wait") ? nil : slot.position(of: name)
      if context.isJSON {
        context.object { writer in
          writer.member("id", slot.id.rawValue)
          writer.member("acquired", attempt.isAcquired)
          writer.member("holder", holder)
          guard let position else { return }
          writer.member("waiting", true)
          writer.member("position", position)
        }
      }
      if attempt.isAcquired { return context.print("✓ \(holder) holds merge slot \(slot.id, .bold)") }
      let place = position.map { "; \(name) waits at position \($0)" } ?? ""
      try context.fail(
        BeadsError(
          .conflict, "merge slot \(slot.id) is held by \(holder)\(place)",
          hint: position == nil ? "--wait joins those who wait" : "try again when it is free"))
    }
  }

  private static var release: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "release", summary: "Free the merge slot",
      examples: ["bd merge-slot release --holder gastown/refinery"],
      flags: [.string("holder", placeholder: "NAME", help: "Free it only if this one holds it")]
    ) { arguments, context in
      let slot = try context.change("merge-slot release") { transaction throws(BeadsError) in
        let slot = try transaction.releaseMergeSlot(heldBy: arguments.string("holder"))
        transaction.summary = slot.id.rawValue
        return slot
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("id", slot.id.rawValue)
          writer.member("released", true)
        }
      }
      context.print("✓ Released merge slot \(slot.id, .bold)")
      if let next = slot.waiters.first { context.print("  \(next) waits for it first") }
    }
  }
}
