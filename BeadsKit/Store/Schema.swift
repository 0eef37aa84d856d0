import BeadsModel

/// The tables of `beads.db`: the classic names and columns, so that other programs keep reading them.
///
/// `issues` is generated from the field table. `PRAGMA user_version` counts schema versions; changes only add.
enum Schema {
  /// The version this code writes.
  ///
  /// An older program refuses to write to a newer store.
  static let version = 1
  /// "bead" in ASCII: tells our database from another program's.
  static let applicationID = 0x6265_6164

  /// Columns of `issues` that hold no field of the table.
  ///
  /// `unknown_members` is the JSON object of keys we do not know. `time_offsets` remembers the offsets that moments
  /// were written with, because columns hold UTC text whose order is time order. `in_file` says that the file has
  /// the issue, whatever its kind: a record leaves the file only by tombstone. `due_date` repeats `due_at` for
  /// readers that look for that name in `PRAGMA table_info`, which lists no generated columns.
  static let bookkeepingColumns = """
    content_hash TEXT NOT NULL DEFAULT '',
    source_repo TEXT NOT NULL DEFAULT '.',
    unknown_members TEXT NOT NULL DEFAULT '',
    time_offsets TEXT NOT NULL DEFAULT '',
    in_file INTEGER NOT NULL DEFAULT 0,
    due_date DATETIME
    """

  /// The definition of a field's column.
  ///
  /// Moments are declared DATETIME although they are text: Go's database drivers make moments of such columns only.
  static func column(_ field: IssueField) -> String? {
    guard let name = field.column else { return nil }
    switch field.storage {
    case .id: return "\(name) TEXT NOT NULL UNIQUE"
    case .text: return "\(name) TEXT NOT NULL DEFAULT ''"
    case .optionalText, .json: return "\(name) TEXT"
    case .optionalTime: return "\(name) DATETIME"
    case .int, .int64, .flag: return "\(name) INTEGER NOT NULL DEFAULT 0"
    case .optionalInt: return "\(name) INTEGER"
    case .real: return "\(name) REAL"
    case .time: return "\(name) DATETIME NOT NULL"
    case .strings: return "\(name) TEXT NOT NULL DEFAULT ''"
    case .labels, .dependencies, .comments: return nil
    }
  }

  static var issuesTable: String {
    let columns = IssueField.all.compactMap(column).map { "  \($0)," }.joined(separator: "\n")
    return "CREATE TABLE issues (\n  seq INTEGER PRIMARY KEY,\n\(columns)\n\(bookkeepingColumns)\n)"
  }

  static let tables = """
    CREATE TABLE labels (
      issue_id TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (issue_id, label)) WITHOUT ROWID;
    CREATE TABLE dependencies (
      issue_id TEXT NOT NULL, depends_on_id TEXT NOT NULL, type TEXT NOT NULL DEFAULT 'blocks',
      created_at DATETIME NOT NULL, created_by TEXT NOT NULL DEFAULT '', metadata TEXT NOT NULL DEFAULT '',
      thread_id TEXT NOT NULL DEFAULT '', created_offset INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (issue_id, depends_on_id, type));
    CREATE TABLE comments (
      id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL,
      created_at DATETIME NOT NULL, created_offset INTEGER NOT NULL DEFAULT 0, file_id TEXT NOT NULL DEFAULT '');
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id TEXT NOT NULL, event_type TEXT NOT NULL, actor TEXT NOT NULL,
      old_value TEXT, new_value TEXT, comment TEXT, created_at DATETIME NOT NULL);
    CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE child_counters (parent_id TEXT PRIMARY KEY, last_child INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE issue_counter (prefix TEXT PRIMARY KEY, last_id INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE status_categories (status TEXT PRIMARY KEY, category TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE blocked_issues_cache (issue_id TEXT PRIMARY KEY, is_direct INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE dirty_issues (
      issue_id TEXT PRIMARY KEY, marked_at TEXT NOT NULL, version INTEGER NOT NULL, base TEXT) WITHOUT ROWID;
    \(hydration)
    \(compaction)
    \(SearchIndex.schema)
    CREATE TABLE operations (
      id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, actor TEXT NOT NULL, created_at DATETIME NOT NULL,
      summary TEXT NOT NULL DEFAULT '', undoes INTEGER);
    CREATE TABLE operation_changes (
      operation_id INTEGER NOT NULL, subject TEXT NOT NULL, before TEXT, after TEXT,
      PRIMARY KEY (operation_id, subject)) WITHOUT ROWID;
    """

