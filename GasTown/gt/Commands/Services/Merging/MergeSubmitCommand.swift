import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq submit`: a finished branch goes into the queue.
enum MergeSubmitCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "submit", summary: "Ask for the merge of a finished branch",
      discussion: """
        For branches of crew members and of people, and for what a polecat left behind. The branch is pushed if it is \
        not on the origin yet, and what `gt done` demands is demanded here too. A polecat that submits the branch it \
        works on ends its assignment with that, as with `gt done`, unless it says `--no-cleanup`.
        """,
      examples: [
        "gt mq submit", "gt mq submit --branch fix/parser --issue app-3fk",
        "gt mq submit --issue app-3fk --priority 1",
      ],
      flags: [
        .string("branch", placeholder: "NAME", help: "The branch; the one that is checked out unless given"),
        .string(
          "issue", placeholder: "ID", help: "What it is for; unless given what the branch or the hook names"),
        .string("epic", placeholder: "ID", help: "Merge into the integration branch of this epic"),
        .string("target", placeholder: "BRANCH", help: "The branch to merge into"),
        .string(
          "priority", short: "p", placeholder: "N",
          help: "Its priority, 0 to 4; that of the issue unless given"),
        .string("rig", placeholder: "NAME", help: "The rig, if it is not the one you are in"),
        .bool("no-cleanup", help: "For polecats: the assignment and the session go on"),
        .bool("skip-deps", help: "Submit it although its issue waits for others"),
        .bool("resubmit", help: "Ask again for what was turned away or rejected at this commit"),
      ]
    ) { arguments, context in
      let caller = try context.me()
      if caller.role == .polecat, !arguments.bool("no-cleanup"), arguments.string("branch") == nil {
        return try endAssignment(caller, context)
      }
      var request = BranchSubmission.Request(caller, in: context.environment.currentDirectory)
      request.branch = arguments.string("branch")
      request.target = arguments.string("target")
      request.priority = try context.priority()
      request.ignoresBlockers = arguments.bool("skip-deps")
      request.isAgain = arguments.bool("resubmit")
      request.issue = try arguments.string("issue").map { word throws(BeadsError) in
        try context.ledgers().resolve(word).id
      }
      request.epic = try arguments.string("epic").map { word throws(BeadsError) in
        try context.ledgers().resolve(word).id
      }
      let rig = try rig(request, context)
      print(try BranchSubmission(rig, context.ledgers(), context.database()).run(request), rig, context)
    }
  }

  /// What `gt done` does.
  private static func endAssignment(_ caller: AgentAddress, _ context: GtContext) throws(BeadsError) {
    guard let rig = caller.rig else { return }
    var request = Done.Request(caller)
    request.priority = try context.priority()
    request.target = context.arguments.string("target")
    if let word = context.arguments.string("epic") {
      request.target = try context.ledgers().integrationBranch(of: context.ledgers().resolve(word).id)
        .rawValue
    }
    if let word = context.arguments.string("issue") { request.issue = try context.ledgers().resolve(word).id }
    try DoneCommand.run(request, in: rig, context)
  }

  /// The rig that is named, that one is in, or that the issue belongs to.
  private static func rig(_ request: BranchSubmission.Request, _ context: GtContext) throws(BeadsError) -> Rig
  {
    if let name = context.arguments.string("rig") { return try context.town().rig(name) }
    if try context.me().rig == nil, let issue = request.issue, let name = try context.ledgers().rig(of: issue)
    {
      return try context.town().rig(name.rawValue)
    }
    return try context.rig(nil)
  }

  private static func print(_ result: BranchSubmission.Result, _ rig: Rig, _ context: GtContext) {
    for warning in result.warnings { context.warn("\(warning)") }
    if context.isJSON {
      return context.object { writer in
        writer.member("id", result.mergeRequest.rawValue)
        writer.member("source_issue", result.issue.rawValue)
        writer.member("branch", result.branch)
        writer.member("target", result.target)
        writer.member("commit_sha", result.commit)
        writer.member("worker", result.worker)
        writer.member("rig", rig.name.rawValue)
        writer.member("repeated", result.isRepeated)
      }
    }
    if result.isRepeated {
      context.print("\(result.branch) is in the queue already, as \(result.mergeRequest, .bold)")
    } else {
      context.print("✓ \(result.mergeRequest, .bold)  \(result.branch) → \(result.target)")
      context.print("  for \(result.issue), at \(result.commit.prefix(7))")
    }
    context.print("  `gt mq status \(result.mergeRequest)` shows how it goes")
  }
}

extension GtContext {
  /// The priority after `--priority`, as `2` or `P2`.
  func priority() throws(BeadsError) -> Int? {
    guard let word = arguments.string("priority") else { return nil }
    guard let priority = Int(word.hasPrefix("P") ? String(word.dropFirst()) : word),
      (0...4).contains(priority)
    else { throw BeadsError(.invalid, "\(quoted(word)) is no priority", hint: "say 0 (urgent) to 4") }
    return priority
  }
}
