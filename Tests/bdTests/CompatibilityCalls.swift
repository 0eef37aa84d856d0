import Testing

/// One command line of a client and what the client needs back.
struct ClientCall: Sendable, CustomTestStringConvertible {
  enum Answer: Sendable {
    case json(Shape)
    /// Text with this in it.
    case text(String)
    /// Nothing but an ID.
    case id
  }

  let client: String
  /// The command line, quoted as for a shell, without `bd`.
  let line: String
  let answer: Answer
  /// What else stands in the compact JSON.
  let says: [String]
  /// Whether `--json` is added: not when the line asks for JSON in another way.
  let addsFlag: Bool

  init(_ client: String, _ line: String, _ answer: Answer, says: [String] = [], addsFlag: Bool = true) {
    (self.client, self.line, self.answer, self.says, self.addsFlag) = (client, line, answer, says, addsFlag)
  }

  var testDescription: String { "\(client): bd \(line)" }

  static let all = beadsMCP + gasTown + gasTownChanges + gasTownSpellings + viewers + editors
}

extension ClientCall {
  private static func mcp(_ line: String, _ shape: Shape, says: [String] = []) -> ClientCall {
    ClientCall("beads-mcp", line, .json(shape), says: says)
  }

  /// Contract 11.1.
  static let beadsMCP: [ClientCall] = [
    ClientCall("beads-mcp", "version", .text("bd version "), addsFlag: false),
    mcp("ready --limit 10", .array(.counted)),
    mcp(
      "ready --limit 5 --type bug --priority 1 --assignee bob --label api --label backend --label-any x --label-any api",
      .array(.counted), says: ["\"id\":\"t-one\""]),
    mcp("ready --limit 5 --unassigned --sort hybrid", .array(.counted)),
    mcp("ready --limit 5 --sort oldest --parent t-epic", .array(.counted), says: ["\"id\":\"t-epic.1\""]),
    mcp("list", .array(.counted)),
    mcp("list --status open --priority 1 --type bug --assignee bob --label api --limit 20", .array(.counted)),
    mcp("list --title Second --no-assignee --label-any api --limit 3", .array(.counted), says: ["t-two"]),
    mcp("list --status all --limit 100", .array(.counted)),
    mcp("show t-two", .array(.details), says: ["\"dependency_type\":\"discovered-from\""]),
    mcp("show t-ext", .array(.details), says: ["external:other:cap"]),
    mcp("create Title -p 2 -t task", .changed),
    mcp(
      "create Title -p 0 -t bug -d D --design E --acceptance A --external-ref gh-9 --assignee eve --id t-own -l x -l y --deps t-one,discovered-from:t-two",
      .changed, says: ["\"id\":\"t-own\"", "\"labels\":[\"x\",\"y\"]", "\"external_ref\":\"gh-9\""]),
    mcp(
      "update t-two --status in_progress --priority 0 --assignee eve --title T --description D --design E --acceptance A --notes N --external-ref gh-2",
      .array(.changed), says: ["\"acceptance_criteria\":\"A\"", "\"notes\":\"N\""]),
    mcp("update t-two --claim", .array(.changed), says: ["\"assignee\":\"alice\""]),
    mcp("close t-one --reason Completed", .array(.changed), says: ["\"close_reason\":\"Completed\""]),
    mcp("reopen t-done t-comp --reason again", .array(.changed), says: ["t-comp", "\"status\":\"open\""]),
    ClientCall(
      "beads-mcp", "dep add t-rev t-one --type blocks", .text("t-rev depends on t-one"), addsFlag: false),
    mcp("stats", .statistics, says: ["recent_activity"]),
    mcp("blocked", .array(.blocked), says: ["\"blocked_by\":[\"t-one\"]"]),
    mcp("blocked --parent t-epic", .array(.blocked)),
    mcp("info --schema", .object([:], absent: ["error"])),
    mcp("comments t-one", .array(.comment)),
    mcp("comments t-done", .array(.comment)),
    ClientCall("beads-mcp", "comment t-done hello", .text("t-done"), addsFlag: false),
    ClientCall("beads-mcp", "note t-done hello", .text("t-done"), addsFlag: false),
  ]

  private static func gt(
    _ line: String, _ answer: Answer, says: [String] = [], addsFlag: Bool = false
  ) -> ClientCall {
    ClientCall("gt", line, answer, says: says, addsFlag: addsFlag)
  }

