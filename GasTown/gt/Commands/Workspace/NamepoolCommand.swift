import BeadsKit
import CommandKit
import GasTownKit

/// `gt namepool`: what polecats are called.
enum NamepoolCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "namepool", summary: "Show and choose what polecats are called", section: CommandTree.Section.workspace,
      discussion: """
        Each rig has a theme of names, and may have names of its own, which come first. When all are taken, numbers \
        follow.
        """,
      examples: ["gt namepool", "gt namepool set minerals --rig shop", "gt namepool themes"],
      flags: [CrewCommand.rigFlag, .bool("list", short: "l", help: "Also the names that are free")],
      subcommands: [set, add, themes, create, delete, reset], run: show)
  }

  @Sendable private static func show(_ arguments: Arguments, _ context: GtContext) throws {
    let rig = try context.rig(arguments.string("rig"))
    let pool = try NamePool.load(rig, town: try context.town())
    let taken = Set(try context.database().agents(rig: rig.name, role: .polecat).compactMap(\.address.name))
    if context.isJSON {
      return context.object { writer in
        writer.member("rig", rig.name.rawValue)
        writer.member("theme", pool.theme)
        writer.member("names", pool.names.map(\.rawValue))
        writer.member("in_use", taken.map(\.rawValue).sorted())
      }
    }
    let used = taken.map(\.rawValue).sorted()
    context.print("\(rig.name.rawValue, .bold): theme \(pool.theme), \(pool.names.count) names")
    context.print("  In use: \(used.isEmpty ? "none" : used.joined(separator: ", "))")
    context.print("  Next:   \(pool.firstFree(taken.contains).rawValue)")
    guard arguments.bool("list") else { return }
    let free = pool.names.filter { !taken.contains($0) }.map(\.rawValue)
    context.print("  Free:   \(free.joined(separator: ", "))")
  }

  private static var set: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "set", summary: "Choose the theme of a project", examples: ["gt namepool set minerals"],
      flags: [CrewCommand.rigFlag], positionals: [.required("theme")]
    ) { arguments, context in
      let (town, theme) = (try context.town(), arguments.positionals[0])
      _ = try NamePool.names(of: theme, town: town)
      try change("namepool.style", to: theme, arguments, context)
    }
  }

  private static var add: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Add names to those of a project", examples: ["gt namepool add imperator"],
      flags: [CrewCommand.rigFlag], positionals: [.oneOrMore("name")]
    ) { arguments, context in
      let rig = try context.rig(arguments.string("rig"))
      let new = try arguments.positionals.map { try AgentName($0) }
      if let reserved = new.first(where: { !NamePool.isAllowed($0) }) {
        throw BeadsError(.invalid, "\(quoted(reserved.rawValue)) is reserved", hint: "choose another name")
      }
      var names = try RigSettings.load(rig).list("namepool.names")
      names += new.map(\.rawValue).filter { !names.contains($0) }
      try change("namepool.names", to: names.joined(separator: ","), arguments, context)
    }
  }

  private static var reset: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "reset", summary: "Take back the theme and the names that were chosen", examples: ["gt namepool reset"],
      flags: [CrewCommand.rigFlag]
    ) { arguments, context in
      let rig = try context.rig(arguments.string("rig"))
      try RigSettings.set(
        "namepool.names", to: nil, in: rig, of: try context.town(), command: context.command)
      try change("namepool.style", to: nil, arguments, context)
    }
  }

  private static func change(
    _ key: String, to value: String?, _ arguments: Arguments, _ context: GtContext
  ) throws(BeadsError) {
    let rig = try context.rig(arguments.string("rig"))
    try RigSettings.set(key, to: value, in: rig, of: try context.town(), command: context.command)
    context.show(try RigSettings.load(rig).settings.entry(key), changed: true)
  }

  // MARK: Themes

  private static var themes: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "themes", summary: "List the themes, or the names of one", examples: ["gt namepool themes minerals"],
      positionals: [.optional("theme")]
    ) { arguments, context in
      let town = try context.town()
      let words = try arguments.positionals.first.map {
        try NamePool.names(of: $0, town: town).map(\.rawValue)
      }
      let shown = words ?? NamePool.themes(of: town)
      if context.isJSON { return context.json { writer in writer.array(shown) { $0.string($1) } } }
      for word in shown { context.print("\(word)") }
    }
  }

  private static var create: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Make a theme of the town", examples: ["gt namepool create birds wren robin finch"],
      flags: [.string("from-file", placeholder: "FILE", help: "Take the names from a file, one a line")],
      positionals: [.required("theme"), .zeroOrMore("name")]
    ) { arguments, context in
      let town = try context.town()
      var names = try arguments.positionals.dropFirst().map { try AgentName($0) }
      if let file = arguments.string("from-file") {
        let path = Path.absolute(
          Path.expandingHome(file, context.environment), in: context.environment.currentDirectory)
        names += try NamePool.read(try FileSystem.readText(path), from: path)
      }
      let theme = arguments.positionals[0]
      try NamePool.createTheme(theme, names, in: town)
      let made = try NamePool.names(of: theme, town: town)
      if context.isJSON {
        return context.object { writer in
          writer.member("theme", theme)
          writer.member("names", made.map(\.rawValue))
        }
      }
      context.print("✓ Made the theme \(theme, .bold) with \(made.count) names")
    }
  }

  private static var delete: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "delete", summary: "Remove a theme of the town", examples: ["gt namepool delete birds"],
      positionals: [.required("theme")]
    ) { arguments, context in
      let theme = arguments.positionals[0]
      try NamePool.deleteTheme(theme, in: try context.town())
      if context.isJSON { return context.object { $0.member("deleted", theme) } }
      context.print("✓ Removed the theme \(theme, .bold)")
    }
  }
}
