extension ConfigurationKey {
  /// The settings kept in YAML files, in the order of the template.
  static let yaml: [ConfigurationKey] = [
    .init("issue-prefix", "what the IDs of this project's issues begin with"),
    .init("actor", "who makes changes, where nothing else says so"),
    .init("identity", "who sends mail, where nothing else says so", variables: ["BEADS_IDENTITY"]),
    .init("json", "print JSON as if --json were given", .boolean, default: "false"),
    .init("no-db", "work on issues.jsonl alone, without a database", .boolean, default: "false"),
    .init("no-auto-flush", "do not write issues.jsonl after each change", .boolean, default: "false"),
    .init(
      "no-auto-import", "do not read changes that git brought into issues.jsonl", .boolean, default: "false"),
    .init("lock-timeout", "how long to wait for others who write", .duration, default: "30s"),
    .init("no-push", "let bd sync end before the push", .boolean, default: "false"),
    .init("no-git-ops", "never commit, pull or push", .boolean, default: "false"),
    .init(
      "sync-branch", "the branch that bd sync commits to instead of the current one",
      aliases: ["sync.branch"], variables: ["BEADS_SYNC_BRANCH"]),
    .init("sync.remote", "the git remote that bd sync uses"),
    .init(
      "sync.mode", "how issues travel; all modes use git here",
      .choice(["git-portable", "realtime", "dolt-native", "belt-and-suspenders"]), default: "git-portable"),
    .init(
      "conflict.strategy", "whose value wins where two people changed the same field",
      .choice(["newest", "ours", "theirs", "manual"]), default: "newest"),
    .init(
      "routing.mode", "how bd create chooses the project",
      .choice(["auto", "maintainer", "contributor", "explicit"]), default: "auto"),
    .init("routing.default", "the project of new issues", .text, default: "."),
    .init("routing.maintainer", "the project of maintainers' new issues"),
    .init(
      "routing.contributor", "the project of contributors' new issues", .text, default: "~/.beads-planning"),
    .init("repos.primary", "the project other projects' issues are shown in", .text, default: "."),
    .init("repos.additional", "projects whose issues are shown here too", .list),
    .init("external_projects", "paths of the projects that external: dependencies name", .map),
    .init("directory.labels", "labels for issues created below a directory", .map),
    .init("hierarchy.max-depth", "how deep children of children may go", .integer, default: "3"),
    .init(
      "validation.on-create", "check descriptions when creating", .choice(["none", "warn", "error"]),
      default: "none"),
    .init(
      "validation.on-close", "check descriptions when closing", .choice(["none", "warn", "error"]),
      default: "none"),
    .init(
      "validation.on-sync", "check descriptions when syncing", .choice(["none", "warn", "error"]),
      default: "none"),
    .init(
      "validation.metadata.mode", "check metadata against validation.metadata.fields",
      .choice(["none", "warn", "error"]), default: "none"),
    .init("validation.metadata.fields", "type, required, values, min and max of metadata fields", .map),
    .init(
      "create.require-description", "refuse new issues without a description", .boolean, default: "false"),
    .init("output.title-length", "where titles are cut in messages", .integer, default: "255"),
    .init("no-hooks", "do not run .beads/hooks", .boolean, default: "false"),
    .init("git.author", "the author of commits that bd makes, as in Name <mail>"),
    .init("git.no-gpg-sign", "do not sign commits that bd makes", .boolean, default: "false"),
    .init("ai.model", "the model that summarises closed issues", .text, default: "claude-haiku-4-5"),
    .init(
      "ai.api_key", "the key for that model; never in a file that git tracks",
      variables: ["ANTHROPIC_API_KEY"]),
    .init("export.auto", "also write export.path after changes", .boolean, default: "false"),
    .init("export.path", "the file that export.auto writes", .text, default: "issues.jsonl"),
    .init("export.interval", "the shortest time between two such exports", .duration, default: "60s"),
    .init("export.git-add", "stage that file", .boolean, default: "false"),
    .init("import.auto", "fill an empty database from import.path", .boolean, default: "true"),
    .init("import.path", "the file that import.auto reads", .text, default: "issues.jsonl"),
  ]

  /// Settings of commands that this version does not have: checked and kept, not advertised.
  static let dormant: Set<String> = [
    "json", "validation.on-sync",
    "validation.metadata.mode", "validation.metadata.fields", "ai.model", "ai.api_key",
    "export.auto", "export.path", "export.interval", "export.git-add", "import.auto", "import.path",
    "compaction_enabled", "compact_model", "compact_batch_size", "compact_parallel_workers",
    "auto_compact_enabled",
  ]

