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
    ClientCall("beads-mcp", "quickstart", .text("bd create"), addsFlag: false),
    mcp("stats", .statistics, says: ["recent_activity"]),
    mcp("blocked", .array(.blocked), says: ["\"blocked_by\":[\"t-one\"]"]),
    mcp("blocked --parent t-epic", .array(.blocked)),
    mcp("info --schema", .object([:], absent: ["error"])),
    mcp("migrate --inspect", .object([:], absent: ["error"])),
    mcp("repair-deps", .object(["orphans_found": .whole], absent: ["error"])),
    mcp("repair-deps --fix", .object(["fixed": .whole], absent: ["error"])),
    mcp("doctor --check=pollution", .object([:], absent: ["error"])),
    mcp("doctor --check=validate", .object([:], absent: ["error"])),
    mcp("comments t-one", .array(.comment)),
    mcp("comments t-done", .array(.comment)),
    ClientCall("beads-mcp", "comment t-done hello", .text("t-done"), addsFlag: false),
    ClientCall("beads-mcp", "note t-done hello", .text("t-done"), addsFlag: false),
  ]
}
