import BeadsKit
import CommandKit
import GasTownKit

/// `gt remember`, `memories` and `forget`: what `gt prime` tells every session.
enum MemoryCommands {
  static var all: [CommandTree.GtCommand] { [remember, memories, forget] }

  private static let prefix = "kv.memory."
  private static let types = ["general", "feedback", "project", "user", "reference"]
  private static let rigFlag = Flag.string(
    "rig", placeholder: "RIG", help: "Of this rig (default: where you are, else the town)")

  private static var remember: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remember", summary: "Keep something that every session should know", section: CommandTree.Section.work,
      discussion: "`gt prime` tells it to the agents of the rig, or of the town. The same key replaces it.",
      examples: [
        "gt remember \"Tests need a database\" --key tests --rig app",
        "gt remember \"Be brief\" --type feedback",
      ],
      flags: [
        .string("key", placeholder: "KEY", help: "Its name (default: its first words)"),
        .choice("type", values: types, default: "general", help: "What kind of thing it is"), rigFlag,
      ], positionals: [.required("text")]
    ) { arguments, context in
      let text = arguments.positionals[0]
      let type = arguments.string("type") ?? "general"
      let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
      let name = arguments.string("key") ?? String(words.joined(separator: "-").prefix(60))
      if text.allSatisfy(\.isWhitespace) { throw BeadsError(.invalid, "there is nothing to remember") }
      if name.isEmpty || name.contains(where: \.isWhitespace) {
        throw BeadsError(.invalid, "\(quoted(name)) is no name for a memory", hint: "--key NAME")
      }
      let key = type == "general" ? name : "\(type).\(name)"
      let store = try context.ledgers().store(of: context.memoryRig())
      let isKnown = try store.config(prefix + key) != nil
      try store.write("remember") { tx throws(BeadsError) in try tx.setConfig(prefix + key, text) }
      if context.isJSON {
        return context.object { writer in
          writer.member("key", key)
          writer.member("type", type)
          writer.member("value", text)
          writer.member("action", isKnown ? "updated" : "remembered")
        }
      }
      context.print("✓ \(isKnown ? "Updated" : "Remembered") \(key, .bold)")
    }
  }

  private static var memories: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "memories", summary: "List what is remembered", section: CommandTree.Section.work,
      examples: ["gt memories", "gt memories database --rig app --json"],
      flags: [.choice("type", values: types, help: "Only of this kind"), rigFlag],
      positionals: [.optional("text")]
    ) { arguments, context in
      let wanted = arguments.positionals.first?.lowercased() ?? ""
      let type = arguments.string("type")
      let pairs = try context.ledgers().store(of: context.memoryRig()).allConfig(prefix: prefix)
      let found = pairs.map { (key: String($0.key.dropFirst(prefix.count)), value: $0.value) }.filter {
        (wanted.isEmpty || "\($0.key) \($0.value)".lowercased().contains(wanted))
          && (type == nil || kind($0.key) == type)
      }
      if context.isJSON {
        return context.json { writer in
          writer.array(found) { writer, one in
            writer.object { writer in
              writer.member("key", one.key)
              writer.member("type", kind(one.key))
              writer.member("value", one.value)
            }
          }
        }
      }
      if found.isEmpty {
        return context.print("Nothing is remembered\(wanted.isEmpty ? "" : " about \(wanted)")")
      }
      for one in found { context.print("\(one.key, .bold): \(multiline: one.value)") }
    }
  }

  private static func kind(_ key: String) -> String {
    types.first { $0 != "general" && key.hasPrefix($0 + ".") } ?? "general"
  }

  private static var forget: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "forget", summary: "Forget what was remembered under a key", section: CommandTree.Section.work,
      examples: ["gt forget tests --rig app"], flags: [rigFlag], positionals: [.required("key")]
    ) { arguments, context in
      let key = arguments.positionals[0]
      let store = try context.ledgers().store(of: context.memoryRig())
      guard try store.config(prefix + key) != nil else {
        throw BeadsError(
          .notFound, "nothing is remembered as \(quoted(key))", hint: "`gt memories` lists the keys")
      }
      try store.write("forget") { tx throws(BeadsError) in try tx.setConfig(prefix + key, nil) }
      if context.isJSON {
        return context.object { writer in
          writer.member("key", key)
          writer.member("deleted", true)
        }
      }
      context.print("✓ Forgot \(key)")
    }
  }
}

extension GtContext {
  fileprivate func memoryRig() throws(BeadsError) -> RigName? {
    if let name = arguments.string("rig") { return try town().rig(name).name }
    return try me().rig
  }
}
