import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq run`: merges what is ready, here and now.
enum MergeRunCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "run", summary: "Merge what is ready, tested, until nothing is",
      discussion: """
        Takes the branches that are ready in batches, stacks each batch on its target in memory, runs the gates on the \
        result in a checkout of its own, and pushes the very commit that passed. Ends with status 1 when something was \
        not merged that was ready.
        """,
      examples: ["gt mq run app", "gt mq run app --once --json"],
      flags: [.bool("once", help: "One batch only")], positionals: [.optional("rig")]
    ) { arguments, context in
      try run(try context.rig(arguments.positionals.first), context, isOnce: arguments.bool("once"))
    }
  }

  /// Merges what is ready in a rig, and says so.
  /// - Throws: `ExitStatus(1)` when something was not merged that was ready.
  static func run(_ rig: Rig, _ context: GtContext, isOnce: Bool = true) throws {
    var events: [MergeEngine.Event] = []
    let isJSON = context.isJSON
    let engine = try context.mergeEngine(rig) { event in
      events.append(event)
      if !isJSON { context.output.print(event.text) }
    }
    try MergeEngine.endingOnSignals { () throws(BeadsError) in
      while try engine.mergeBatch() {
        if isOnce || MergeEngine.isAskedToEnd { break }
      }
    }
    if isJSON {
      context.json { $0.array(events) { $0.mergeEvent($1) } }
    } else if events.isEmpty {
      context.print("Nothing is ready to be merged in \(rig.name)")
    }
    if events.contains(where: \.isFailure) { throw ExitStatus(1) }
  }
}

extension GtContext {
  /// The merge engine of a rig, which works under its own name.
  func mergeEngine(
    _ rig: Rig, report: @escaping (MergeEngine.Event) -> Void = { _ in }
  ) throws(BeadsError) -> MergeEngine {
    MergeEngine(
      try town(), rig, database: try database(), ledgers: try ledgers(as: .refinery(rig.name)),
      policy: try MergePolicy(RigSettings.load(rig)), isCancelled: { MergeEngine.isAskedToEnd },
      report: report)
  }
}

extension MergeEngine.Event {
  /// Whether something that was ready was not merged.
  var isFailure: Bool {
    switch self {
    case .merged, .alreadyThere, .tested, .flaky, .overtaken, .paused, .waiting, .note, .tookOver: false
    case .conflict, .failed, .changed, .targetBroken, .unable, .escalated: true
    }
  }

  /// A line for people.
  var text: TerminalText {
    switch self {
    case .merged(let id, let commit): "\("✓", .green) \(id) merged as \(commit.short)"
    case .alreadyThere(let id): "\("✓", .green) \(id) is on the target already"
    case .tested(let id, let base):
      "\("✓", .green) \(id) passes the gates on top of \(base.short), and waits for an approval"
    case .conflict(let id, let paths):
      "\("✗", .red) \(id) conflicts in \(paths.joined(separator: ", ")); an issue to resolve it was made"
    case .failed(let id, let gate, let log): "\("✗", .red) \(id) fails the gate \(gate): \(log)"
    case .changed(let id, let reason): "\("✗", .red) \(id) was not merged: \(reason)"
    case .targetBroken(let target, let gate, let log):
      "\("✗", .red) \(target) itself fails the gate \(gate); the queue waits until it has moved: \(log)"
    case .unable(let gate, let reason): "\("✗", .red) the gate \(gate) could not be run: \(reason)"
    case .flaky(let gate, let commit):
      "\("!", .yellow) the gate \(gate) passed on \(commit.short) at the second try"
    case .overtaken(let target): "\("!", .yellow) \(target) was moved by somebody else; once more"
    case .paused(let reason): "Paused: \(reason)"
    case .waiting(let reason): "Waiting: \(reason)"
    case .note(let gate, let text): "\("!", .yellow) the gate \(gate): \(text)"
    case .escalated(let id, let attempts):
      "\("✗", .red) \(id) failed \(attempts) times: a person has to look at it"
    case .tookOver(let pid): "\("!", .yellow) the engine \(pid), which stood still, was ended"
    }
  }

  fileprivate var parts: (type: String, id: IssueID?, members: [(String, String)]) {
    switch self {
    case .merged(let id, let commit): ("merged", id, [("commit", commit.description)])
    case .alreadyThere(let id): ("already_there", id, [])
    case .tested(let id, let base): ("tested", id, [("base", base.description)])
    case .conflict(let id, let paths): ("conflict", id, [("paths", paths.joined(separator: "\n"))])
    case .failed(let id, let gate, let log): ("failed", id, [("gate", gate), ("log", log)])
    case .changed(let id, let reason): ("changed", id, [("reason", reason)])
    case .targetBroken(let target, let gate, let log):
      ("target_broken", nil, [("target", target.rawValue), ("gate", gate), ("log", log)])
    case .unable(let gate, let reason): ("unable", nil, [("gate", gate), ("reason", reason)])
    case .flaky(let gate, let commit): ("flaky", nil, [("gate", gate), ("commit", commit.description)])
    case .overtaken(let target): ("overtaken", nil, [("target", target.rawValue)])
    case .paused(let reason): ("paused", nil, [("reason", reason)])
    case .waiting(let reason): ("waiting", nil, [("reason", reason)])
    case .note(let gate, let text): ("note", nil, [("gate", gate), ("text", text)])
    case .escalated(let id, let attempts): ("escalated", id, [("attempts", "\(attempts)")])
    case .tookOver(let pid): ("took_over", nil, [("pid", "\(pid)")])
    }
  }
}

extension JSONWriter {
  fileprivate mutating func mergeEvent(_ event: MergeEngine.Event) {
    let parts = event.parts
    object { writer in
      writer.member("type", parts.type)
      if let id = parts.id { writer.member("mr", id.rawValue) }
      for (key, value) in parts.members {
        writer.key(key)
        writer.string(value)
      }
    }
  }
}
