import BeadsKit
import CommandKit

/// `bd create`: makes one issue, several from Markdown, or a graph from a plan.
enum CreateCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create", aliases: ["new", "add"], summary: "Create an issue", section: CommandTree.Section.issues,
      discussion: """
        --deps takes IDs that the new issue has to wait for, or type:ID pairs: `blocks:X` makes the new issue block \
        X, `depends-on:X` and `blocked-by:X` the other way round, and `discovered-from:X`, `related:X` and the other \
        types link the new issue to X. Issue and edges are made together or not at all.

        With --file, each `## Title` of a Markdown file becomes an issue; the text below it is the description, and \
        `### Priority`, `### Type`, `### Labels`, `### Dependencies` and so on set its fields. With --graph, a JSON \
        plan {"nodes": [{"key", "title", ...}], "edges": [{"from_key", "to_key"}]} becomes issues and edges.
        """,
      examples: [
        "bd create \"Fix auth bug\" -t bug -p 0 -l security",
        "bd create \"Write tests\" --parent bd-a3f8 --deps bd-9zq",
        "bd create \"Found a leak\" --deps discovered-from:bd-a3f8 --json",
        "bd create --graph plan.json --dry-run",
      ],
      flags: flags, positionals: [.optional("title")], run: run)
  }

  private static var flags: [Flag] {
    let main: [Flag] = [
      .string("title", placeholder: "TITLE", help: "The title, instead of the argument"),
      .string(
        "type", short: "t", placeholder: "TYPE", default: "task", help: "The kind of issue; see `bd types`"),
      .string(
        "priority", short: "p", placeholder: "N", help: "0 (critical) to 4 (backlog), or P0 to P4 (default 2)"
      ),
    ]
    let people: [Flag] = [
      .string("acceptance", aliases: ["acceptance-criteria"], placeholder: "TEXT", help: "When it is done"),
      .string("notes", placeholder: "TEXT", help: "Anything else"),
      .string("append-notes", placeholder: "TEXT", hidden: true, help: "As --notes"),
      .string("assignee", short: "a", placeholder: "NAME", help: "Who works on it"),
      .list("labels", short: "l", aliases: ["label"], help: "Labels"),
      .string("skills", placeholder: "TEXT", help: "Skills it needs, as a section of the description"),
      .string("context", placeholder: "TEXT", help: "Background, as a section of the description"),
    ]
    let structure: [Flag] = [
      .string("parent", placeholder: "ID", help: "Make it a child of this issue"),
      .bool("no-inherit-labels", help: "Do not copy the labels of the parent"),
      .list("deps", placeholder: "[TYPE:]ID,...", help: "Edges to other issues"),
      .string("waits-for", placeholder: "ID", help: "Wait for the children of this issue"),
      .choice(
        "waits-for-gate", placeholder: "GATE", values: ["all-children", "any-children"],
        help: "What --waits-for waits for (default all-children)"),
      .string("id", placeholder: "ID", help: "Use this ID instead of a generated one"),
      .string(
        "prefix", placeholder: "PREFIX",
        help: "Start the generated ID with another prefix of the project, or make it in the one that has it"),
      .string("repo", placeholder: "DIR", help: "Create it in the project of this directory"),
      .string("rig", placeholder: "NAME", help: "Create it in the project of a rig; see routes.jsonl"),
      .bool("force", help: "Allow a foreign prefix, or a closed parent"),
    ]
    let details: [Flag] = [
      .int("estimate", short: "e", placeholder: "MINUTES", in: 0...Int.max, help: "How long it will take"),
      .string("due", placeholder: "TIME", help: "When it should be done: +3d, tomorrow, 2026-01-31"),
      .string("defer", placeholder: "TIME", help: "Hide it from ready work until then"),
      .string("external-ref", placeholder: "REF", help: "A reference into another system, such as gh-9"),
      .string("spec-id", placeholder: "ID", help: "A link to a specification"),
      .string("metadata", placeholder: "JSON", help: "Metadata as JSON, or @FILE"),
      .bool("ephemeral", help: "Make a wisp: local to this clone, not exported"),
      .bool("no-history", help: "Keep it with the wisps, but do not garbage-collect it"),
      .choice("mol-type", values: ["swarm", "patrol", "work"], help: "The kind of molecule"),
      .string("wisp-type", placeholder: "TYPE", help: "The kind of wisp, which decides how long it lives"),
      .string("agent-rig", placeholder: "NAME", hidden: true, help: "The rig of an agent"),
      .string("event-category", placeholder: "KIND", help: "The kind of an event (with --type event)"),
      .string("event-actor", placeholder: "WHO", help: "Who caused an event"),
      .string("event-target", placeholder: "WHAT", help: "What an event is about"),
      .string("event-payload", placeholder: "JSON", help: "The data of an event"),
    ]
    let modes: [Flag] = [
      .string("file", short: "f", placeholder: "FILE", help: "Create issues from a Markdown file"),
      .string(
        "graph", placeholder: "FILE", help: "Create issues and edges from a JSON plan, - for standard input"),
      .bool("validate", help: "Insist on the sections that the type should have"),
      .bool("dry-run", help: "Show what would be created"),
      .bool("silent", help: "Print only the ID"),
    ]
    return main + TextFlags.description + TextFlags.design + people + structure + details + modes
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    try context.inCreationPlace(create)
  }

  private static func create(_ context: BdContext) throws {
    let arguments = context.arguments
    if arguments.isSet("file"), arguments.isSet("graph") {
      throw BeadsError(.invalid, "--file and --graph exclude each other")
    }
    if let path = arguments.string("file") ?? arguments.string("graph") {
      if !arguments.positionals.isEmpty || arguments.isSet("title") {
        throw BeadsError(.invalid, "a title and a file exclude each other", hint: "the file has the titles")
      }
      if arguments.isSet("graph") { return try CreateFromPlan.run(path, context) }
      return try CreateFromMarkdown.run(path, context)
    }
    let request = try CreateRequest(title: title(arguments), context)
    if arguments.bool("dry-run") { return try preview(request, context) }
    try DescriptionCheck(context, isStrict: arguments.bool("validate")).check([request.draft])
    let id = try context.change("create") { transaction throws(BeadsError) in
      let id = try request.make(&transaction)
      transaction.summary = id.rawValue
      return id
    }
    LastTouched.write(id, context)
    try show(id, context)
  }

  /// The title as argument or flag; both have to agree.
  static func title(_ arguments: Arguments) throws(BeadsError) -> String {
    let (word, flag) = (arguments.positionals.first, arguments.string("title"))
    if let word, let flag, word != flag {
      throw BeadsError(.invalid, "the title is given twice: \(quoted(word)) and \(quoted(flag))")
    }
    guard let title = word ?? flag else {
      throw BeadsError(.invalid, "an issue needs a title", hint: "bd create \"Title\"")
    }
    return title
  }

  static func show(_ id: IssueID, _ context: BdContext) throws {
    guard let issue = try context.store().issue(id) else { return }
    if context.isJSON { return context.object { $0.issueMembers(issue) } }
    if context.arguments.commandPath.last == "create", context.arguments.bool("silent") {
      return context.print("\(id)")
    }
    context.print("✓ Created issue: \(try context.named(issue))")
    printFields(issue, context)
    if issue.description.isEmpty, !issue.title.lowercased().hasPrefix("test") {
      context.warn("\(id) has no description, so only its title says what it is about")
    }
  }

  private static func printFields(_ issue: Issue, _ context: BdContext) {
    context.print("  Priority: P\(issue.priority)")
    context.print("  Status: \(issue.status)")
  }

  /// Does everything and takes it back, so that what would fail fails.
  private static func preview(_ request: CreateRequest, _ context: BdContext) throws {
    try DescriptionCheck(context, isStrict: context.arguments.bool("validate")).check([request.draft])
    let made = try context.rehearse("create") { transaction throws(BeadsError) in
      try context.store().issue(try request.make(&transaction))
    }
    guard var issue = made.flatMap(\.self) else { return }
    // A generated ID depends on the moment: the one that was tried will not come again.
    let hasID = request.draft.id != nil || request.draft.parent != nil
    let id = hasID ? issue.id.rawValue : ""
    if context.isJSON {
      issue.id = IssueID(unchecked: id)
      return context.object { $0.issueMembers(issue) }
    }
    context.print("Would create: \(hasID ? "\(id) — " : "")\(issue.title)")
    context.print("  Type: \(issue.type)")
    printFields(issue, context)
    if !issue.assignee.isEmpty { context.print("  Assignee: \(issue.assignee)") }
    if !issue.labels.isEmpty { context.print("  Labels: \(issue.labels.joined(separator: ", "))") }
    for edge in request.edges {
      context.print(
        "  \(edge.isReversed ? "\(edge.other) would depend on it" : "Depends on \(edge.other)") (\(edge.type))"
      )
    }
  }
}

extension BdContext {
  /// Makes a change and takes it back: what it returned, or why it would fail.
  func rehearse<R>(
    _ kind: String, _ body: (inout Transaction) throws(BeadsError) -> R
  ) throws(BeadsError) -> R? {
    var result: R?
    let end = BeadsError(.conflict, "end of the rehearsal")
    do throws(BeadsError) {
      try store().write(kind) { transaction throws(BeadsError) in
        result = try body(&transaction)
        throw end
      }
    } catch {
      if error != end { throw error }
    }
    return result
  }
}