  /// What is known of the projects whose issues are shown here; older databases get it when it is first needed.
  ///
  /// A row of `hydrated_changes` is an issue of another project that was changed here, with the line its file had.
  static let hydration = """
    CREATE TABLE IF NOT EXISTS hydrated_repos (repo TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS hydrated_changes (issue_id TEXT PRIMARY KEY, base TEXT NOT NULL) WITHOUT ROWID;
    """

  /// Issues as they were before their texts were shortened; older databases get it when it is first needed.
  static let compaction = """
    CREATE TABLE IF NOT EXISTS compaction_snapshots (
      issue_id TEXT NOT NULL, compacted_at TEXT NOT NULL, compaction_level INTEGER NOT NULL, summary TEXT NOT NULL,
      snapshot_json TEXT NOT NULL, PRIMARY KEY (issue_id, compacted_at)) WITHOUT ROWID;
    """

  static let indexes = """
    CREATE INDEX idx_issues_status_priority ON issues (status, priority, created_at DESC);
    CREATE INDEX idx_issues_updated_at ON issues (updated_at);
    CREATE INDEX idx_issues_assignee ON issues (assignee, status) WHERE assignee <> '';
    CREATE INDEX idx_issues_external_ref ON issues (external_ref) WHERE external_ref IS NOT NULL;
    CREATE INDEX idx_issues_spec_id ON issues (spec_id) WHERE spec_id <> '';
    CREATE INDEX idx_issues_due_at ON issues (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX idx_issues_defer_until ON issues (defer_until) WHERE defer_until IS NOT NULL;
    CREATE INDEX idx_issues_ephemeral ON issues (updated_at) WHERE ephemeral = 1;
    CREATE INDEX idx_issues_gate ON issues (status, await_type) WHERE issue_type = 'gate';
    CREATE INDEX idx_labels_label ON labels (label, issue_id);
    CREATE INDEX idx_dependencies_target ON dependencies (depends_on_id, type, issue_id);
    CREATE INDEX idx_dependencies_waits ON dependencies (\(spawner(""))) WHERE type = 'waits-for';
    CREATE INDEX idx_comments_issue ON comments (issue_id);
    CREATE INDEX idx_events_issue ON events (issue_id);
    CREATE INDEX idx_operation_changes_subject ON operation_changes (subject, operation_id);
    """

  /// The one blocking predicate (contract 5.2, edge cases 16, 17, 19): every edge that keeps `issue_id` from being
  /// ready right now, apart from what it inherits from its parent.
  ///
  /// - blocks: while the target is neither done nor pinned.
  /// - conditional-blocks: until the target has closed as failed; a deleted target no longer blocks.
  /// - waits-for: while the spawner is open and its children are not finished (all of them, or any).
  /// - an external capability: until `refreshExternalProjects` has found it, which `metadata` then says.
  static let predicate = """
    CREATE VIEW settled_statuses AS
      SELECT status FROM status_categories WHERE category = 'done' OR status = 'pinned';
    CREATE VIEW waits AS
      SELECT d.issue_id, d.depends_on_id,
        \(spawner("d.")) AS spawner_id,
        CASE WHEN json_valid(d.metadata) AND json_extract(d.metadata, '$.gate') = 'any-children' THEN 1 ELSE 0 END
          AS is_any
      FROM dependencies d WHERE d.type = 'waits-for';
    CREATE VIEW active_blockers AS
      SELECT d.issue_id, d.depends_on_id AS blocker_id, d.type
      FROM dependencies d JOIN issues t ON t.id = d.depends_on_id
      WHERE d.type = 'blocks' AND t.pinned = 0 AND t.status NOT IN (SELECT status FROM settled_statuses)
      UNION ALL
      SELECT d.issue_id, d.depends_on_id, d.type
      FROM dependencies d JOIN issues t ON t.id = d.depends_on_id
      WHERE d.type = 'conditional-blocks' AND t.pinned = 0 AND t.status NOT IN ('tombstone', 'pinned') AND NOT (
        t.status IN (SELECT status FROM settled_statuses) AND (\(failureWords)))
      UNION ALL
      SELECT w.issue_id, w.depends_on_id, 'waits-for'
      FROM waits w JOIN issues s ON s.id = w.spawner_id
      WHERE s.pinned = 0 AND s.status NOT IN (SELECT status FROM settled_statuses) AND CASE
        WHEN NOT EXISTS (SELECT 1 FROM dependencies c WHERE c.depends_on_id = w.spawner_id AND c.type = 'parent-child')
          THEN 1
        WHEN w.is_any THEN NOT EXISTS (
          SELECT 1 FROM dependencies c JOIN issues k ON k.id = c.issue_id
          WHERE c.depends_on_id = w.spawner_id AND c.type = 'parent-child'
            AND (k.pinned = 1 OR k.status IN (SELECT status FROM settled_statuses)))
        ELSE EXISTS (
          SELECT 1 FROM dependencies c JOIN issues k ON k.id = c.issue_id
          WHERE c.depends_on_id = w.spawner_id AND c.type = 'parent-child'
            AND k.pinned = 0 AND k.status NOT IN (SELECT status FROM settled_statuses)) END
      UNION ALL
      SELECT d.issue_id, d.depends_on_id, d.type FROM dependencies d
      WHERE d.type IN ('blocks', 'conditional-blocks', 'waits-for')
        AND d.depends_on_id >= 'external:' AND d.depends_on_id < 'external;'
        AND NOT EXISTS (SELECT 1 FROM metadata m WHERE m.key = d.depends_on_id);
    """

