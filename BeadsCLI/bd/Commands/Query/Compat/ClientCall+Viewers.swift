extension ClientCall {
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
