import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq list` and `next`.
enum MergeQueueViews {
  static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["queue"], summary: "List what waits to be merged, the next one first",
      discussion: "`--status closed` lists what is in the queue no more, latest first.",
      examples: [
        "gt mq list app", "gt mq list app --ready --json", "gt mq list app --status needs-approval",
      ],
      flags: [
        .bool("ready", help: "Only what can be merged now"),
        .string(
          "status", placeholder: "STATE",
          help: "Only those in this state: ready, blocked, needs-fix, closed ..."),
        .string("worker", placeholder: "NAME", help: "Only the work of this agent"),
        .string("epic", placeholder: "ID", help: "Only what belongs to this epic"),
        .bool("verify", help: "Ask the origin whether the branches are there as they were submitted"),
      ],
      positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let isClosed = ["closed", "merged", "rejected", "superseded"].contains(arguments.string("status") ?? "")
      let entries = try chosen(isClosed ? try queue.closedEntries() : try queue.entries(), queue, context)
      let findings = arguments.bool("verify") ? try queue.verify(entries) : [:]
      if context.isJSON {
        return context.json { $0.array(entries) { $0.queueEntry($1, context, findings[$1.issue.id]) } }
      }
      if let stop = try queue.stop(context.database()) { printStop(stop, context) }
      if entries.isEmpty {
        return context.print(
          arguments.hasFilter
            ? "Nothing of this kind in \(rig.name)" : "Nothing waits to be merged in \(rig.name)")
      }
      context.output.print(table(entries, findings, context))
      try printDaemonHint(entries, rig, context)
    }
  }

  /// The entries that the flags ask for.
  private static func chosen(
    _ entries: [QueueEntry], _ queue: MergeQueue, _ context: GtContext
  ) throws(BeadsError) -> [QueueEntry] {
    let arguments = context.arguments
    var entries = entries
    if arguments.bool("ready") { entries = entries.filter { $0.state == .ready } }
    if let state = arguments.string("status"), state != "closed" {
      entries = entries.filter { $0.word == state || $0.issue.status.rawValue == state }
    }
    if let worker = arguments.string("worker") {
      entries = entries.filter { $0.request.worker == worker || $0.request.worker.hasSuffix("/\(worker)") }
    }
    if let text = arguments.string("epic") {
      let (id, store) = try context.ledgers().resolve(text)
      guard let epic = try store.issue(id) else { throw BeadsError(.notFound, "there is no issue \(id)") }
      let members = Set([id] + (try store.descendants(of: id))).map(\.rawValue)
      let branch = epic.metadata.flatMap { JSONValue(parsing: $0) }?["integration_branch"]?.stringValue
      entries = entries.filter { members.contains($0.request.sourceIssue) || $0.request.target == branch }
    }
    return entries
  }

  private static func table(
    _ entries: [QueueEntry], _ findings: [IssueID: QueueEntry.BranchFinding], _ context: GtContext
  ) -> Table {
    let isWaiting = entries.contains { $0.waitsFor != nil }
    var columns: [Table.Column] = [
      .init("ID"), .init("STATE"), .init("P"), .init("AGE"), .init("TITLE", isFlexible: true),
      .init("WORKER"),
    ]
    if isWaiting { columns.append(.init("WAITS FOR", isFlexible: true)) }
    if !findings.isEmpty { columns.append(.init("BRANCH", isFlexible: true)) }
    var table = Table(columns)
    let now = context.environment.clock()
    for entry in entries {
      var cells: [TerminalText] = [
        "\(entry.issue.id, .bold)", "\(entry.word)", "P\(entry.issue.priority)",
        "\(TownOverview.duration(now - entry.issue.createdAt.unixNanoseconds))", "\(entry.issue.title)",
        "\(entry.request.worker)",
      ]
      if isWaiting { cells.append("\(entry.waitsFor ?? "")") }
      if !findings.isEmpty { cells.append("\(findings[entry.issue.id]?.text ?? "")") }
      table.add(row: cells)
    }
    return table
  }

  static var next: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "next", summary: "Show what is merged next, or what the queue waits for",
      examples: ["gt mq next app", "gt mq next app --quiet"],
      flags: [
        .choice("strategy", values: ["priority", "fifo"], help: "By score, or the oldest"),
        .bool("quiet", short: "q", help: "The ID alone"),
      ], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first)
      let queue = try context.mergeQueue(rig)
      let entries = try queue.entries()
      let stop = try queue.stop(context.database())
      var ready = entries.filter { $0.state == .ready }
      if arguments.string("strategy") == "fifo" { ready.sort { $0.issue.createdAt < $1.issue.createdAt } }
      if context.isJSON {
        if let first = ready.first { return context.json { $0.queueEntry(first, context, stop: stop) } }
        return context.object { $0.waiting(entries, stop) }
      }
      if arguments.bool("quiet") {
        if let first = ready.first { context.print("\(first.issue.id)") }
        return
      }
      if let stop { printStop(stop, context) }
      if let first = ready.first {
        context.print("\(context.named(first.issue))")
        return try printDaemonHint(ready, rig, context)
      }
      if entries.isEmpty { return context.print("The queue is empty") }
      context.print("Nothing can be merged now; \(entries.count) \(entries.count == 1 ? "waits" : "wait"):")
      for entry in entries.prefix(10) {
        context.print("  \(entry.issue.id, .bold)  \(entry.issue.title)")
        context.print(
          "    waits for \(entry.waitsFor ?? entry.word)\(entry.advice.map { ": \($0)" } ?? "", .dim)")
      }
      if entries.count > 10 { context.print("  and \(entries.count - 10) more: `gt mq list \(rig.name)`") }
    }
  }

  // MARK: What stands in the way of all

  static func printStop(_ stop: QueueStop, _ context: GtContext) {
    let word = stop.kind == .waiting ? "Waiting" : stop.kind == .paused ? "Paused" : "Stopped"
    let advice = stop.advice.map { "; `\($0)` ends that" } ?? ""
    context.print("\(word, .yellow): \(stop.reason)\(advice)")
    let now = context.environment.clock()
    if let retryAt = stop.retryAt, retryAt > now {
      let escalation = stop.escalation.map { "; see `gt escalate show \($0)`" } ?? ""
      context.print("  it is tried again in \(TownOverview.duration(retryAt - now))\(escalation)")
    }
  }

  /// Says who merges what is ready when nobody is there to do it.
  private static func printDaemonHint(
    _ entries: [QueueEntry], _ rig: Rig, _ context: GtContext
  ) throws(BeadsError) {
    guard entries.contains(where: { $0.state == .ready }), try Daemon(context.town()).process() == nil
    else { return }
    context.print(
      "\("The daemon does not run: `gt up` starts it, `gt mq run \(rig.name)` merges here and now", .dim)")
  }
}

extension Arguments {
  /// Whether `gt mq list` was asked for some of the queue.
  fileprivate var hasFilter: Bool {
    bool("ready") || ["status", "worker", "epic"].contains { string($0) != nil }
  }
}

extension QueueEntry {
  /// Its state, or how it ended, in a word.
  var word: String { MergeRequest.outcome(issue) ?? state.rawValue }

  /// The command that ends the waiting, when one does.
  var advice: String? {
    switch state {
    case .needsApproval: "gt mq approve \(issue.id)"
    case .needsHelp: "gt mq status \(issue.id)"
    case .needsFix, .needsResubmit: request.sourceIssue.isEmpty ? nil : "gt show \(request.sourceIssue)"
    case .blocked: blockers.first.map { "gt show \($0)" }
    case .ready, .merging, .claimed, .closed: nil
    }
  }
}