  /// Contract 11.3: what reads, with the flags as Gas Town writes them.
  static let gasTown: [ClientCall] = [
    gt("--allow-stale version", .text("bd version ")),
    gt("config get issue_prefix", .text("t\n")),
    gt("config get types.custom", .text("agent,role,rig")),
    gt("config get status.custom", .text("review")),
    gt("config get jira.url", .text("(not set")),
    gt("config set issue_prefix t", .text("issue_prefix")),
    gt("config set types.custom agent,role", .text("types.custom")),
    gt("config set routing.mode explicit", .text("routing.mode")),
    gt("config set allowed_prefixes hq,hq-cv", .text("allowed_prefixes")),
    gt("config set beads.role maintainer", .text("beads.role")),
    gt("show t-one t-two --json", .json(.array(.details))),
    gt("show --json t-one t-two", .json(.array(.details))),
    gt("--allow-stale show t-nux --json", .json(.array(.details)), says: ["\"agent_state\":\"working\""]),
    gt("show t-epic --json --allow-stale", .json(.array(.details)), says: ["\"epic_total_children\":2"]),
    gt("show t-epic --children --json", .json(.map(.array(.link))), says: ["{\"t-epic\":[", "t-epic.2"]),
    gt("show t-one t-none --json", .json(.array(.details)), says: ["t-one"]),
    gt("show t-one", .text("First <one>")),
    gt(
      "list --json --status=open --type=agent --label=gt:agent --limit=0 --flat --no-pager",
      .json(.array(.counted))),
    gt(
      "list --json --type=agent --label=gt:agent --all --include-infra --flat", .json(.array(.counted)),
      says: ["t-nux"]),
    gt("list --json --label=api --label=backend --assignee=bob", .json(.array(.counted)), says: ["t-one"]),
    gt("list --json --no-assignee --priority=2 -n 0", .json(.array(.counted))),
    gt("list --json --parent=t-epic --all --flat", .json(.array(.counted)), says: ["t-epic.1", "t-epic.2"]),
    gt("list --json --title=Second", .json(.array(.counted)), says: ["t-two"]),
    gt(
      "list --json --desc-contains=a --created-after=2026-01-01 --sort created", .json(.array(.counted)),
      says: ["t-one"]),
    gt("list --format=json --status=hooked", .json(.array(.counted)), says: ["t-hook"]),
    gt(
      "search --json first --status=open --label=api --limit=5 --desc-contains=A", .json(.array(.counted)),
      says: ["t-one"]),
    gt("ready --json --label backend --limit=0", .json(.array(.counted)), says: ["t-one"]),
    gt("ready --json -n 100", .json(.array(.counted))),
    gt("ready", .text("t-one")),
    gt("blocked --json", .json(.array(.blocked))),
    gt("stats --json", .json(.statistics)),
    gt("stats", .text("Issues")),
    gt("children t-epic --json", .json(.array(.counted)), says: ["t-epic.1", "t-epic.2"]),
    gt("children t-done --json", .json(.array(.counted))),
    gt(
      "dep list t-two --json --direction=down", .json(.array(.link)), says: ["\"dependency_type\":\"blocks\""]
    ),
    gt("dep list t-one --json --direction=up --type=tracks", .json(.array(.link)), says: ["t-two"]),
    gt("dep list t-one --json --direction=up -t tracks", .json(.array(.link)), says: ["t-two"]),
    gt("comments t-one --json", .json(.array(.comment)), says: ["\"text\":\"hm\""]),
    gt(
      "sql --json \"SELECT id, title FROM issues WHERE status='open'\"",
      .json(.array(.object(["id": .text, "title": .text])))),
    gt("sql --csv \"SELECT id FROM issues WHERE id='t-one'\"", .text("id\nt-one\n")),
    gt("sql \"SELECT 1 FROM wisps LIMIT 1\"", .text("1")),
    gt("kv get color", .text("blue\n")),
    gt("kv list --json", .json(.map(.text)), says: ["\"color\":\"blue\""]),
  ]

