import BeadsKit
import CommandKit
import GasTownKit

/// `gt bead`: issues of any rig.
enum BeadCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "bead", aliases: ["beads"], summary: "Show issues of any rig, or move them to another",
      section: CommandTree.Section.work, examples: ["gt bead show ap-3fk", "gt bead move ap-3fk web"],
      subcommands: [IssueCommands.show(["read"], "gt bead show"), move])
  }

  private static var move: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "move", summary: "Move an issue to the tracker of another project",
      discussion: """
        A copy with its texts, labels and comments is made there, what depended on it follows, and the issue here is \
        closed as superseded. Refused while somebody works on it.
        """,
      examples: ["gt bead move ap-3fk web", "gt bead move ap-3fk hq --dry-run"],
      flags: [.bool("dry-run", short: "n", help: "Only say what would be done")],
      positionals: [.required("bead"), .required("to", help: "A project, or hq")]
    ) { arguments, context in
      let ledgers = try context.ledgers()
      let (id, source) = try ledgers.resolve(arguments.positionals[0])
      let place = arguments.positionals[1]
      let rig = place == "hq" ? nil : try context.town().rig(place).name
      let target = try ledgers.store(of: rig)
      if source.location == target.location {
        throw BeadsError(.invalid, "\(id) is in \(place) already", hint: "name another project, or hq")
      }
      if let holder = try context.database().agent(on: id) {
        throw BeadsError(
          .refused, "\(holder.address) works on \(id)", hint: "`gt unsling \(id)` takes it back")
      }
      if arguments.bool("dry-run") {
        return context.would("move \(id) to \(place)") { writer in
          writer.member("bead", id.rawValue)
          writer.member("to", place)
        }
      }
      let report = try IssueMove().run(id, from: source, to: target)
      if context.isJSON {
        return context.object { writer in
          writer.member("source", report.source.rawValue)
          writer.member("target", report.target.rawValue)
          writer.member("closed", report.isClosed)
          writer.member("remapped", report.remapped.map(\.rawValue))
          writer.member("unblocked", report.unblocked.map(\.rawValue))
        }
      }
      context.print("✓ \(report.source) is \(report.target, .bold) now")
      for other in report.unblocked {
        context.warn("\(other) waited for \(report.source) and does not wait any more")
      }
    }
  }
}

/// `gt commit`: a commit in the name of the agent that calls.
enum CommitCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "commit", summary: "Commit in your own name, whatever git is set to", section: CommandTree.Section.work,
      discussion: """
        Everything after the name goes to `git commit`. Author and committer are the agent whose directory this is, or \
        that GT_ROLE names; for the person they are as git has them.
        """,
      examples: ["gt commit -m \"Add the parser\"", "gt commit -a --amend --no-edit"],
      positionals: [.zeroOrMore("arguments")], passesArguments: true
    ) { arguments, context in
      let me = try context.me()
      var variables = context.environment.variables
      if me != .overseer {
        for (name, value) in try context.launcher().identity(of: me) where name.hasPrefix("GIT_") {
          variables[name] = value
        }
      }
      var words = arguments.positionals
      if words.first == "--" { words.removeFirst() }
      var git = Subprocess(
        ["git", "commit"] + words, directory: context.environment.currentDirectory, variables: variables)
      git.input = .inherited
      git.output = .inherited
      context.close()
      context.output.flush()
      let status = try git.run()
      if !status.succeeded { throw ExitStatus(1) }
    }
  }
}