  /// Settings of older and other versions, kept in YAML files: accepted, without effect.
  static let unused: [ConfigurationKey] = [
    .init("db", ""), .init("no-daemon", "", .boolean, variables: ["BEADS_NO_DAEMON"]),
    .init("auto-start-daemon", "", .boolean, variables: ["BEADS_AUTO_START_DAEMON"]),
    .init("flush-debounce", "", .duration, variables: ["BEADS_FLUSH_DEBOUNCE"]),
    .init("remote-sync-interval", "", .duration, variables: ["BEADS_REMOTE_SYNC_INTERVAL"]),
    .init("sync.export_on", "", .choice(["push", "change"])),
    .init("sync.import_on", "", .choice(["pull", "change"])), .init("daemon.", ""), .init("backup.", ""),
    .init("dolt.", ""),
    .init("federation.", ""),
  ]

  /// The settings kept in the database.
  static let database: [ConfigurationKey] = [
    stored("issue_prefix", "what the IDs of new issues begin with"),
    stored("allowed_prefixes", "other prefixes that IDs given by hand may have", .list),
    stored("status.custom", "the project's own statuses, as name or name:category", .list),
    stored("types.custom", "the project's own issue types", .list),
    stored("types.infra", "types that stay in this clone", .list, default: "agent,rig,role,message"),
    stored("issue_id_mode", "how IDs are made", .choice(["hash", "counter"]), default: "hash"),
    stored("min_hash_length", "the shortest hash in an ID", .integer, default: "3"),
    stored("max_hash_length", "the longest hash in an ID", .integer, default: "8"),
    stored("max_collision_prob", "when hashes become longer", .number, default: "0.25"),
    stored(
      "import.orphan_handling", "what to do with children whose parent is missing",
      .choice(["strict", "resurrect", "skip", "allow"]), default: "allow"),
    stored("ready.exclude_id_patterns", "IDs that are never offered as ready work", .list),
    .init(
      "mail.delegate", "the program that bd mail hands over to", in: .database,
      variables: ["BEADS_MAIL_DELEGATE", "BD_MAIL_DELEGATE"]),
    stored("doctor.suppress.", "checks of bd doctor to leave out"),
    stored("compaction_enabled", "let bd compact summarise closed issues", .boolean, default: "false"),
    stored("compact_tier1_days", "age of issues summarised first", .integer, default: "30"),
    stored("compact_tier1_dep_levels", "how far open dependents protect them", .integer, default: "2"),
    stored("compact_tier2_days", "age of issues summarised again", .integer, default: "90"),
    stored("compact_tier2_dep_levels", "how far open dependents protect them", .integer, default: "5"),
    stored("compact_tier2_commits", "audit events they must have", .integer, default: "100"),
    stored("compact.summarizer", "the program that makes summaries, as a JSON array of words"),
    stored("compact_model", "the model that summarises"),
    stored("compact_batch_size", "issues in one batch", .integer, default: "50"),
    stored("compact_parallel_workers", "summaries made at once", .integer, default: "5"),
    stored("auto_compact_enabled", "summarise without being asked", .boolean, default: "false"),
    stored("kv.", "values of bd kv and memories of bd remember"),
    stored("custom.", "settings of your own programs"), stored("jira.", ""), stored("linear.", ""),
    stored("github.", ""), stored("gitlab.", ""), stored("ado.", ""), stored("notion.", ""),
  ]

  /// Every setting that is known.
  public static let all =
    yaml + unused + database
    + [
      ConfigurationKey(
        Role.key, "your role in this project", .choice(Role.allCases.map(\.rawValue)), in: .git)
    ]

  private static func stored(
    _ name: String, _ summary: String, _ kind: Kind = .text, default defaultValue: String? = nil
  ) -> ConfigurationKey {
    ConfigurationKey(name, summary, kind, default: defaultValue, in: .database)
  }

  /// The setting of that name or alias, the family it belongs to, or nil when it is unknown.
  public static func find(_ name: String) -> ConfigurationKey? {
    all.first { $0.name == name || $0.aliases.contains(name) } ?? all.first { $0.covers(name) }
  }

  private func covers(_ other: String) -> Bool {
    guard isFamily || kind == .map, other.utf8.starts(with: name.utf8) else { return false }
    return isFamily || other.utf8.dropFirst(name.utf8.count).first == UInt8(ascii: ".")
  }
}
