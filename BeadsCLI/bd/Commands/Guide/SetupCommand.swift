import BeadsKit
import CommandKit

/// `bd setup`: tells editors and agents about beads, in their own files (contract 10.4).
enum SetupCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "setup", summary: "Tell an editor or agent about beads, in its own files",
      section: CommandTree.Section.setup,
      discussion: """
        A recipe writes a few lines between two markers, or a hook that runs `bd prime` when a session starts; \
        everything else in a file keeps its bytes, and --remove gives the file back as it was. Only files of this \
        checkout are touched, or with --global, where the program has such a place, only those of your home directory.

        With --stealth the agent hears nothing of git, and the settings go into the file that is not shared.

        A project's own recipes are in .beads/recipes.toml; --add makes one. Without a recipe all are listed.
        """,
      examples: [
        "bd setup --list", "bd setup claude", "bd setup claude --print", "bd setup codex --check",
        "bd setup claude --remove", "bd setup claude --global", "bd setup --add myeditor .myeditor/rules.md",
      ],
      flags: [
        .bool("list", help: "List the recipes"),
        .bool("print", help: "Print what would be written, and write nothing"),
        .bool("check", help: "Say whether it is there; exit status 1 when something is missing"),
        .bool("remove", help: "Take it out again"),
        .string("output", short: "o", placeholder: "FILE", help: "Write the lines for agents into this file"),
        .string("add", placeholder: "NAME", help: "Add a recipe for one file, whose path is the argument"),
        .bool("project", help: "In this checkout (the default)"),
        .bool("stealth", help: "Leave out what has to do with git, and share nothing"),
      ],
      positionals: [
        .optional("recipe", values: SetupRecipe.builtin.map(\.name), help: "With --add, the path of its file")
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let actions = ["list", "print", "check", "remove", "output", "add"].filter { arguments.isSet($0) }
    if actions.count > 1 {
      throw BeadsError(
        .invalid, "--\(actions[0]) and --\(actions[1]) cannot be combined", hint: "choose one of them")
    }
    if arguments.bool("project"), arguments.bool("global") {
      throw BeadsError(.invalid, "--project and --global cannot be combined", hint: "choose one of them")
    }
    let workspace = try HooksCommand.workspaceIfPresent(context)
    if let name = arguments.string("add") { return try add(name, workspace, context) }
    guard let name = arguments.positionals.first, !arguments.bool("list") else {
      return try list(workspace, context)
    }
    let recipe = try SetupRecipe.find(name, workspace)
    if arguments.bool("print") { return try print(recipe, context) }
    if let file = arguments.string("output") { return try write(recipe, to: file, context) }
    let setup = try Setup(
      recipe, in: place(workspace, context), isStealthy: arguments.bool("stealth"))
    if arguments.bool("check") { return try check(setup, context) }
    try HooksCommand.refuseReadOnly("setup", context)
    if arguments.bool("remove") {
      show(try setup.remove(), recipe, nothing: "Nothing of \(recipe.name) is here", context)
    } else {
      show(try setup.apply(), recipe, nothing: "", context)
      let flag = arguments.bool("global") ? " --global" : ""
      context.print("bd setup \(recipe.name)\(flag) --remove takes it out again")
    }
  }

  private static func place(_ workspace: Workspace?, _ context: BdContext) throws(BeadsError) -> Setup.Place {
    if context.arguments.bool("global") {
      guard !context.environment.homeDirectory.isEmpty else {
        throw BeadsError(.notFound, "there is no home directory", hint: "set HOME")
      }
      return .home(context.environment.homeDirectory)
    }
    guard let workspace else {
      // Says where it looked.
      _ = try context.workspace()
      throw BeadsError(.noStore, "there is no project here")
    }
    let directory = try context.environmentOfDirectory().currentDirectory
    return .project(root: workspace.checkoutRoot(of: directory), workspace)
  }

  // MARK: Actions

  private static func list(_ workspace: Workspace?, _ context: BdContext) throws {
    let recipes = try SetupRecipe.all(workspace)
    if context.isJSON {
      return context.json { writer in
        writer.array(recipes) { writer, recipe in
          writer.object { writer in
            writer.member("name", recipe.name)
            writer.member("description", recipe.title)
            writer.member("paths", recipe.paths)
            writer.member("global", recipe.isGlobal)
            writer.member("source", recipe.isOwn ? "project" : "built-in")
          }
        }
      }
    }
    var table = Table([Table.Column(), Table.Column(), Table.Column()])
    for recipe in recipes {
      table.add("\(recipe.name, .bold)", "\(recipe.title)", "\(recipe.paths.joined(separator: ", "))")
    }
    context.output.print(table)
    context.print("")
    context.print("bd setup RECIPE --print shows what it writes, bd setup RECIPE writes it")
  }

  private static func add(_ name: String, _ workspace: Workspace?, _ context: BdContext) throws {
    try HooksCommand.refuseReadOnly("setup", context)
    guard let path = context.arguments.positionals.first else {
      throw BeadsError(
        .invalid, "--add needs the path of the recipe's file", hint: "bd setup --add \(name) PATH")
    }
    guard let workspace else {
      _ = try context.workspace()
      return
    }
    try SetupRecipe.add(name, path: path, workspace)
    if context.isJSON {
      return context.object {
        $0.member("name", name)
        $0.member("path", path)
      }
    }
    context.print("✓ Added the recipe \(name), which writes \(path)")
    context.print("Next: bd setup \(name)")
  }

  private static func print(_ recipe: SetupRecipe, _ context: BdContext) throws {
    let files = try recipe.files(isStealthy: context.arguments.bool("stealth"))
    if context.isJSON {
      return context.json { writer in
        writer.array(files) { writer, file in
          writer.object { writer in
            writer.member("path", file.path)
            writer.member("text", file.text)
          }
        }
      }
    }
    for (number, file) in files.enumerated() {
      if files.count > 1 { context.print("\(number > 0 ? "\n" : "")\("==> \(file.path)", .bold)") }
      context.write(file.text)
    }
  }

  private static func write(_ recipe: SetupRecipe, to name: String, _ context: BdContext) throws {
    try HooksCommand.refuseReadOnly("setup", context)
    let path = Path.absolute(name, in: context.environment.currentDirectory)
    let hasChanged = try recipe.write(to: path)
    if context.isJSON {
      return context.object {
        $0.member("path", path)
        $0.member("changed", hasChanged)
      }
    }
    context.print(hasChanged ? "✓ Wrote \(path)" : "✓ \(path) has it already")
  }

  private static func check(_ setup: Setup, _ context: BdContext) throws {
    let files = try setup.check()
    let isInstalled = files.allSatisfy { $0.state == .installed }
    if context.isJSON {
      context.object { writer in
        writer.member("recipe", setup.recipe.name)
        writer.member("installed", isInstalled)
        writer.files(files)
      }
    }
    for file in files {
      context.print("\(file.state == .installed ? "✓" : "✗") \(file.path): \(file.state.rawValue)")
    }
    if isInstalled { return }
    let flag = context.arguments.bool("global") ? " --global" : ""
    context.print("Next: bd setup \(setup.recipe.name)\(flag)")
    throw ExitStatus(1)
  }

  private static func show(
    _ files: [Setup.File], _ recipe: SetupRecipe, nothing: String, _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("recipe", recipe.name)
        writer.files(files)
      }
    }
    if files.isEmpty { context.print("\(nothing)") }
    for file in files { context.print("✓ \(file.path): \(file.state.rawValue)") }
  }
}

extension JSONWriter {
  fileprivate mutating func files(_ files: [Setup.File]) {
    key("files")
    array(files) { writer, file in
      writer.object { writer in
        writer.member("path", file.path)
        writer.member("state", file.state.rawValue)
      }
    }
  }
}