  /// Contract 11.3: what changes.
  static let gasTownChanges: [ClientCall] = [
    gt(
      "create --json --id=hq-two --title=T --labels=a,b --label=c -l d --type=agent --priority=2 --description=D --assignee rig/x --actor=alice --force",
      .json(.changed), says: ["\"id\":\"hq-two\"", "[\"a\",\"b\",\"c\",\"d\"]"]),
    gt(
      "create --json --id=t-gastown-polecat-Toast --title=T --type=agent", .json(.changed),
      says: ["t-gastown-polecat-Toast"]),
    gt(
      "create --json --title=T --ephemeral --wisp-type=escalation --body B", .json(.changed),
      says: ["\"wisp_type\":\"escalation\""]),
    gt("create --json --title=T --type=event --event-category=c --event-payload={} -d x", .json(.changed)),
    gt(
      "create --json --type=task -d D -- --title-like-a-flag", .json(.changed),
      says: ["\"title\":\"--title-like-a-flag\""]),
    gt("create Title --silent -d x", .id),
    gt("create --title=T --description=x --silent --parent=t-epic", .id),
    gt("q Quick", .id),
    gt("update t-two --status=hooked --assignee=rig/polecats/nux", .text("t-two")),
    gt("update t-one --json --assignee=", .json(.array(.issue(absent: ["assignee"])))),
    gt(
      "update t-one --json --title=N --priority=0 --description=D --notes=N --acceptance=A",
      .json(.array(.changed))),
    gt(
      "update t-one --json --add-label=x --add-label=y --remove-label=api", .json(.array(.changed)),
      says: ["[\"backend\",\"x\",\"y\"]"]),
    gt("update t-one --json --set-labels=x --set-labels=y", .json(.array(.changed)), says: ["[\"x\",\"y\"]"]),
    gt("update t-wisp --json --persistent", .json(.array(.issue(absent: ["ephemeral"])))),
    gt(
      "update t-one --json --set-metadata=holder=x --unset-metadata=k", .json(.array(.changed)),
      says: ["\"convoy\":7", "\"holder\":\"x\""]),
    gt("update t-one --json --status=closed", .json(.array(.changed))),
    gt("close t-one --reason=R", .text("t-one")),
    gt(
      "close t-two t-one --json -r R --force --session=S", .json(.array(.changed)),
      says: ["\"closed_by_session\":\"S\""]),
    gt("reopen t-done --reason=R", .text("t-done")),
    gt("delete t-ice t-hold --force", .text("t-ice")),
    gt("dep add t-rev t-one --type=tracks", .text("t-rev depends on t-one (tracks)")),
    gt(
      "dep add t-rev t-epic --type=parent-child --json", .json(.object(["status": .text, "issue_id": .text]))),
    gt("dep remove t-two t-one", .text("t-two")),
    gt("label add t-two urgent", .text("urgent")),
    gt("label remove t-two api", .text("api")),
    gt("comments add t-two \"some text\"", .text("Comment added to t-two")),
    gt("comment t-two \"some text\" --json", .json(.comment)),
    gt("sql \"UPDATE issues SET assignee='x' WHERE id='t-two'\"", .text("OK, 1 row")),
    gt("sql \"INSERT IGNORE INTO labels (issue_id, label) VALUES ('t-two', 'l')\"", .text("OK, 1 row")),
    gt("kv set a b", .text("a")),
    gt("kv clear color", .text("color")),
  ]

  /// Contract 11.3: spellings that upstream does not understand and we do.
  static let gasTownSpellings: [ClientCall] = [
    gt(
      "label add t-two x y --json",
      .json(.array(.object(["status": .text, "issue_id": .text, "label": .text]))),
      says: ["\"label\":\"x\"", "\"label\":\"y\""]),
    gt(
      "label remove t-one api backend --json", .json(.array(.object(["label": .text]))),
      says: ["\"label\":\"api\"", "\"label\":\"backend\""]),
    gt("update t-one --set-labels= --json", .json(.array(.issue(absent: ["labels"])))),
    gt("list --labels=api,backend --json", .json(.array(.counted)), says: ["t-one"]),
    gt("list --tag=backend --json", .json(.array(.counted)), says: ["t-one"]),
    gt("list --sort -created --json", .json(.array(.counted))),
    gt("list --sort=created --asc --json", .json(.array(.counted))),
    gt("list --sort=created --desc --json", .json(.array(.counted))),
    gt("list --format=id --label=backend", .text("t-one\n")),
    gt("label t-two --add x --json", .json(.array(.object(["label": .text])))),
    gt("update t-one --unassign --json", .json(.array(.issue(absent: ["assignee"])))),
    gt("create T -d x --prefix hq --json", .json(.changed), says: ["\"id\":\"hq-"]),
    gt("dep list t-two --type=depends_on --json", .json(.array(.link)), says: ["t-one"]),
    gt(
      "dep remove t-two t-one --type=tracks --json",
      .json(.object(["status": .text, "depends_on_id": .text]))),
    gt("delete t-ice --hard --force", .text("t-ice")),
    gt("delete t-ice --force --json", .json(.object(["deleted": .text])), says: ["\"deleted\":\"t-ice\""]),
    gt("-q --no-daemon list --type=agent --all --json", .json(.array(.counted)), says: ["t-nux"]),
    gt("--no-daemon --json -q --allow-stale show t-nux", .json(.array(.details))),
  ]

