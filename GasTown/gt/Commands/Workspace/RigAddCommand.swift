import BeadsKit
import CommandKit
import GasTownKit

/// `gt rig add`: adds a project.
enum RigAddCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Add a project to the town",
      discussion: """
        Fetches the repository once into a shared one that all checkouts use, and makes the tracker, unless the \
        project keeps one in its repository. When something fails, nothing is left behind.
        """,
      examples: [
        "gt rig add shop https://github.com/OWNER/shop", "gt rig add shop ~/src/shop --branch develop",
        "gt rig add shop git@github.com:OWNER/shop --prefix sh",
      ],
      flags: flags,
      positionals: [
        .required("name", help: "Letters, digits and _"),
        .optional("url", help: "Where the repository comes from"),
      ], run: run)
  }

  private static var flags: [Flag] {
    [
      .string("prefix", placeholder: "PREFIX", help: "What issue IDs begin with (default: from the name)"),
      .string("branch", placeholder: "BRANCH", help: "The branch that work goes to (default: the remote's)"),
      .string("local-repo", placeholder: "PATH", help: "A clone on this machine to take objects from"),
      .string("push-url", placeholder: "URL", help: "Where to push to, if elsewhere"),
      .string("upstream-url", placeholder: "URL", help: "The repository this one was forked from"),
      .string("filter", placeholder: "SPEC", help: "What not to fetch, such as blob:none"),
      .string("url", placeholder: "URL", hidden: true, help: "The same as the argument"),
      .bool("adopt", help: "Register the folder of a rig that was removed before"),
      .bool("force", short: "f", hidden: true, help: "Ignored"),
    ]
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: GtContext) throws {
    let given = arguments.positionals.dropFirst().first ?? arguments.string("url")
    var request = RigInstaller.Request(name: arguments.positionals[0], url: given)
    request.prefix = arguments.string("prefix")
    request.branch = arguments.string("branch")
    request.localRepository = arguments.string("local-repo")
    request.pushURL = arguments.string("push-url")
    request.upstreamURL = arguments.string("upstream-url")
    request.filter = arguments.string("filter")
    request.adopts = arguments.bool("adopt")
    let report = try RigInstaller(try context.town(), request, command: context.command).run()
    let rig = report.rig
    if context.isJSON {
      return context.object { writer in
        writer.member("name", rig.name.rawValue)
        writer.member("beads_prefix", rig.prefix.rawValue)
        writer.member("git_url", rig.gitURL)
        writer.member("default_branch", rig.defaultBranch.rawValue)
        writer.member("path", rig.root)
        writer.member("beads_dir", report.tracker)
        writer.member("tracks_issues", report.tracksIssues)
      }
    }
    context.print("✓ Added the rig \(rig.name.rawValue, .bold)")
    context.print("  Repository: \(rig.gitURL)")
    context.print("  Branch:     \(rig.defaultBranch.rawValue)")
    context.print("  Issues:     \(rig.prefix.rawValue)-… in \(report.tracker)")
    context.print("")
    context.print("Next:")
    context.print("  bd create TITLE -C \(rig.name.rawValue)")
    context.print("    makes an issue; `gt sling ISSUE \(rig.name.rawValue)` gives it to an agent")
    context.print("  gt rig settings set \(rig.name.rawValue) merge_queue.test_command COMMAND")
    context.print("    says what must pass before anything is merged")
  }
}
