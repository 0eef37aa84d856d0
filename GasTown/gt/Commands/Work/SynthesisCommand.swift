import BeadsKit
import CommandKit
import GasTownKit

/// `gt synthesis`: the last part of a formula of type convoy, which makes one result of what the legs found.
enum SynthesisCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "synthesis", aliases: ["synth"], summary: "Make one result of what the legs of a convoy found",
      section: CommandTree.Section.work,
      discussion: """
        `gt formula run` makes an issue for each leg and one for the synthesis, which waits for them. The daemon gives it \
        out when they are done; these commands look at it and do it by hand.
        """,
      examples: ["gt synthesis status hq-cv-x7k2m", "gt synthesis start hq-cv-x7k2m"],
      subcommands: [start, status, close])
  }

  /// A convoy with its synthesis and its legs.
  private struct Parts {
    let convoy: Convoy
    let synthesis: TrackedIssue
    let legs: [TrackedIssue]

    var open: [TrackedIssue] { legs.filter { !$0.isDone } }
    var isStarted: Bool { synthesis.isDone || synthesis.worker != nil }
  }

  private static func parts(_ context: GtContext) throws(BeadsError) -> Parts {
    let convoys = try context.convoys()
    let convoy = try convoys.resolve(context.arguments.positionals[0])
    let progress = try convoys.status(convoy.id)
    guard let id = convoy.synthesis, let found = progress.tracked.first(where: { $0.id == id }) else {
      throw BeadsError(
        .notFound, "\(convoy.id) has no synthesis: no formula of type convoy made it",
        hint: "`gt convoy status \(convoy.id)` shows what it follows")
    }
    return Parts(convoy: convoy, synthesis: found, legs: progress.tracked.filter { $0.id != id })
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show how far the legs and the synthesis are",
      examples: ["gt synthesis status hq-cv-x7k2m"], positionals: [.required("convoy")]
    ) { _, context in
      let parts = try parts(context)
      if context.isJSON {
        return context.object { writer in
          writer.member("convoy", parts.convoy.id.rawValue)
          writer.member("title", parts.convoy.title)
          writer.member("synthesis", parts.synthesis.id.rawValue)
          writer.member("status", parts.synthesis.status)
          writer.member(optional: "worker", parts.synthesis.worker?.address.text)
          writer.member("legs", parts.legs.count)
          writer.member("legs_done", parts.legs.count - parts.open.count)
          writer.member("ready", parts.open.isEmpty && !parts.isStarted)
          writer.member("open_legs", parts.open.map(\.id.rawValue))
        }
      }
      context.print("\(parts.convoy.id, .bold)  \(parts.convoy.title)")
      context.print("  Legs:      \(parts.legs.count - parts.open.count) of \(parts.legs.count) done")
      for leg in parts.open { context.print("    \(leg.status)  \(leg.id)  \(leg.issue?.title ?? "")") }
      let worker = parts.synthesis.worker.map { ", with \($0.address)" } ?? ""
      context.print("  Synthesis: \(parts.synthesis.id) is \(parts.synthesis.status)\(worker)")
      if parts.open.isEmpty, !parts.isStarted {
        context.print("  `gt synthesis start \(parts.convoy.id)` gives it out")
      }
    }
  }

  private static var start: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "start", summary: "Give out the synthesis", examples: ["gt synthesis start hq-cv-x7k2m --dry-run"],
      flags: [
        .string("rig", placeholder: "RIG", help: "To whom (default: the project it belongs to)"),
        .string("review-id", placeholder: "ID", help: "Under which name the findings are kept"),
        .bool("force", short: "f", help: "Also while legs are not done"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.required("convoy")]
    ) { arguments, context in
      let parts = try parts(context)
      if parts.synthesis.isDone {
        throw BeadsError(
          .conflict, "\(parts.synthesis.id) is done", hint: "`gt synthesis close \(parts.convoy.id)`")
      }
      if !parts.open.isEmpty, !arguments.bool("force") {
        throw BeadsError(
          .refused, "\(parts.open.count) of \(parts.legs.count) legs are not done",
          details: parts.open.map { "\($0.id) is \($0.status)" }, hint: "--force begins without them")
      }
      let own = try context.ledgers().rig(of: parts.synthesis.id)?.rawValue
      guard let rig = arguments.string("rig") ?? own else {
        throw BeadsError(.invalid, "which project is to do it?", hint: "--rig names it")
      }
      var request = SlingRequest([parts.synthesis.id.rawValue], to: try context.town().rig(rig).name.rawValue)
      request.isRaw = true
      request.makesNoConvoy = true
      request.isForced = arguments.bool("force")
      request.isDryRun = arguments.bool("dry-run")
      request.arguments = arguments.string("review-id").map { "The findings are kept under the name \($0)." }
      let outcomes = try context.sling().run(request)
      if context.isJSON {
        context.object { writer in
          writer.member("convoy", parts.convoy.id.rawValue)
          writer.key("results")
          writer.array(outcomes) { writer, outcome in
            writer.object { SlingCommand.members(outcome, &$0) }
          }
        }
      } else {
        for outcome in outcomes { SlingCommand.print(outcome, context) }
      }
      if outcomes.contains(where: { $0.action == .failed }) { throw ExitStatus(1) }
    }
  }

  private static var close: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "close", summary: "Close a convoy whose synthesis is done",
      examples: ["gt synthesis close hq-cv-x7k2m"],
      positionals: [.required("convoy")]
    ) { _, context in
      let parts = try parts(context)
      if !parts.synthesis.isDone {
        throw BeadsError(
          .refused, "\(parts.synthesis.id) is \(parts.synthesis.status), not done",
          hint: "`gt synthesis status \(parts.convoy.id)` shows it")
      }
      let ended = try context.convoys().close(parts.convoy.id, reason: "The synthesis is done")
      if context.isJSON {
        return context.object { writer in
          writer.member("convoy", ended.convoy.id.rawValue)
          writer.member("closed", ended.isNew)
        }
      }
      context.print(
        "\(ended.isNew ? "✓" : "○") \(ended.convoy.id, .bold) is closed\(ended.isNew ? "" : " already")")
    }
  }
}
