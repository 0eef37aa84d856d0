import BeadsKit
import CommandKit
import GasTownKit

/// `gt mol await-signal`, `await-event`, `emit-event`: waiting without asking again and again.
enum MolAwaitCommands {
  static var all: [CommandTree.GtCommand] { [awaitSignal, awaitEvent, emitEvent] }

  private static var waitFlags: [Flag] {
    [
      .string("timeout", placeholder: "DURATION", default: "60s", help: "How long to wait"),
      .string("backoff-base", placeholder: "DURATION", help: "Wait so long at first, longer each time after"),
      .int("backoff-mult", in: 1...100, default: 2, help: "How much longer each time"),
      .string("backoff-max", placeholder: "DURATION", help: "Never wait longer (default: --timeout)"),
      .string(
        "agent-bead", placeholder: "ID", help: "Keep in labels of this issue how often nothing came"),
      .bool("quiet", short: "q", help: "Print nothing"),
    ]
  }

  private static var awaitSignal: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "await-signal", summary: "Wait until something happens in the town",
      discussion: """
        Returns with the first event of the town, or when the time is over; both exit with status 0, and the JSON \
        member reason tells which. With --backoff-base each wait in a row without an event is longer than the one before.
        """,
      examples: [
        "gt mol await-signal --timeout 1ms",
        "gt mol await-signal --backoff-base 1ms --backoff-max 2ms --json",
      ], flags: waitFlags
    ) { _, context in
      let result = try context.waiting().forSignal()
      if context.isJSON { return context.object { members(result, &$0) } }
      if context.arguments.bool("quiet") { return }
      if let event = result.signal { context.print("\(event.actor, .bold) \(event.summary)") }
      tell(result, context)
    }
  }

  private static var awaitEvent: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "await-event", summary: "Wait until there is an event in a channel",
      discussion: """
        Returns with the events that are in the channel, or when the time is over; both exit with status 0, and the JSON \
        member reason tells which. With --cleanup the events are taken away.
        """,
      examples: [
        "gt mol await-event --channel deploys --timeout 1ms",
        "gt mol await-event --channel ops --cleanup --timeout 1ms",
      ],
      flags: [
        .string("channel", placeholder: "NAME", help: "The channel"),
        .bool("cleanup", help: "Take the events away"),
      ] + waitFlags
    ) { arguments, context in
      let channel = try context.channel()
      let result = try context.waiting().forEvents(of: channel, takes: arguments.bool("cleanup"))
      if context.isJSON {
        return context.object { writer in
          members(result, &writer)
          writer.member("channel", channel.channel)
          writer.key("events")
          writer.array(result.events) { writer, event in writer.object { members(event, channel, &$0) } }
        }
      }
      if arguments.bool("quiet") { return }
      for event in result.events {
        context.print("\(event.timestamp, .dim)  \(event.type, .bold)  \(event.payload.compactText)")
      }
      tell(result, context)
    }
  }

  private static var emitEvent: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "emit-event", summary: "Put an event into a channel",
      examples: ["gt mol emit-event --channel deploys --type deployed --payload to=test"],
      flags: [
        .string("channel", placeholder: "NAME", help: "The channel"),
        .string("type", placeholder: "NAME", help: "What happened"),
        .list("payload", placeholder: "NAME=VALUE", help: "More about it; may be repeated"),
      ]
    ) { arguments, context in
      let channel = try context.channel()
      var payload: [(key: String, value: String)] = []
      for text in arguments.values("payload") {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
          throw BeadsError(.invalid, "\(quoted(text)) is no member", hint: "--payload name=value")
        }
        payload.append((String(text[..<sign]), String(text[text.index(after: sign)...])))
      }
      guard let type = arguments.string("type") else {
        throw BeadsError(.invalid, "an event has a type", hint: "--type NAME")
      }
      let event = try channel.emit(type, payload)
      if context.isJSON { return context.object { members(event, channel, &$0) } }
      context.print("✓ \(type, .bold) is in the channel \(channel.channel)")
    }
  }

  // MARK: Output

  private static func tell(_ result: WaitResult, _ context: GtContext) {
    if result.reason == "timeout" {
      let count = result.idle > 1 ? ", the \(result.idle)th time in a row" : ""
      context.print("Nothing came within \(GoDuration.text(nanoseconds: result.limit))\(count)")
    }
    context.print("EFFORT: \(result.effort)")
  }

  private static func members(_ result: WaitResult, _ writer: inout JSONWriter) {
    writer.member("reason", result.reason)
    writer.member("effort", result.effort)
    writer.member("elapsed_ms", Int(result.elapsed / 1_000_000))
    writer.member("timeout_ms", Int(result.limit / 1_000_000))
    writer.member("idle_cycles", result.idle)
    guard let event = result.signal else { return }
    writer.key("signal")
    writer.object { writer in
      writer.member("ts", event.time.description)
      writer.member("type", event.type)
      writer.member("actor", event.actor)
      writer.key("payload")
      event.payload.write(to: &writer)
    }
  }

  private static func members(
    _ event: ChannelEvents.Event, _ channel: ChannelEvents, _ writer: inout JSONWriter
  ) {
    writer.member("path", event.path)
    writer.member("type", event.type)
    writer.member("channel", channel.channel)
    writer.member("timestamp", event.timestamp)
    writer.key("payload")
    event.payload.write(to: &writer)
  }
}

extension GtContext {
  fileprivate func channel() throws(BeadsError) -> ChannelEvents {
    guard let name = arguments.string("channel") else {
      throw BeadsError(.invalid, "which channel?", hint: "--channel NAME")
    }
    return try ChannelEvents(name, in: town())
  }

  /// Waits as the flags say.
  fileprivate func waiting() throws(BeadsError) -> Waiting {
    var policy = WaitPolicy()
    policy.timeout = try span("timeout") ?? policy.timeout
    policy.base = try span("backoff-base")
    policy.longest = try span("backoff-max")
    policy.multiplier = arguments.string("backoff-mult").flatMap { Int($0) } ?? 2
    let memory: Waiting.Memory
    if let text = arguments.string("agent-bead") {
      memory = .issue(try ledgers().resolve(text).id)
    } else {
      memory = .agent(try me())
    }
    return Waiting(try ledgers(), try database(), memory, policy)
  }

  private func span(_ flag: String) throws(BeadsError) -> Int64? {
    guard let text = arguments.string(flag) else { return nil }
    let span = try GoDuration.nanoseconds(text)
    guard span > 0 else { throw BeadsError(.invalid, "--\(flag): \(quoted(text)) is no time to wait") }
    return span
  }
}
