extension ClientCall {
  /// Contract 11.3: molecules, formulas, gates, slots, agents and queries.
  static let gasTownWork: [ClientCall] = [
    gt(
      "query --json \"ephemeral=true AND status=open\" --all --limit=5", .json(.array(.counted)),
      says: ["t-wisp"]),
    gt(
      "query --json \"type=agent AND label=gt:agent AND status=open\" --limit=0", .json(.array(.counted)),
      says: ["t-nux"]),
    gt("query --json \"label=gt:none\"", .json(.array(.counted))),
    gt("find-duplicates --json", .json(.object(["pairs": .array(.object([:])), "count": .whole]))),
    gt("mol wisp mol-polecat-work --var issue=t-one --json", .json(poured)),
    gt(
      "mol wisp create mol-polecat-work --root-only --actor alice --var issue=t-one --json", .json(poured),
      says: ["\"created\":1"]),
    gt("mol wisp create mol-polecat-work --root-only --var issue=t-one", .text("Root issue: ")),
    gt(
      "mol wisp list --json",
      .json(.object(["wisps": .array(.object(["id": .text, "title": .text, "status": .text]))])),
      says: ["t-wisp"]),
    gt("mol wisp gc --json", .json(.object(["cleaned_count": .whole]))),
    gt(
      "mol bond mol-polecat-work t-one --json --ephemeral --var issue=t-one",
      .json(.object(["result_id": .text, "root_id": .text, "id_mapping": .map(.text)]))),
    gt("mol bond t-wisp t-hook --json", .json(.object(["result_id": .text]))),
    gt("prime", .text("bd ready")),
    gt(
      "activity --limit 5 --json",
      .json(.array(.object(["timestamp": .moment, "type": .text, "issue_id": .text, "message": .text])))),
    gt("human", .text("bd ")),
    gt("update t-two --claim --lease 10m --json", .json(.array(.issue())), says: ["\"lease\":"]),
    gt("mol seed --patrol --json", .json(.object(["status": .text]))),
    gt("mol pour mol-polecat-work --var issue=t-one --json", .json(poured)),
    gt("mol current t-epic --json", .json(.array(.object([:]))), says: ["next_step", "completed", "total"]),
    gt("mol progress t-epic --json", .json(.object([:], absent: ["error"]))),
    gt("ready --mol t-epic --json -n 100", .json(.object(["molecule_id": .text])), says: ["t-epic.1"]),
    gt("formula list --json", .json(.array(.object(["name": .text]))), says: ["mol-polecat-work"]),
    gt("formula show mol-polecat-work --json", .json(.object(["formula": .text]))),
    gt("cook mol-polecat-work", .text("mol-polecat-work")),
    gt("gate list --json", .json(.array(.issue()))),
    gt("gate show t-gate --json", .json(.issue()), says: ["\"await_id\":\"run-1\""]),
    gt("gate add-waiter t-gate rig/refinery", .text("t-gate")),
    gt("gate check --json", .json(.object(["checked": .whole, "resolved": .whole]))),
    gt("--json slot show t-nux", .json(.object(["slots": .object(["hook": .text])])), says: ["t-hook"]),
    gt("slot clear t-nux hook", .text("t-nux")),
    gt("agent state t-nux idle --json", .json(.object(["agent_state": .text]))),
    gt(
      "swarm status t-epic --json",
      .json(.object(["epic_id": .text, "completed": .array(.object([:])), "progress_percent": .number]))),
    gt("swarm validate t-epic --json", .json(.object(["epic_id": .text, "swarmable": .flag]))),
    gt("swarm list --json", .json(.object(["swarms": .array(.object([:]))]))),
    gt("merge-slot check --json", .json(.object(["id": .text, "available": .flag]))),
    gt("purge --json --dry-run", .json(.object(["purged_count": .whole]))),
    gt("purge --json --force", .json(.object(["purged_count": .whole]))),
    gt("compact --stats --json", .json(.object(["tier1": .object(["candidates": .whole])]))),
    gt("compact --analyze --json", .json(.array(.object([:])))),
    gt("migrate --yes", .text("up to date")),
    gt("migrate --update-repo-id", .text("up to date")),
    gt("migrate --inspect --json", .json(.object([:], absent: ["error"]))),
    gt("doctor --check=validate --json", .json(.object(["checks": .array(.object(["name": .text]))]))),
    gt("doctor --check=pollution --json", .json(.object(["polluted_count": .whole]))),
    gt("sync --status --json", .json(.object([:], absent: ["error"]))),
  ]

  private static let poured = Shape.object(["new_epic_id": .text, "id_mapping": .map(.text)])
}
