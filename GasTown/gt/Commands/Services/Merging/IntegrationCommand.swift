import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq integration`: the branches on which the work of an epic comes together.
enum IntegrationCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "integration", summary: "Collect the work of an epic on a branch of its own, and land it as a whole",
      discussion: """
        Polecats start from the integration branch of the epic above their issue, and the queue merges their work into \
        it, tested. When everything below the epic is closed the branch lands: as one commit with two parents, which \
        the gates have let pass. Nobody else brings its commits to the default branch meanwhile.

        Settings of the rig: merge_queue.integration_branch_template (its names), integration_branch_auto_land, \
        integration_branch_polecat_enabled, integration_branch_refinery_enabled.
        """,
      examples: [
        "gt mq integration create app-6hc", "gt mq integration status app-6hc",
        "gt mq integration land app-6hc",
      ],
      subcommands: [create, status, land])
  }

  private static var create: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Make the integration branch of an epic",
      discussion:
        "It starts from the default branch. The epic names it; run again, it completes what was begun.",
      examples: [
        "gt mq integration create app-6hc", "gt mq integration create app-6hc --branch integration/login",
      ],
      flags: [
        .string("branch", placeholder: "NAME", help: "Its name, instead of what the rig's template gives"),
        .string(
          "base-branch", placeholder: "BRANCH", help: "Where it starts and lands, if not the default branch"),
      ], positionals: [.required("epic")]
    ) { arguments, context in
      let (id, branches, _) = try epic(context, changes: true)
      let made = try branches.create(
        for: id, branch: arguments.string("branch"), base: arguments.string("base-branch"))
      let status = try branches.status(of: id)
      if context.isJSON { return context.object { $0.integrationMembers(status, branches) } }
      let word = made.isNew ? "starts" : "is there already; it started"
      context.print("✓ \(status.branch, .bold) \(word) from \(status.base)")
      context.print("  Work below \(id) goes there; `gt mq integration land \(id)` lands it when it is done")
    }
  }

  private static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show how far an epic is on its integration branch",
      examples: ["gt mq integration status app-6hc --json"], positionals: [.required("epic")]
    ) { _, context in
      let (id, branches, _) = try epic(context, changes: false)
      do throws(BeadsError) { try branches.refresh() } catch {
        context.warn("this is as of the last fetch: \(error.message)")
      }
      let status = try branches.status(of: id)
      if context.isJSON { return context.object { $0.integrationMembers(status, branches) } }
      context.print("\(context.named(status.epic))")
      context.print("  Branch: \(status.branch) → \(status.base), \(status.ahead) commits ahead")
      context.print("  Children: \(status.closedChildren) of \(status.children.count) closed")
      list("Merged", status.merged, context)
      list("Pending", status.pending, context)
      if let landing = status.landing { context.print("  Landing: \(landing.id)") }
      if status.isReady {
        let word = branches.isAutomatic ? "It lands by itself" : "`gt mq integration land \(id)` lands it"
        return context.print("  \("Ready", .green): \(word)")
      }
      for obstacle in status.epic.isClosed ? [] : status.obstacles {
        context.print("  Not ready: \(obstacle)")
      }
    }
  }

  private static func list(_ title: String, _ requests: [Issue], _ context: GtContext) {
    for issue in requests { context.print("  \(title): \(issue.id) \(issue.title)") }
  }

  private static var land: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "land", summary: "Land the integration branch of an epic, tested",
      discussion: """
        Refused while issues below the epic are open or merge requests into the branch wait. The merge queue lands it, \
        with everything that is due before it; the epic is closed and the branch removed once its commit is on the \
        base. Run again after anything went wrong, it goes on.
        """,
      examples: ["gt mq integration land app-6hc", "gt mq integration land app-6hc --dry-run"],
      flags: [
        .bool("force", help: "Land it although not all of the epic is done"),
        .bool("dry-run", help: "Say whether it can be landed, and do nothing"),
        .bool("skip-tests", help: "Refused: gt lands only what the gates have let pass"),
      ], positionals: [.required("epic")]
    ) { arguments, context in
      if arguments.bool("skip-tests") {
        throw BeadsError(
          .refused, "gt lands only what the gates of the rig have let pass",
          hint: "a rig without gates lands what a person approves: `gt mq approve`")
      }
      let (id, branches, rig) = try epic(context, changes: true)
      if arguments.bool("dry-run") { return try tell(id, branches, context) }
      switch try branches.land(id, force: arguments.bool("force")) {
      case .landed: break
      case .queued(let request, let isNew):
        try settle(request.id, again: !isNew, in: rig, context)
      }
      let (epic, store) = try (id, context.ledgers().store(for: id))
      guard let issue = try store.issue(epic) else { return }
      if context.isJSON {
        context.object {
          $0.member("epic", id.rawValue)
          $0.member("landed", issue.isClosed)
          $0.member(optional: "close_reason", issue.isClosed ? issue.closeReason : nil)
        }
      } else if issue.isClosed {
        context.print("✓ \(id, .bold) has landed: \(issue.closeReason)")
      }
      if !issue.isClosed { throw ExitStatus(1) }
    }
  }

  private static func tell(
    _ id: IssueID, _ branches: IntegrationBranches, _ context: GtContext
  ) throws(BeadsError) {
    try branches.refresh()
    let status = try branches.status(of: id)
    if context.isJSON { return context.object { $0.integrationMembers(status, branches) } }
    if status.isReady {
      let commits = status.ahead == 1 ? "1 commit" : "\(status.ahead) commits"
      return context.print("Would land \(commits) of \(status.branch) on \(status.base)")
    }
    context.print("\(status.branch) is not ready to land")
    for obstacle in status.obstacles { context.print("  \(obstacle)") }
  }

  /// Has the queue merge until the request is settled, or waits for something else.
  private static func settle(
    _ id: IssueID, again: Bool, in rig: Rig, _ context: GtContext
  ) throws(BeadsError) {
    let queue = try context.mergeQueue(rig)
    if again, try queue.entries().contains(where: { $0.issue.id == id && $0.state.isTurnedAway }) {
      try queue.retry(id)
    }
    let ledgers = Ledgers(
      try context.town(), actor: AgentAddress.refinery(rig.name).text, command: context.command)
    defer { ledgers.close() }
    let engine = MergeEngine(
      try context.town(), rig, database: try context.database(), ledgers: ledgers,
      policy: try MergePolicy(RigSettings.load(rig)), isCancelled: { MergeEngine.isAskedToEnd },
      report: { if !context.isJSON { context.output.print($0.text) } })
    func isDue() throws(BeadsError) -> Bool {
      try queue.entries().contains { $0.issue.id == id && $0.isDue }
    }
    try MergeEngine.endingOnSignals { () throws(BeadsError) in
      // At least once: an engine that was killed may have left it claimed.
      repeat { if try !engine.mergeBatch() { break } } while try isDue() && !MergeEngine.isAskedToEnd
    }
    guard !context.isJSON, let entry = try queue.entries().first(where: { $0.issue.id == id }) else { return }
    context.print("\(id) is \(entry.state.rawValue): `gt mq status \(id)` tells more")
  }

  /// The epic that the arguments name, and its rig.
  private static func epic(
    _ context: GtContext, changes: Bool
  ) throws(BeadsError) -> (id: IssueID, branches: IntegrationBranches, rig: Rig) {
    let me = try context.me()
    if changes, me.role == .polecat {
      throw BeadsError(
        .refused, "\(me) does not make or land integration branches", hint: "ask a person: `gt escalate`")
    }
    let (id, _) = try context.ledgers().resolve(context.arguments.positionals[0])
    guard let name = try context.ledgers().rig(of: id) else {
      throw BeadsError(.invalid, "\(id) belongs to no rig, and a branch belongs to one")
    }
    let rig = try context.town().rig(name.rawValue)
    return (id, try IntegrationBranches(rig, context.ledgers()), rig)
  }
}

extension JSONWriter {
  /// How far an epic is on its integration branch.
  fileprivate mutating func integrationMembers(_ status: IntegrationStatus, _ branches: IntegrationBranches) {
    member("epic", status.epic.id.rawValue)
    member("branch", status.branch.rawValue)
    member("base", status.base.rawValue)
    member(optional: "created", status.createdAt)
    member("ahead", status.ahead)
    requests("merged", status.merged)
    requests("pending", status.pending)
    member("children_total", status.children.count)
    member("children_closed", status.closedChildren)
    member("ready_to_land", status.isReady)
    member("auto_land", branches.isAutomatic)
    member(optional: "landing", status.landing?.id.rawValue)
    member("obstacles", status.epic.isClosed ? [] : status.obstacles)
  }

  private mutating func requests(_ name: String, _ issues: [Issue]) {
    key(name)
    array(issues) { writer, issue in
      writer.object {
        $0.member("id", issue.id.rawValue)
        $0.member("title", issue.title)
        $0.member("status", issue.status.rawValue)
        $0.member(optional: "source_issue", MergeRequest(issue)?.sourceIssue)
      }
    }
  }
}
