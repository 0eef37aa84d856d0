import BeadsKit
import CommandKit
import GasTownKit

/// `gt release`: gives work back to the queue.
enum ReleaseCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "release", summary: "Give issues back to the queue, also when work on them has begun",
      section: CommandTree.Section.work, examples: ["gt release ap-3fk -r \"needs a decision first\""],
      flags: [.string("reason", short: "r", placeholder: "TEXT", help: "Why; becomes a note")],
      positionals: [.oneOrMore("bead")]
    ) { arguments, context in
      let hook = try context.hook()
      var released: [Issue] = []
      for word in arguments.positionals {
        let id = try context.ledgers().resolve(word).id
        let worker = try context.worker(on: id)
        released.append(try hook.release(id, reason: arguments.string("reason")))
        try context.stop(worker, because: "\(id) was released")
      }
      if context.isJSON {
        context.json { $0.array(released) { writer, issue in writer.object { $0.issueMembers(issue) } } }
      }
      for issue in released { context.print("✓ \(context.named(issue)) is open again") }
    }
  }
}
