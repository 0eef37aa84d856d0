import BeadsKit
import CommandKit

/// `bd ready`: work that nothing blocks, and claiming the first of it.
enum ReadyCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "ready", summary: "Show work that nothing blocks", section: CommandTree.Section.views,
      discussion: """
        Ready work is open, not pinned, not deferred into the future, and nothing it waits for is unfinished. \
        --claim takes the first issue that nobody has, so that no other agent can get the same one.

        --mol shows the steps of one molecule that can be started, wisps too. --gated shows the molecules that can go \
        on because a gate has closed.
        """,
      examples: [
        "bd ready --json", "bd ready --unassigned --label backend", "bd ready --claim --json",
        "bd ready --claim --lease 10m",
        "bd ready --explain", "bd ready --mol bd-mol-a3f8 --json", "bd ready --gated",
      ],
      flags: FilterFlags.priority + FilterFlags.kind + own + FilterFlags.metadata
    ) { arguments, context in
      if try showsMolecules(arguments, context) { return }
      let query = try query(arguments, context)
      let lease = try LeaseFlag.read(arguments, with: arguments.bool("claim") ? nil : "claim")
      if arguments.bool("claim") {
        try claim(query, lease, context)
      } else if arguments.bool("explain") {
        try ReadyReport(try context.store().explainReady(query), context).show()
      } else {
        try list(query, arguments, context)
      }
    }
  }

  private static var own: [Flag] {
    [
      FilterFlags.limit(100),
      .string("assignee", short: "a", placeholder: "NAME", help: "Only this assignee; \"\" means nobody"),
      .bool("unassigned", short: "u", help: "Assigned to nobody"),
      .choice(
        "sort", short: "s", values: ReadyQuery.Policy.allCases.map(\.rawValue), default: "priority",
        help: "What comes first"),
      .list("exclude-label", placeholder: "LABEL,...", help: "Without these labels"),
      .list("exclude-type", placeholder: "TYPE,...", help: "Without these types"),
      .string("parent", placeholder: "ID", help: "Below this issue, at any depth").namingSubject,
      .choice("mol-type", values: ["swarm", "patrol", "work"], help: "Only this kind of molecule"),
      .string("mol", placeholder: "ID", help: "The steps of this molecule that can be started")
        .namingSubject,
      .bool("gated", help: "Molecules that can go on because a gate has closed"),
      .bool("include-deferred", help: "What is deferred into the future too"),
      .bool("include-ephemeral", help: "Wisps too"),
      .bool("pretty", default: true, help: "Children under their parents"),
      .bool("plain", help: "A numbered list"),
      .bool("explain", help: "Say why each issue is ready or what it waits for"),
      .bool("claim", help: "Take the first issue that nobody has"),
      LeaseFlag.flag,
    ]
  }

  /// Answers `--mol` and `--gated`, which look at molecules and take no filters.
  private static func showsMolecules(_ arguments: Arguments, _ context: BdContext) throws -> Bool {
    guard let mode = ["mol", "gated"].first(where: arguments.isSet) else { return false }
    let fitting = mode == "mol" ? ["mol", "limit", "claim", "pretty", "plain"] : ["gated", "limit"]
    let flags = FilterFlags.priority + FilterFlags.kind + own + FilterFlags.metadata
    if let other = flags.first(where: { arguments.isSet($0.name) && !fitting.contains($0.name) }) {
      throw BeadsError(
        .invalid, "--\(mode) and --\(other.name) exclude each other", hint: "drop one of the two")
    }
    guard mode == "mol" else {
      try MolReadyCommand.show(context)
      return true
    }
    let molecule = arguments.string("mol") ?? ""
    if arguments.bool("claim") {
      try ReadySteps.claim(molecule, context)
    } else {
      let limit = arguments.isSet("limit") ? arguments.string("limit").flatMap { Int($0) } ?? 0 : 0
      try ReadySteps.show(molecule, limit: limit == 0 ? nil : limit, context)
    }
    return true
  }

  private static func query(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> ReadyQuery {
    var reader = try FilterReader(context)
    try reader.readPriority()
    try reader.readKind()
    if arguments.isSet("assignee") {
      let name = arguments.string("assignee") ?? ""
      reader.filter.assignee = name.isEmpty ? .nobody : .named(name)
    }
    try reader.readUnassigned("unassigned")
    reader.filter.excludedLabels = arguments.list("exclude-label")
    reader.filter.excludedTypes = try reader.types("exclude-type")
    reader.filter.molType = arguments.string("mol-type")
    try reader.readParent()
    try reader.readMetadata()
    try reader.readDirectoryLabels()
    var query = ReadyQuery()
    query.filter = reader.filter
    query.readiness.includesDeferred = arguments.bool("include-deferred")
    query.readiness.includesEphemeral = arguments.bool("include-ephemeral")
    query.policy = arguments.string("sort").flatMap(ReadyQuery.Policy.init) ?? .priority
    query.limit = reader.limit
    return query
  }

  // MARK: Listing

  private static func list(
    _ query: ReadyQuery, _ arguments: Arguments, _ context: BdContext
  ) throws(BeadsError) {
    let page = try context.page(query.matching, query.policy.order, limit: query.limit, isCounted: false)
    if context.isJSON {
      try context.arrayWithCounts(page.issues)
    } else if page.issues.isEmpty {
      context.print(try nothing(context))
    } else if arguments.bool("plain") || !arguments.bool("pretty") {
      let count = page.issues.count
      context.print("Ready work (\(count) issue\(count == 1 ? "" : "s")):")
      context.print("")
      for (index, issue) in page.issues.enumerated() {
        for line in numbered(issue, index + 1) { context.print(line) }
      }
    } else {
      try context.printTree(page.issues)
    }
    context.noteCut(page)
  }

  private static func numbered(_ issue: Issue, _ number: Int) -> [TerminalText] {
    var lines: [TerminalText] = [
      "\(number). [\(IssueText.priority(issue.priority))] [\(IssueText.type(issue.type))] \(issue.id): \(issue.title)"
    ]
    if let minutes = issue.estimatedMinutes { lines.append("   Estimate: \(minutes) min") }
    if !issue.assignee.isEmpty { lines.append("   Assignee: \(issue.assignee)") }
    return lines
  }

  private static func nothing(_ context: BdContext) throws(BeadsError) -> TerminalText {
    let store = try context.store()
    return try store.count(IssueFilter()) == 0 ? "No open issues" : "No ready work found"
  }

  // MARK: Claiming

  private static func claim(
    _ query: ReadyQuery, _ lease: Int64?, _ context: BdContext
  ) throws(BeadsError) {
    if case .named(let name) = query.filter.assignee {
      throw BeadsError(
        .invalid, "--claim contradicts --assignee \(name): it takes what nobody has",
        hint: "drop one of the two")
    }
    let claimed = try context.change("claim") { transaction throws(BeadsError) in
      try transaction.claimNext(query, lease: lease)
    }
    let issues = try context.store().issues(claimed.map { [$0.id] } ?? [])
    if context.isJSON { return try context.arrayWithCounts(issues) }
    guard let issue = issues.first else { return context.print("No ready work found") }
    context.print("\(Style.green("✓")) Claimed \(issue.id, .bold): \(issue.title)")
  }
}
