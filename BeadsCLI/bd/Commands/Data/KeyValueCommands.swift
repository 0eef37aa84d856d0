import BeadsKit
import CommandKit

/// `bd kv`: small facts that scripts keep in the store (contract 5.13).
enum KeyValueCommands {
  static let prefix = "kv."
  private static let reserved = ["memory."]

  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "kv", summary: "Keep small facts under a key", section: CommandTree.Section.data,
      examples: ["bd kv set deploy.target staging", "bd kv get deploy.target", "bd kv list --json"],
      subcommands: [set, get, clear, list])
  }

  private static var set: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "set", summary: "Set a key", positionals: [.required("key"), .required("value")]
    ) { arguments, context in
      let (key, value) = (arguments.positionals[0], arguments.positionals[1])
      try requireKey(key)
      try context.change("kv set") { transaction throws(BeadsError) in
        transaction.summary = key
        try transaction.setConfig(prefix + key, value)
      }
      if context.isJSON {
        context.object {
          $0.member("key", key)
          $0.member("value", value)
        }
      }
      context.print("Set \(key) = \(value)")
    }
  }

  private static var get: CommandTree.BdCommand {
    CommandTree.BdCommand("get", summary: "Print the value of a key", positionals: [.required("key")]) {
      arguments, context in
      let key = arguments.positionals[0]
      try context.printStored(key, under: prefix, missing: "\(key) (not set)")
    }
  }

  private static var clear: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "clear", aliases: ["delete", "unset"], summary: "Delete a key", positionals: [.required("key")]
    ) { arguments, context in
      let key = arguments.positionals[0]
      try requireKey(key)
      try context.change("kv clear") { transaction throws(BeadsError) in
        transaction.summary = key
        try transaction.setConfig(prefix + key, nil)
      }
      if context.isJSON {
        context.object {
          $0.member("key", key)
          $0.member("deleted", "true")
        }
      }
      context.print("Cleared \(key)")
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", summary: "List keys and values") { _, context in
      let pairs = try context.stored(under: prefix)
        .filter { pair in !reserved.contains { pair.key.hasPrefix($0) } }
      if context.isJSON {
        context.map(pairs)
      } else if pairs.isEmpty {
        context.print("No keys set")
      }
      for pair in pairs { context.print("\(pair.key) = \(pair.value)") }
    }
  }

  private static func requireKey(_ key: String) throws(BeadsError) {
    if key.isEmpty || key.contains(where: { $0.isWhitespace || $0.isNewline }) {
      throw BeadsError(.invalid, "a key has at least one character and no white space")
    }
    if let word = reserved.first(where: { key.hasPrefix($0) }) {
      throw BeadsError(
        .invalid, "keys starting with '\(word)' are reserved",
        hint: "memories have `bd remember` and `bd forget`")
    }
  }
}

extension BdContext {
  /// Prints what is kept under a key; exit status 1 when nothing is.
  func printStored(_ key: String, under prefix: String, missing: TerminalText) throws {
    let value = try store().config(prefix + key)
    if isJSON {
      object {
        $0.member("key", key)
        $0.member("value", value ?? "")
        $0.member("found", value != nil)
      }
    } else {
      print(value.map { "\(multiline: $0)" } ?? missing)
    }
    if value == nil { throw ExitStatus(1) }
  }

  /// The keys and values kept under a prefix, without it.
  func stored(under prefix: String) throws(BeadsError) -> [(key: String, value: String)] {
    try store().allConfig(prefix: prefix).map { (String($0.key.dropFirst(prefix.count)), $0.value) }
  }
}