  /// The issue whose children a `waits-for` edge waits for: what its metadata names, or its target.
  ///
  /// An index holds it, so that the waiting issues of a changed one are found at once.
  private static func spawner(_ alias: String) -> String {
    """
    CASE WHEN json_valid(\(alias)metadata)
      THEN coalesce(nullif(json_extract(\(alias)metadata, '$.spawner_id'), ''), \(alias)depends_on_id)
      ELSE \(alias)depends_on_id END
    """
  }

  /// Close reasons that count as failure for `conditional-blocks`.
  private static let failureWords = [
    "failed", "rejected", "wontfix", "won''t fix", "canceled", "cancelled", "abandoned", "blocked", "error",
    "timeout",
    "aborted",
  ].map { "t.close_reason LIKE '%\($0)%'" }.joined(separator: " OR ")

  /// What other programs select from (contract 4.2, lessons 3.3).
  static let views = """
    CREATE VIEW ready_issues AS
      SELECT i.* FROM issues i
      WHERE i.status = 'open' AND i.pinned = 0 AND i.ephemeral = 0 AND i.is_template = 0
        AND i.issue_type NOT IN ('merge-request','gate','molecule','message','agent','role','rig')
        AND (i.defer_until IS NULL OR i.defer_until <= strftime('%Y-%m-%dT%H:%M:%f000000Z', 'now'))
        AND NOT EXISTS (SELECT 1 FROM blocked_issues_cache b WHERE b.issue_id = i.id);
    CREATE VIEW blocked_issues AS
      SELECT i.*, (SELECT COUNT(*) FROM dependencies d JOIN issues t ON t.id = d.depends_on_id
                   WHERE d.issue_id = i.id AND d.type = 'blocks' AND t.status NOT IN ('closed', 'tombstone'))
        AS blocked_by_count
      FROM issues i JOIN blocked_issues_cache b ON b.issue_id = i.id;
    CREATE VIEW wisps AS SELECT * FROM issues WHERE ephemeral = 1 OR no_history = 1;
    CREATE VIEW wisp_labels AS SELECT l.* FROM labels l JOIN wisps w ON w.id = l.issue_id;
    CREATE VIEW wisp_comments AS SELECT c.* FROM comments c JOIN wisps w ON w.id = c.issue_id;
    CREATE VIEW wisp_events AS SELECT e.* FROM events e JOIN wisps w ON w.id = e.issue_id;
    CREATE VIEW wisp_dependencies AS SELECT d.* FROM dependencies d JOIN wisps w ON w.id = d.issue_id;
    CREATE VIEW custom_types AS
      SELECT trim(value) AS name FROM json_each(
        (SELECT CASE WHEN value LIKE '[%' THEN value
                ELSE '["' || replace(value, ',', '","') || '"]' END FROM config WHERE key = 'types.custom'));
    CREATE VIEW custom_statuses AS
      SELECT trim(substr(value, 1, instr(value || ':', ':') - 1)) AS name,
             trim(substr(value, instr(value || ':', ':') + 1)) AS category
      FROM json_each((SELECT CASE WHEN value LIKE '[%' THEN value
                      ELSE '["' || replace(value, ',', '","') || '"]' END FROM config WHERE key = 'status.custom'));
    """

  /// Everything a new store runs, in one transaction.
  static var creation: String {
    """
    \(issuesTable);
    \(tables)
    \(indexes)
    \(predicate)
    \(views)
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    """
  }
}
