import BeadsKit
import CommandKit

/// `bd gate discover`: finds the runs that gates wait for.
enum GateDiscoverCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "discover", summary: "Find the runs that gh:run gates wait for",
      discussion: """
        Gives gh:run gates without the number of a run the one that fits best: of the same commit, branch and workflow, \
        started about when the gate was made.
        """,
      examples: ["bd gate discover", "bd gate discover --dry-run --branch main --max-age 2h"],
      flags: [
        .bool("dry-run", short: "n", help: "Show what would be found, but change nothing"),
        .string(
          "branch", short: "b", placeholder: "NAME", help: "Runs of this branch (default: the current one)"),
        .int("limit", short: "l", in: 1...1000, default: 10, help: "How many runs to look at"),
        .string(
          "max-age", short: "a", placeholder: "DURATION", default: "30m",
          help: "Leave out runs that were started longer ago"),
      ]
    ) { arguments, context in
      let maximumAge = try GoDuration.nanoseconds(arguments.string("max-age") ?? "30m")
      if maximumAge <= 0 {
        throw BeadsError(.invalid, "--max-age must be more than nothing", hint: "for example: --max-age 2h")
      }
      let store = try context.store()
      let gates = try store.gates([.githubRun]).filter(GateDiscovery.isWanted)
      var matches: [GateDiscovery.Match] = []
      if !gates.isEmpty {
        let directory = try checkout(context)
        var head = GitHead.read(from: directory) ?? GitHead()
        if let branch = arguments.string("branch") { head.branch = branch }
        var gitHub = GitHubCommand(directory: directory, environment: context.environment)
        let runs = try gitHub.recentRuns(limit: try arguments.int("limit") ?? 10, branch: head.branch)
        matches = GateDiscovery(now: store.now, head: head, maximumAge: maximumAge).matches(gates, runs)
      }
      let isTrial = arguments.bool("dry-run")
      if !isTrial, !matches.isEmpty {
        let found = matches
        try context.change("gate discover") { transaction throws(BeadsError) in
          transaction.summary = found.map(\.gate.id.rawValue).joined(separator: " ")
          try transaction.assignRuns(found)
        }
      }
      report(matches, gates.count, isTrial: isTrial, context)
    }
  }

  /// The checkout one is in when it is one of the project's, whose branch is then meant; else the project's own.
  private static func checkout(_ context: BdContext) throws(BeadsError) -> String {
    let here = try context.environmentOfDirectory().currentDirectory
    let project = try context.workspace().projectDirectory
    guard let repository = GitLocation.find(from: here)?.commonDirectory else { return project }
    return repository == GitLocation.find(from: project)?.commonDirectory ? here : project
  }

  private static func report(
    _ matches: [GateDiscovery.Match], _ count: Int, isTrial: Bool, _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("checked", count)
        writer.member("found", matches.count)
        writer.member("dry_run", isTrial)
        writer.key("matches")
        writer.array(matches) { writer, match in
          writer.object { writer in
            writer.member("gate_id", match.gate.id.rawValue)
            writer.member("run_id", match.run.id)
            writer.member("workflow", match.run.workflow)
            writer.member("score", match.score)
          }
        }
      }
    }
    if count == 0 { return context.print("No gates look for a run") }
    for match in matches {
      context.print(
        "\(isTrial ? "○" : "✓") \(match.gate.id, .bold): run \(match.run.id) of \(match.run.workflow) (score \(match.score))"
      )
    }
    context.print(
      "\(isTrial ? "Would find" : "Found") runs for \(matches.count) of \(counted(count, "gate"))")
  }
}