  private static func viewer(
    _ client: String, _ line: String, _ shape: Shape, says: [String] = []
  ) -> ClientCall {
    ClientCall(client, line, .json(shape), says: says)
  }

  /// Lessons 3.3: beads-ui, mardi-gras, perles.
  static let viewers: [ClientCall] = [
    viewer("beads-ui", "list --tree=false --limit 0", .array(.counted)),
    viewer(
      "beads-ui", "list --tree=false --limit 0 --status in_progress", .array(.counted), says: ["t-work"]),
    viewer("beads-ui", "list --tree=false --limit 0 --status closed", .array(.counted), says: ["t-done"]),
    viewer("beads-ui", "epic status", .array(.epic), says: ["t-epic"]),
    viewer("beads-ui", "blocked", .array(.blocked)),
    viewer("beads-ui", "ready --limit 1000", .array(.counted)),
    viewer(
      "beads-ui", "show t-one --include-dependents", .array(.details),
      says: ["\"dependents\":[", "\"dependency_type\":\"blocks\""]),
    viewer("beads-ui", "delete t-ice --force", .object(["deleted": .text])),
    viewer(
      "beads-ui", "label add t-two x", .array(.object(["status": .text, "issue_id": .text, "label": .text]))),
    viewer("mardi-gras", "list --limit 0 --all", .array(.counted), says: ["t-comp", "t-done"]),
    viewer("mardi-gras", "ready --claim", .array(.counted), says: ["\"status\":\"in_progress\""]),
    viewer(
      "mardi-gras", "close t-one --claim-next", .object(["closed": .array(.changed)]), says: ["claimed"]),
    viewer("mardi-gras", "show --current", .array(.details)),
    viewer("mardi-gras", "context", .object([:], absent: ["error"])),
    viewer("mardi-gras", "note t-two words", .issue(), says: ["\"notes\":\"words\""]),
    viewer("perles", "update t-two --status in_progress", .array(.changed)),
    viewer("perles", "update t-two --priority 0", .array(.changed), says: ["\"priority\":0"]),
    viewer("perles", "update t-two --type bug", .array(.changed), says: ["\"issue_type\":\"bug\""]),
    viewer("perles", "update t-two --set-labels a,b", .array(.changed), says: ["[\"a\",\"b\"]"]),
    viewer("perles", "close t-one --reason done", .array(.changed)),
    viewer("perles", "show t-one", .array(.details)),
    ClientCall("perles", "comment t-two --author A -- --text", .text("t-two"), addsFlag: false),
    viewer("perles", "create T -t epic -d D", .changed, says: ["\"issue_type\":\"epic\""]),
    viewer("perles", "create T --parent t-epic -d D", .changed, says: ["\"id\":\"t-epic.3\""]),
    viewer("perles", "dep add t-rev t-one -t blocks", .object(["status": .text])),
  ]

  /// Lessons 3.3: vscode-beads, and what people type.
  static let editors: [ClientCall] = [
    viewer("vscode-beads", "list --all --limit 0", .array(.counted)),
    viewer("vscode-beads", "show t-two --include-dependents", .array(.details)),
    viewer("vscode-beads", "create --title T --type bug --priority 1 --label l -d x", .changed),
    viewer(
      "vscode-beads", "update t-two --add-label x --remove-label api --estimate 30", .array(.changed),
      says: ["\"estimated_minutes\":30"]),
    viewer("vscode-beads", "comments add t-two text", .comment),
    viewer("vscode-beads", "dep remove t-two t-one", .object(["status": .text])),
    viewer("vscode-beads", "info", .object([:], absent: ["error"])),
    viewer("people", "where", .object(["path": .text])),
    viewer("people", "count", .object(["count": .whole])),
    viewer(
      "people", "count --by-status",
      .object(["total": .whole, "groups": .array(.object(["group": .text, "count": .whole]))])),
    viewer("people", "stale --days 1", .array(.issue())),
    viewer("people", "status --no-activity", .statistics),
    viewer("people", "reopen t-done", .array(.changed)),
    viewer("people", "label list t-one", .array(.text), says: ["[\"api\",\"backend\"]"]),
    viewer("people", "label list-all", .array(.object(["label": .text, "count": .whole]))),
    viewer(
      "people", "dep tree t-two", .array(.issue(["depth": .whole, "truncated": .flag, "parent_id": .text]))),
    viewer("people", "dep cycles", .array(.array(.issue()))),
    viewer("people", "epic close-eligible --dry-run", .array(.epic)),
    viewer("people", "config list", .map(.text)),
    viewer("people", "version", .object(["version": .text])),
  ]
}
