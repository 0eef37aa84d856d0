import BeadsKit
import CommandKit
import GasTownKit

/// `gt install`: makes a town.
enum InstallCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "install", summary: "Make a town", section: CommandTree.Section.workspace,
      discussion: """
        A town is a directory on this machine that holds your projects and the agents that work on them. A second \
        run adds what is missing and changes nothing that is there.
        """,
      examples: ["gt install ~/gt", "gt install ~/gt --git", "gt install . --name work"],
      flags: [
        .string("name", short: "n", placeholder: "NAME", help: "Its name (default: that of the directory)"),
        .string("owner", placeholder: "EMAIL", help: "Whose it is (default: what git is told)"),
        .string("public-name", placeholder: "NAME", help: "What others are to call it"),
        .bool("git", help: "Make a git repository for what is worth sharing"),
        .bool("no-beads", help: "Do without the town's own tracker"),
        .bool("force", short: "f", help: "Also in a directory that belongs to a git repository"),
        .string("github", placeholder: "OWNER/REPO", hidden: true, help: "Refused: gt makes nothing there"),
        .bool("public", hidden: true, help: "Goes with --github"),
        .bool("shell", hidden: true, help: "Ignored: gt needs nothing of the shell"),
        .bool("wrappers", hidden: true, help: "Ignored: gt needs no wrappers"),
        .bool("supervisor", hidden: true, help: "Ignored: `gt up` starts the daemon"),
        .string("dolt-port", placeholder: "N", hidden: true, help: "Ignored: there is no server"),
      ],
      positionals: [.optional("path", help: "Where (default: the current directory)")], run: run)
  }

  static var gitInit: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "git-init", summary: "Make a git repository of the town for what is worth sharing",
      section: CommandTree.Section.workspace,
      discussion: """
        As `gt install --git` for a town that is there: a .gitignore that leaves out rigs and what belongs to this \
        machine, and a repository. Nothing is committed. What is there stays as it is.
        """,
      examples: ["gt git-init"],
      flags: [
        .string("github", placeholder: "OWNER/REPO", hidden: true, help: "Refused: gt makes nothing there"),
        .bool("public", hidden: true, help: "Goes with --github"),
      ]
    ) { arguments, context in
      try refuseGitHub(arguments)
      var options = TownInstaller.Options()
      options.makesRepository = true
      options.isForced = true
      let town = try context.town()
      options.skipsTracker = !FileSystem.isDirectory(town.path(".beads"))
      let report = try TownInstaller(
        town.root, options, environment: context.environment, command: context.command
      ).run()
      if context.isJSON {
        return context.object { writer in
          writer.member("path", town.root)
          writer.member("made", report.made)
        }
      }
      if report.made.isEmpty { return context.print("✓ There is a repository in \(town.root) already") }
      for line in report.made { context.print("✓ \(line)") }
      context.print("  git -C \(town.root) add -A && git -C \(town.root) commit -m \"The town\"")
    }
  }

  private static func refuseGitHub(_ arguments: Arguments) throws(BeadsError) {
    guard let name = arguments.string("github") else { return }
    throw BeadsError(
      .unsupported, "gt makes no repository on GitHub",
      hint: "`gt git-init`, make \(quoted(name)) there, then `git remote add` and `git push`")
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: GtContext) throws {
    if let name = arguments.string("github") {
      throw BeadsError(
        .unsupported, "gt makes no repository on GitHub",
        hint: "`gt install --git`, make \(quoted(name)) there, then `git remote add` and `git push`")
    }
    var options = TownInstaller.Options()
    options.name = arguments.string("name")
    options.owner = arguments.string("owner")
    options.publicName = arguments.string("public-name")
    options.makesRepository = arguments.bool("git")
    options.skipsTracker = arguments.bool("no-beads")
    options.isForced = arguments.bool("force")
    let report = try TownInstaller(
      arguments.positionals.first ?? ".", options, environment: context.environment, command: context.command
    ).run()
    if context.isJSON {
      return context.object { writer in
        writer.member("state", report.existed ? (report.made.isEmpty ? "existing" : "completed") : "created")
        writer.member("path", report.town.root)
        writer.member("name", report.name)
        writer.member("made", report.made)
      }
    }
    let place: TerminalText = "the town \(report.name, .bold) in \(report.town.root)"
    if report.existed, report.made.isEmpty {
      return context.print("✓ There is \(place) already; nothing was changed")
    }
    context.print(report.existed ? "✓ Completed \(place)" : "✓ Made \(place)")
    for line in report.made { context.print("  ✓ \(line)") }
    if report.existed { return }
    context.print("")
    context.print("Next:")
    context.print("  cd \(report.town.root)")
    context.print("  gt rig add NAME URL    add a project")
  }
}
