extension ClientCall {
  static func gt(
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
}
