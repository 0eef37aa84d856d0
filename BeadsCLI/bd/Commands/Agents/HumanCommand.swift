import BeadsKit
import CommandKit

/// `bd human`: questions that only a person can answer are issues with the label `human`.
enum HumanCommand {
  private static let label = "human"

  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "human", summary: "Answer what agents leave to people", section: CommandTree.Section.coordination,
      discussion: "An agent that needs a person labels an issue `human`: bd label add ID human.",
      examples: ["bd human list", "bd human respond bd-a3f8 --response \"Use OAuth\""],
      subcommands: [list, respond, dismiss, stats]
    ) { _, context in
      try showHelp(context)
    }
  }

  private static let verbs = [
    ("bd human list", "questions that wait for you"), ("bd create \"Fix it\" -p 1", "a new issue"),
    ("bd list", "what there is"), ("bd show ID", "everything about one issue"),
    ("bd ready", "what can be worked on"), ("bd comment ID \"text\"", "say something"),
    ("bd close ID", "finish it"), ("bd status", "how much is left"), ("bd undo", "take the last change back"),
    ("bd help --all", "every command"),
  ]

  private static func showHelp(_ context: BdContext) throws {
    if context.isJSON { return try showIssues([], context) }
    var table = Table([Table.Column(), Table.Column()])
    for (verb, meaning) in verbs { table.add("\(verb, .bold)", "\(meaning)") }
    context.output.print(table)
  }

  // MARK: The queue

  private static var list: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", summary: "List what waits for a person", examples: ["bd human list --status closed --json"],
      flags: [.list("status", short: "s", placeholder: "STATUS,...", help: "Only these statuses, or all")]
    ) { arguments, context in
      try showIssues(arguments.list("status"), context)
    }
  }

  private static func showIssues(_ statuses: [String], _ context: BdContext) throws {
    let store = try context.store()
    let issues = try store.issues(matching: filter(statuses, store))
    if context.isJSON { return context.array(issues) }
    if issues.isEmpty { return context.print("Nothing waits for a person") }
    for issue in issues { context.print(IssueText.line(issue, store.rules.vocabulary)) }
  }

  private static func filter(_ statuses: [String], _ store: Store) throws(BeadsError) -> IssueFilter {
    var filter = IssueFilter.everything
    filter.labels = [label]
    if statuses == ["all"] { return filter }
    filter.statuses = statuses.isEmpty ? .unfinished : .any(try FilterReader.statuses(statuses, store))
    return filter
  }

  // MARK: Answers

  private static var respond: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "respond", summary: "Answer and close",
      discussion: "The answer becomes a comment, and the issue is closed with the reason Responded.",
      examples: ["bd human respond bd-a3f8 --response \"Use OAuth\""],
      flags: [.string("response", short: "r", placeholder: "TEXT", help: "The answer")],
      positionals: [.issue()]
    ) { arguments, context in
      guard let response = arguments.string("response"), !response.allSatisfy(\.isWhitespace) else {
        throw BeadsError(.invalid, "no answer was given", hint: "give it with --response")
      }
      try finish("human respond", "Responded to", context) { transaction, id throws(BeadsError) in
        try transaction.addComment("Response: \(response)", to: id)
        try transaction.close(id, reason: "Responded")
      }
    }
  }

  private static var dismiss: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "dismiss", summary: "Close without an answer",
      examples: ["bd human dismiss bd-a3f8 --reason \"Obsolete\""],
      flags: [.string("reason", placeholder: "TEXT", help: "Why")], positionals: [.issue()]
    ) { arguments, context in
      let why = arguments.string("reason") ?? ""
      try finish("human dismiss", "Dismissed", context) { transaction, id throws(BeadsError) in
        try transaction.close(id, reason: why.isEmpty ? "Dismissed" : "Dismissed: \(why)")
      }
    }
  }

  private static func finish(
    _ kind: String, _ done: String, _ context: BdContext,
    _ body: (inout Transaction, IssueID) throws(BeadsError) -> Void
  ) throws {
    let store = try context.store()
    let ids = try context.changeEach(kind, [context.arguments.positionals[0]]) {
      transaction, issue throws(BeadsError) in
      guard let found = try store.issue(issue.id) else { return }
      if !found.labels.contains(label) {
        throw BeadsError(
          .conflict, "\(issue.id) does not wait for a person: it has no label \(label)",
          hint: "close it with `bd close \(issue.id)`")
      }
      if found.isClosed { throw BeadsError(.conflict, "\(issue.id) is closed already") }
      try body(&transaction, issue.id)
    }
    for id in ids {
      try context.printChanged(id) { issue throws(BeadsError) in "✓ \(done) \(try context.named(issue))" }
    }
  }

  private static var stats: CommandTree.BdCommand {
    CommandTree.BdCommand("stats", summary: "Count what waits and what was answered") { _, context in
      let store = try context.store()
      let issues = try store.issues(matching: filter(["all"], store))
      let closed = issues.filter(\.isClosed)
      let dismissed = closed.count { $0.closeReason.hasPrefix("Dismissed") }
      let counts: [(name: StaticString, label: String, count: Int)] = [
        ("total", "Total", issues.count), ("pending", "Waiting", issues.count - closed.count),
        ("responded", "Answered", closed.count - dismissed), ("dismissed", "Dismissed", dismissed),
      ]
      if context.isJSON {
        return context.object { writer in for one in counts { writer.member(one.name, one.count) } }
      }
      var table = Table([Table.Column(), Table.Column()])
      for one in counts { table.add("\(one.label)", "\(one.count)") }
      context.output.print(table)
    }
  }
}
