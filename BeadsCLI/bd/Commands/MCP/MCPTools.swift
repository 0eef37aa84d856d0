extension MCPTool {
  /// What an agent is told before it asks for anything.
  static let instructions = """
    Beads tracks work as a graph of issues. Start with ready (claim takes the first issue nobody has), read it with \
    show, record what you find with create (deps discovered-from:ID), finish with close. Never start what another \
    agent has claimed.
    """

  /// The tools; the names of tools and arguments are those of the Python server where it had them.
  static let all = [ready, list, show, create, update, close, dep, bd]

  private static let lease = MCPParameter.flag("lease", help: "With claim: ends it after so long, as 10m")

  private static let ready = MCPTool(
    name: "ready", help: "Issues that nothing blocks, most urgent first",
    parameters: [
      .flag("claim", .bool, help: "Take the first that nobody has, atomically"), lease,
      .flag("limit", .number), .flag("priority", .number, help: "0 critical to 4 backlog"),
      .flag("issue_type", .text, "type"),
      .flag("assignee"), .flag("unassigned", .bool), .flag("labels", .texts, "label", help: "All of these"),
      .flag("labels_any", .texts, "label-any"), .flag("parent", help: "Only below this issue"),
      .flag("sort", values: ["priority", "hybrid", "oldest"]), .full, .workspace,
    ],
    forms: [Form(command: ["ready"])])

  private static let list = MCPTool(
    name: "list",
    help: "Issues by filters, or by text with query; unfinished ones unless status says otherwise",
    parameters: [
      .flag("query", help: "Text to search for"),
      .flag("status", help: "open, in_progress, blocked, deferred, closed, all; several: open,blocked"),
      .flag("priority", .number), .flag("issue_type", .text, "type"), .flag("assignee"),
      .flag("unassigned", .bool, "no-assignee"), .flag("labels", .texts, "label"),
      .flag("labels_any", .texts, "label-any"), .flag("parent", help: "Only below this issue"),
      .flag("limit", .number, help: "Default 50"), .full, .workspace,
    ],
    forms: [
      Form(command: ["list"], flags: ["query": []]),
      Form(
        command: ["search"], choice: ("query", nil),
        flags: ["priority": ["priority-min", "priority-max"], "parent": []]),
    ],
    isReadOnly: true)

  private static let show = MCPTool(
    name: "show", help: "Everything about issues",
    parameters: [
      .issues("issue_id", help: "ID, or several with commas"),
      .flag("comments", .bool, "include-comments"), .flag("dependents", .bool, "include-dependents"),
      .workspace,
    ],
    forms: [Form(command: ["show"])], isReadOnly: true)

  private static let create = MCPTool(
    name: "create", help: "Make an issue",
    parameters: [
      .flag("title", isRequired: true), .flag("description", help: "Why, and what is to be done"),
      .flag("issue_type", .text, "type", help: "task (default), bug, feature, epic, chore"),
      .flag("priority", .number, help: "0 critical, 2 default, 4 backlog"), .flag("labels", .texts),
      .flag("parent"),
      .flag("deps", .texts, help: "What it waits for: ID, or TYPE:ID such as discovered-from:ID, blocks:ID"),
      .flag("assignee"), .flag("design"), .flag("acceptance"), .flag("notes"), .flag("external_ref"),
      .flag("id"), .workspace,
    ],
    forms: [Form(command: ["create"])])

  private static let update = MCPTool(
    name: "update", help: "Change issues; only what is given changes, \"\" clears",
    parameters: [
      .issues("issue_id", help: "ID, or several with commas"),
      .flag("claim", .bool, help: "Take it: you and in_progress, unless another has it"), lease,
      .flag("status"), .flag("priority", .number), .flag("assignee"), .flag("title"), .flag("description"),
      .flag("design"), .flag("acceptance"), .flag("notes", help: "Replaces"),
      .flag("append_notes", help: "Adds"), .flag("issue_type", .text, "type"), .flag("parent"),
      .flag("add_labels", .texts, "add-label"), .flag("remove_labels", .texts, "remove-label"),
      .flag("external_ref"),
      .flag("defer", help: "Hide from ready until, such as +3d"), .workspace,
    ],
    forms: [Form(command: ["update"])])

  private static let close = MCPTool(
    name: "close", help: "Finish issues",
    parameters: [
      .issues("issue_id", help: "ID, or several with commas"), .flag("reason"),
      .flag("claim_next", .bool, help: "Take the next ready issue"),
      .flag("suggest_next", .bool, help: "Show what became ready"),
      .flag("continue", .bool, help: "Start the next step of the molecule"),
      .flag("force", .bool, help: "Although it is blocked"), .workspace,
    ],
    forms: [Form(command: ["close"])])

  private static let dep = MCPTool(
    name: "dep", help: "Dependencies: issue_id waits for depends_on_id",
    parameters: [
      MCPParameter(
        name: "action", place: .server, help: "Default add; list and tree take issue_id alone",
        values: ["add", "remove", "list", "tree"]),
      .issues("issue_id"),
      MCPParameter(name: "depends_on_id", place: .positional),
      .flag(
        "dep_type", .text, "type", help: "blocks (default), parent-child, related, discovered-from"),
      .workspace,
    ],
    forms: ["add", "remove", "list", "tree"].map {
      Form(command: ["dep", $0], choice: ("action", $0))
    })

  private static let bd = MCPTool(
    name: "bd",
    help: """
      Every other command: its words without bd, as ["stats"], ["blocked"], ["reopen", ID], \
      ["comments", "add", ID, TEXT], ["why", ID], ["mail", "inbox"], ["init", "--prefix", "app"]; \
      ["help"] lists them, ["create", "--help"] explains one
      """,
    parameters: [MCPParameter(name: "args", kind: .texts, place: .positional, isRequired: true), .workspace],
    forms: [Form(command: [])])
}
