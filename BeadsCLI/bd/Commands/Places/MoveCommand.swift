import BeadsKit
import CommandKit

/// `bd move` and `bd refile`: an issue goes to another project.
enum MoveCommand {
  static var all: [CommandTree.BdCommand] { [move, refile] }

  private static let keepOpen = Flag.bool("keep-open", help: "Leave the issue here open")

  private static var move: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "move", summary: "Move an issue to another project", section: CommandTree.Section.issues,
      discussion: """
        Makes a copy with texts, labels and comments in the other project, under an ID of that project, lets what \
        depends on the issue depend on the copy, and closes the issue as superseded by it. What waited for the issue \
        does not wait for the copy, because nothing can wait for an issue of another project; it is named.
        """,
      examples: ["bd move bd-a3f8 --to web", "bd move bd-a3f8 --to ../other --keep-open"],
      flags: [
        .string("to", placeholder: "PROJECT", help: "A rig or prefix of routes.jsonl, or a directory"),
        keepOpen, .bool("skip-deps", help: "Leave edges as they are"),
      ],
      positionals: [.issue()]
    ) { arguments, context in
      guard let place = arguments.string("to") else {
        throw UsageError(
          "say where to move it", hint: "Write `bd move \(arguments.positionals[0]) --to PROJECT`.")
      }
      let report = try run(to: place, context)
      if context.isJSON {
        return context.object { writer in
          writer.member("source", report.source.rawValue)
          writer.member("target", report.target.rawValue)
          writer.member("closed", report.isClosed)
          writer.member("deps_remapped", report.remapped.count)
        }
      }
      show(report, context)
    }
  }

  private static var refile: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "refile", summary: "Move an issue to another rig (short for move --to)",
      section: CommandTree.Section.issues, examples: ["bd refile bd-a3f8 web"], flags: [keepOpen],
      positionals: [.issue(), .required("rig", help: "A rig or prefix of routes.jsonl, or a directory")]
    ) { arguments, context in
      let report = try run(to: arguments.positionals[1], context)
      if context.isJSON {
        return context.object { writer in
          writer.member("source", report.source.rawValue)
          writer.member("target", report.target.rawValue)
          writer.member("closed", report.isClosed)
        }
      }
      show(report, context)
    }
  }

  private static func run(to place: String, _ context: BdContext) throws -> IssueMove.Report {
    let arguments = context.arguments
    let id = try context.resolve(arguments.positionals[0])
    let there = BdContext(context, at: try workspace(place, context))
    defer { there.close() }
    var move = IssueMove()
    move.keepsOpen = arguments.bool("keep-open")
    move.followsEdges = arguments.commandPath.last == "refile" || !arguments.bool("skip-deps")
    let report = try move.run(id, from: context.store(), to: there.store())
    there.flush()
    context.flush()
    for dependent in report.unblocked {
      context.warn("\(dependent) waited for \(report.source) and does not wait any more")
    }
    LastTouched.write(report.target, context)
    return report
  }

  /// The project that a word means: a rig, a prefix, or a directory.
  private static func workspace(_ place: String, _ context: BdContext) throws(BeadsError) -> Workspace {
    let home = try context.homeOrWorkspace()
    var places = IssuePlaces(environment: context.environment, home: home)
    if let route = places.router.route(named: place) {
      if let found = places.workspace(of: route) { return found }
      throw BeadsError(.notFound, places.warnings.last ?? "the route to \(place) leads nowhere")
    }
    let path = Path.absolute(
      Path.expandingHome(place, context.environment), in: context.environment.currentDirectory)
    if FileSystem.isDirectory(path) {
      return try Workspace.locate(environment: context.environment, directory: path)
    }
    let names = places.router.routes.map(\.name)
    throw BeadsError(
      .notFound, "there is no project \(quoted(place))",
      hint: names.isEmpty
        ? "name its directory; no routes.jsonl names any project"
        : "name its directory, or one of " + names.joined(separator: ", "))
  }

  private static func show(_ report: IssueMove.Report, _ context: BdContext) {
    context.print("✓ Moved \(report.source) to \(report.target, .bold)")
    if !report.isClosed { context.print("  \(report.source) stays open") }
    if !report.remapped.isEmpty {
      context.print("  Depend on it now: \(report.remapped.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
