import BeadsKit
import CommandKit

/// `bd close` and `bd done`: finishes issues.
enum CloseCommand {
  static var close: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "close", summary: "Close issues", section: CommandTree.Section.issues,
      discussion: """
        Closes every issue that is named, or the one touched last. An issue that waits for open issues is refused, \
        as are epics with open children, pinned issues, templates, and gates whose condition does not hold; --force \
        closes them all the same. Issues that are named together may be named in any order.

        --reason may be given once for all issues or once for each.

        --continue goes on with the molecule: it closes one step and starts the next that is ready, both or neither. A \
        molecule whose last step is closed closes by itself.
        """,
      examples: [
        "bd close bd-a3f8 --reason \"Fixed in 4f2a\"",
        "bd close bd-a3f8 bd-9zq -r \"Done\" -r \"Not needed\"",
        "bd close bd-a3f8 --suggest-next", "bd close --claim-next --json",
        "bd close bd-mol-a3f8 --continue --json",
      ],
      flags: flags, positionals: [.anyIssues()]
    ) { arguments, context in
      try run(context.issueWords(arguments.positionals), reasons: nil, context)
    }
  }

  static var done: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "done", aliases: ["finish", "complete"], summary: "Close an issue; the last argument is the reason",
      section: CommandTree.Section.issues,
      examples: ["bd done bd-a3f8 \"Fixed in 4f2a\""], flags: flags,
      positionals: [.zeroOrMore("id").naming(.first)]
    ) { arguments, context in
      var words = arguments.positionals
      var reason: String?
      if words.count > 1, let last = words.last, try !isIssue(last, context) { reason = words.removeLast() }
      if reason != nil, reasonFlags.contains(where: arguments.isSet) {
        throw BeadsError(
          .invalid, "the reason is given twice", hint: "leave --reason or the last argument out")
      }
      try run(context.issueWords(words), reasons: reason.map { [$0] }, context)
    }
  }

  private static let reasonFlags = ["reason", "resolution", "message", "comment", "reason-file"]

  private static var flags: [Flag] {
    [
      .list("reason", short: "r", placeholder: "TEXT", help: "Why; once for all, or once for each issue"),
      .string("resolution", placeholder: "TEXT", hidden: true, help: "As --reason"),
      .string("message", short: "m", placeholder: "TEXT", hidden: true, help: "As --reason"),
      .string("comment", placeholder: "TEXT", hidden: true, help: "As --reason"),
      .string("reason-file", placeholder: "FILE", help: "Read the reason from a file, - for standard input"),
      .bool("force", short: "f", help: "Close although something guards it"),
      .string(
        "session", placeholder: "ID", help: "The agent session that did it (default: $CLAUDE_SESSION_ID)"),
      .bool("suggest-next", help: "Show what is ready now because of this"),
      .bool("claim-next", help: "Claim the next ready issue"),
      LeaseFlag.flag,
      .bool("continue", help: "Start the next ready step of the molecule"),
      .bool("no-auto", help: "With --continue, show the next step without starting it"),
    ]
  }

  private static func isIssue(_ word: String, _ context: BdContext) throws(BeadsError) -> Bool {
    if word.contains(where: \.isWhitespace) { return false }
    do throws(BeadsError) {
      _ = try context.resolve(word)
      return true
    } catch {
      if error.code == .notFound || error.code == .ambiguous { return false }
      throw error
    }
  }

  private static func run(_ words: [String], reasons: [String]?, _ context: BdContext) throws {
    let arguments = context.arguments
    try checkContinuation(words.count, arguments)
    let lease = try LeaseFlag.read(arguments, with: arguments.bool("claim-next") ? nil : "claim-next")
    let reasons = try reasons ?? self.reasons(words.count, context)
    let session = arguments.string("session") ?? context.environment["CLAUDE_SESSION_ID"] ?? ""
    let (force, check) = (
      arguments.bool("force"), try DescriptionCheck(context, isStrict: false, setting: "validation.on-close")
    )
    let store = try context.store()
    var continuation: MoleculeContinuation?
    let ids = try context.changeEach("close", words) { transaction, issue throws(BeadsError) in
      let found = try store.issue(issue.id)
      if !force, let found { try check.check(found) }
      let reason = reasons.count == 1 ? reasons[0] : reasons[issue.place]
      try transaction.close(issue.id, reason: reason, session: session, force: force)
      if arguments.bool("continue") {
        continuation = try transaction.continueMolecule(
          after: issue.id, claims: !arguments.bool("no-auto"), resumes: found?.isClosed ?? false)
      }
    }
    let unblocked = arguments.bool("suggest-next") ? try store.unblocked(by: ids) : nil
    var claimed: Issue?
    if arguments.bool("claim-next") {
      claimed = try context.change("close --claim-next") { transaction throws(BeadsError) in
        try transaction.claimNext(lease: lease)
      }
      LastTouched.write(claimed?.id, context)
    }
    if let continuation {
      if continuation.isClaimed { LastTouched.write(continuation.nextStep?.id, context) }
      return try show(try store.issues(ids), continuation, context)
    }
    try show(try store.issues(ids), unblocked, claimed, context)
  }

  private static func checkContinuation(_ count: Int, _ arguments: Arguments) throws(BeadsError) {
    if !arguments.bool("continue") {
      if !arguments.bool("no-auto") { return }
      throw BeadsError(
        .invalid, "--no-auto says how to --continue, which is not given", hint: "add --continue")
    }
    if count != 1 {
      throw BeadsError(
        .invalid, "--continue follows one step, and \(count) issues are named", hint: "close them one by one")
    }
    if let other = ["suggest-next", "claim-next"].first(where: arguments.bool) {
      throw BeadsError(
        .invalid, "--continue and --\(other) exclude each other", hint: "give one of them")
    }
  }

  private static func show(
    _ closed: [Issue], _ continuation: MoleculeContinuation, _ context: BdContext
  ) throws {
    if context.isJSON {
      return context.object { writer in
        writer.key("closed")
        writer.array(closed) { $0.issue($1) }
        writer.key("continue")
        MoleculeContinuationText.write(continuation, closed: closed.first, &writer)
      }
    }
    for issue in closed {
      context.print("✓ Closed \(try context.named(issue)): \(issue.closeReason)")
      for line in try MoleculeContinuationText.lines(continuation, after: issue.id, context) {
        context.print(line)
      }
    }
  }

  /// One reason, or one for each issue.
  private static func reasons(_ count: Int, _ context: BdContext) throws(BeadsError) -> [String] {
    let arguments = context.arguments
    let given = reasonFlags.filter(arguments.isSet)
    if given.count > 1 {
      throw BeadsError(
        .invalid, "--\(given[0]) and --\(given[1]) exclude each other", hint: "give the reason once")
    }
    guard let flag = given.first else { return ["Closed"] }
    var reasons = arguments.values(flag)
    if flag == "reason-file" { reasons = [try TextFlags.readText(arguments.string(flag) ?? "-", context)] }
    if flag != "reason" { reasons = [reasons.last ?? ""] }
    if reasons.count != 1, reasons.count != count {
      throw BeadsError(
        .invalid, "\(reasons.count) reasons for \(count) issues",
        hint: "give one reason for all, or one for each")
    }
    if reasons.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
      throw BeadsError(.invalid, "the reason must not be empty", hint: "leave --\(flag) out for the default")
    }
    return reasons
  }

  private static func show(
    _ closed: [Issue], _ unblocked: [Issue]?, _ claimed: Issue?, _ context: BdContext
  ) throws {
    let claims = context.arguments.bool("claim-next")
    if context.isJSON {
      if unblocked == nil, !claims { return context.array(closed) }
      return context.object { writer in
        writer.key("closed")
        writer.array(closed) { $0.issue($1) }
        if let unblocked {
          writer.key("unblocked")
          writer.array(unblocked) { $0.issue($1) }
        }
        guard claims else { return }
        writer.key("claimed")
        if let claimed { writer.issue(claimed) } else { writer.null() }
      }
    }
    for issue in closed { context.print("✓ Closed \(try context.named(issue)): \(issue.closeReason)") }
    let vocabulary = try context.store().rules.vocabulary
    if let unblocked {
      context.print(unblocked.isEmpty ? "Nothing was waiting for this alone" : "Ready now:")
      for issue in unblocked { context.print("  \(IssueText.line(issue, vocabulary))") }
    }
    if let claimed {
      context.print("✓ Claimed \(try context.named(claimed))")
    } else if claims {
      context.print("Nothing is ready to be claimed")
    }
  }
}
