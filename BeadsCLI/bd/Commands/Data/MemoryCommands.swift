import BeadsKit
import CommandKit

/// `bd remember` and its kin: what agents should know at the start of every session (contract 5.13).
enum MemoryCommands {
  static let prefix = "kv.memory."

  static var all: [CommandTree.BdCommand] { [remember, memories, recall, forget] }

  private static var remember: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "remember", summary: "Store something that every session should know",
      section: CommandTree.Section.data,
      examples: [
        "bd remember \"Tests need a running database\"", "bd remember \"Use port 8081\" --key dev-port",
      ],
      flags: [.string("key", placeholder: "KEY", help: "Name it (default: made from the first words)")],
      positionals: [.required("text")]
    ) { arguments, context in
      let text = arguments.positionals[0]
      if text.allSatisfy(\.isWhitespace) { throw BeadsError(.invalid, "there is nothing to remember") }
      let key = arguments.string("key") ?? slug(of: text)
      if key.isEmpty {
        throw BeadsError(.invalid, "the memory has no words to name it by", hint: "give it a --key")
      }
      let isKnown = try context.store().config(prefix + key) != nil
      try context.change("remember") { transaction throws(BeadsError) in
        transaction.summary = key
        try transaction.setConfig(prefix + key, text)
      }
      if context.isJSON {
        context.object {
          $0.member("key", key)
          $0.member("value", text)
          $0.member("action", isKnown ? "updated" : "remembered")
        }
      }
      context.print("\(isKnown ? "Updated" : "Remembered") \(key): \(text)")
    }
  }

  private static var memories: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "memories", summary: "List what is remembered", section: CommandTree.Section.data,
      positionals: [.optional("search")]
    ) { arguments, context in
      let wanted = arguments.positionals.first?.lowercased() ?? ""
      let pairs = try context.stored(under: prefix)
        .filter { wanted.isEmpty || ($0.key + " " + $0.value).lowercased().contains(wanted) }
      if context.isJSON {
        context.map(pairs)
      } else if pairs.isEmpty {
        context.print(wanted.isEmpty ? "No memories" : "No memories matching \(wanted)")
      }
      for pair in pairs { context.print("\(pair.key, .bold): \(pair.value)") }
    }
  }

  private static var recall: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "recall", summary: "Print one memory", section: CommandTree.Section.data,
      positionals: [.required("key")]
    ) { arguments, context in
      let key = arguments.positionals[0]
      try context.printStored(key, under: prefix, missing: "No memory named \(key)")
    }
  }

  private static var forget: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "forget", summary: "Delete one memory", section: CommandTree.Section.data,
      positionals: [.required("key")]
    ) { arguments, context in
      let key = arguments.positionals[0]
      guard try context.store().config(prefix + key) != nil else {
        throw BeadsError(.notFound, "no memory named \(quoted(key))", hint: "list them with `bd memories`")
      }
      try context.change("forget") { transaction throws(BeadsError) in
        transaction.summary = key
        try transaction.setConfig(prefix + key, nil)
      }
      if context.isJSON {
        context.object {
          $0.member("key", key)
          $0.member("deleted", true)
        }
      }
      context.print("Forgot \(key)")
    }
  }

  /// The first eight words in lower case, joined by hyphens, at most 60 characters.
  static func slug(of text: String) -> String {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(8)
    var slug = ""
    for word in words {
      if slug.count + word.count + 1 > 60 { break }
      slug += (slug.isEmpty ? "" : "-") + word
    }
    return slug.isEmpty ? String(words.first?.prefix(60) ?? "") : slug
  }
}
