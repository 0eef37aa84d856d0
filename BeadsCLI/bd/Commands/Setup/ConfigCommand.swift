import BeadsKit
import CommandKit

/// `bd config`: settings, wherever they are kept.
enum ConfigCommand {
  static var group: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "config", summary: "Read and change settings", section: CommandTree.Section.setup,
      discussion: """
        Settings that the whole project shares are kept in .beads/config.yaml, whose comments stay as they are; \
        the others in this clone's database. A variable BD_NAME in the environment wins over both.
        """,
      examples: [
        "bd config set status.custom review:wip,released:done", "bd config get issue_prefix",
        "bd config show",
      ],
      subcommands: [set, setMany, get, unset, list, show, validate])
  }

  private static let secretFlag = Flag.bool(
    "force-git-tracked", help: "Allow a secret in a file that git tracks")

  private static var set: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "set", summary: "Set a setting", flags: [secretFlag],
      positionals: [.required("key"), .required("value")]
    ) { arguments, context in
      let place = try change(arguments.positionals[0], arguments.positionals[1], arguments, context)
      if context.isJSON {
        context.object { $0.setting(arguments.positionals[0], arguments.positionals[1], place) }
      }
      context.print("Set \(arguments.positionals[0]) = \(arguments.positionals[1])")
    }
  }

  private static var setMany: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "set-many", summary: "Set several settings", flags: [secretFlag], positionals: [.oneOrMore("key=value")]
    ) { arguments, context in
      let pairs = try arguments.positionals.map { text throws(BeadsError) in
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
          throw BeadsError(.invalid, "\(quoted(text)) is not KEY=VALUE")
        }
        return (key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
      }
      for pair in pairs { try Configuration.check(pair.key, value: pair.value) }
      let places = try pairs.map { try change($0.key, $0.value, arguments, context) }
      if context.isJSON {
        context.json { writer in
          writer.array(zip(pairs, places)) { writer, entry in
            writer.object { $0.setting(entry.0.key, entry.0.value, entry.1) }
          }
        }
      }
      for pair in pairs { context.print("Set \(pair.key) = \(pair.value)") }
    }
  }

  private static var get: CommandTree.BdCommand {
    CommandTree.BdCommand("get", summary: "Print a setting", positionals: [.required("key")]) {
      arguments, context in
      let key = arguments.positionals[0]
      let stored = try context.store().config(key)
      let value = try context.configuration().value(key, stored: stored)
      if context.isJSON {
        return context.object { writer in
          writer.member("key", key)
          writer.member("value", value?.text ?? "")
          if let value { writer.member("location", value.source.description) }
        }
      }
      context.print(value.map { "\(multiline: $0.text)" } ?? "\(key) (not set)")
    }
  }

  private static var unset: CommandTree.BdCommand {
    CommandTree.BdCommand("unset", summary: "Remove a setting", positionals: [.required("key")]) {
      arguments, context in
      let key = arguments.positionals[0]
      let wasSet: Bool
      switch Configuration.storage(of: key) {
      case .yaml: wasSet = try context.configuration().unset(key)
      case .git:
        throw BeadsError(
          .unsupported, "\(key) is kept by git", hint: "`git config --unset \(key)` removes it")
      case .database:
        try requireSettable(key)
        wasSet = try context.store().config(key) != nil
        try context.change("config unset") { transaction throws(BeadsError) in
          transaction.summary = key
          try transaction.setConfig(key, nil)
        }
      }
      if context.isJSON { return context.object { $0.member("key", key) } }
      context.print(wasSet ? "Unset \(key)" : "\(key) was not set")
    }
  }

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand("list", summary: "List the settings in this clone's database") { _, context in
      let pairs = try context.store().allConfig().filter { !$0.key.hasPrefix("kv.") }
      if context.isJSON { return context.map(pairs) }
      for pair in pairs { context.print("\(pair.key) = \(pair.value)") }
    }
  }

  private static var show: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", summary: "List every setting in effect and where it comes from",
      flags: [.string("source", placeholder: "WORD", help: "Only those whose source contains this")]
    ) { arguments, context in
      let wanted = arguments.string("source") ?? ""
      let values = try context.configuration().settings(stored: stored(context))
        .filter { !$0.key.hasPrefix("kv.") && (wanted.isEmpty || $0.source.description.contains(wanted)) }
      if context.isJSON {
        return context.json { writer in
          writer.array(values) { writer, value in
            writer.object {
              $0.member("key", value.key)
              $0.member("value", value.text)
              $0.member("source", value.source.description)
            }
          }
        }
      }
      var table = Table([Table.Column(), Table.Column(isFlexible: true), Table.Column()])
      for value in values { table.add("\(value.key)", "\(value.text)", Style.dim(value.source.description)) }
      context.output.print(table)
    }
  }

  private static var validate: CommandTree.BdCommand {
    CommandTree.BdCommand("validate", summary: "Check the settings") { _, context in
      let problems = try context.configuration().problems(stored: stored(context))
      if context.isJSON {
        context.object {
          $0.member("valid", problems.isEmpty)
          $0.member("issues", problems)
        }
      } else {
        for problem in problems { context.print("\(problem)") }
        context.print(problems.isEmpty ? "✓ The settings are valid" : "\(problems.count) problems")
      }
      if !problems.isEmpty { throw ExitStatus(1) }
    }
  }

  private static func stored(_ context: BdContext) throws(BeadsError) -> [String: String] {
    Dictionary(uniqueKeysWithValues: try context.store().allConfig().map { ($0.key, $0.value) })
  }

  /// Sets one setting where it belongs and says where that is.
  private static func change(
    _ key: String, _ value: String, _ arguments: Arguments, _ context: BdContext
  ) throws(BeadsError) -> String {
    switch Configuration.storage(of: key) {
    case .yaml:
      try context.configuration().set(key, to: value, allowingSecrets: arguments.bool("force-git-tracked"))
      return "config.yaml"
    case .git:
      try Role(userInput: value).save(GitConfig(context.environment))
      return "git config"
    case .database:
      try requireSettable(key)
      try Configuration.check(key, value: value)
      try context.change("config set") { transaction throws(BeadsError) in
        transaction.summary = key
        try transaction.setConfig(key, value)
      }
      if ConfigurationKey.find(key) == nil, !key.hasPrefix("custom.") {
        context.warn("\(key) is no setting that bd knows; kept all the same")
      }
      return "database"
    }
  }

  private static func requireSettable(_ key: String) throws(BeadsError) {
    if key.hasPrefix("kv.") {
      throw BeadsError(.invalid, "\(key) is not a setting", hint: "`bd kv` and `bd remember` keep facts")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func setting(_ key: String, _ value: String, _ location: String) {
    member("key", key)
    member("value", value)
    member("location", location)
  }
}
