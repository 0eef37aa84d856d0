import BeadsKit
import CommandKit
import GasTownKit

/// `gt dnd` and `gt notify`: how much you want to be disturbed.
enum NotifyCommands {
  static var dnd: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "dnd", summary: "Do not be disturbed by nudges", section: CommandTree.Section.communication,
      discussion: "Mail comes all the same, and waits.",
      examples: ["gt dnd on", "gt dnd off", "gt dnd status"],
      positionals: [.optional("state", values: ["on", "off", "status"])]
    ) { arguments, context in
      switch arguments.positionals.first ?? "toggle" {
      case "on": try set("muted", context)
      case "off": try set("normal", context)
      case "status": try show(context)
      case "toggle": try set(try level(context) == "muted" ? "normal" : "muted", context)
      case let word: throw BeadsError(.invalid, "\(quoted(word)) is neither on, off nor status")
      }
    }
  }

  static var notify: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "notify", summary: "Say how much you want to be told", section: CommandTree.Section.communication,
      examples: ["gt notify", "gt notify muted"],
      positionals: [.optional("level", values: ["verbose", "normal", "muted"])]
    ) { arguments, context in
      guard let level = arguments.positionals.first else { return try show(context) }
      guard ["verbose", "normal", "muted"].contains(level) else {
        throw BeadsError(.invalid, "\(quoted(level)) is no level", hint: "use verbose, normal or muted")
      }
      try set(level, context)
    }
  }

  private static func level(_ context: GtContext) throws(BeadsError) -> String {
    try context.database().agent(try context.me())?.notifications ?? "normal"
  }

  private static func set(_ level: String, _ context: GtContext) throws(BeadsError) {
    let (me, database) = (try context.me(), try context.database())
    var record = try database.agent(me) ?? AgentRecord(me)
    if record.notifications != level {
      record.notifications = level
      try database.save(record)
    }
    try show(context)
  }

  private static func show(_ context: GtContext) throws(BeadsError) {
    let (me, level) = (try context.me(), try level(context))
    if context.isJSON {
      return context.object { writer in
        writer.member("agent", me.text)
        writer.member("level", level)
        writer.member("dnd", level == "muted")
      }
    }
    let words: TerminalText =
      level == "muted"
      ? "is not disturbed by nudges" : level == "verbose" ? "is told everything" : "gets nudges"
    context.print("\(me) \(words)")
  }
}
