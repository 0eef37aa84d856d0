public import BeadsModel
public import BeadsSystem

extension DoctorCheck {
  /// Issues that belong to others.
  static let metadata = [
    DoctorCheck("Orphaned Dependencies", .metadata, .normal, store: IssueChecks.orphanedEdges),
    DoctorCheck("Orphaned Issues", .metadata, .normal, store: IssueChecks.orphanedIssues),
  ]

  /// Only made when they are asked for by name.
  static let special = [
    DoctorCheck("Missing Sections", .data, .special, store: DeepChecks.sections),
    DoctorCheck("Stale Issues", .maintenance, .special, store: DeepChecks.stale),
  ]
}

/// Checks of issues that cost a query or two.
enum IssueChecks {
  static func ids(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let generator = IssueIDGenerator(prefix: try store.prefixes().primary, kind: .issue)
    var (numbered, total) = (0, 0)
    try store.connection.query("SELECT id FROM issues WHERE status <> 'tombstone'") {
      row throws(BeadsError) in
      total += 1
      if generator.number(of: IssueID(unchecked: row.text(0))) != nil { numbered += 1 }
    }
    if try store.config("issue_id_mode") == "counter" {
      return .ok("numbers: two clones may give out the same one")
    }
    return .ok(numbered == 0 ? "hashes" : "hashes, and \(numbered) of \(total) are numbers")
  }

  static func cycles(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let cycles = try store.dependencyCycles()
    if cycles.isEmpty { return .ok("none") }
    let lines = cycles.map { ($0 + $0.prefix(1)).map(\.rawValue).joined(separator: " → ") }
    return .error(
      "\(Verdict.count(cycles.count, "circle")) of issues that wait for each other", Verdict.some(lines),
      fix: "bd dep cycles, then bd dep remove")
  }

  static func childParent(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let edges = try store.edgesToOwnAncestors()
    if edges.isEmpty { return .ok("none") }
    return .warning(
      "\(Verdict.count(edges.count, "issue")) waiting for a parent that waits for them",
      Verdict.some(edges.map { "\($0.issueID) \($0.type) \($0.dependsOnID)" }), fix: Verdict.plan)
  }

  static func orphanedEdges(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let edges = try store.orphanedEdges()
    if edges.isEmpty { return .ok("every edge leads to an issue") }
    return .warning(
      "\(Verdict.count(edges.count, "edge")) to issues that do not exist",
      Verdict.some(edges.map { "\($0.issueID) \($0.type) \($0.dependsOnID)" }), fix: Verdict.plan)
  }

  static func duplicates(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let groups = try store.duplicateGroups()
    if groups.isEmpty { return .ok("no two open issues say the same") }
    let lines = groups.map { group in
      group.members.map(\.issue.id.rawValue).joined(separator: " = ") + ": " + group.target.title
    }
    return .warning(
      "\(Verdict.count(groups.count, "group")) of issues that say the same", Verdict.some(lines),
      fix: "bd duplicates")
  }

  static func pollution(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let found = try store.testIssues()
    if found.isEmpty { return .ok("none found") }
    return .warning(
      "\(Verdict.count(found.count, "issue")) left by tests, as it seems",
      Verdict.some(found.map { "\($0.id): \($0.title)" }), fix: "bd doctor --check=pollution")
  }

  static func wisps(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let ids = try store.connection.all(
      """
      SELECT id FROM issues WHERE instr(id, '-wisp-') > 0 AND ephemeral = 0 AND no_history = 0
        AND status <> 'tombstone' ORDER BY id
      """
    ) { $0.text(0) }
    if ids.isEmpty { return .ok("none") }
    return .warning(
      "\(Verdict.count(ids.count, "issue")) with the ID of a wisp that are shared through git",
      Verdict.some(ids),
      fix: "bd update ID --ephemeral")
  }

  /// Work that a commit names in parentheses and that nobody closed.
  static func orphanedIssues(_ store: Store, _ context: DoctorContext) throws(BeadsError) -> Verdict {
    guard let location = context.workspace?.repository else { return .ok("not in a git repository") }
    let names = Set(
      try store.connection.all(
        "SELECT id FROM issues WHERE status NOT IN (SELECT status FROM settled_statuses) AND pinned = 0"
      ) { $0.text(0) })
    if names.isEmpty { return .ok("no issue is open") }
    let commits = try GitRepository(location).commits(mentioning: names)
    if commits.isEmpty { return .ok("no open issue is named by a commit") }
    return .warning(
      "\(Verdict.count(commits.count, "open issue")) named by commits",
      Verdict.some(commits.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }),
      fix: "bd close what is done")
  }
}

extension GitRepository {
  /// For each name the newest of the last thousand commits whose first line has it in parentheses.
  fileprivate func commits(mentioning names: Set<String>) throws(BeadsError) -> [String: String] {
    guard let head = try head().flatMap({ GitID($0.commit) }) else { return [:] }
    var found: [String: String] = [:]
    var count = 0
    try forEachCommit(from: [head]) { commit throws(BeadsError) in
      count += 1
      let summary = try text(of: commit.id).summary
      for name in mentions(in: summary, of: names) where found[name] == nil && summary.contains("(\(name))") {
        found[name] = "\(commit.id.short) \(summary)"
      }
      return count < 1000
    }
    return found
  }
}

extension Store {
  /// The edges to issues that do not exist or were deleted, though they should be of this project.
  public func orphanedEdges() throws(BeadsError) -> [Dependency] {
    let prefixes = try prefixes()
    return try edges(
      """
      NOT EXISTS (SELECT 1 FROM issues t WHERE t.id = depends_on_id AND t.status <> 'tombstone')
        AND EXISTS (SELECT 1 FROM issues i WHERE i.id = issue_id AND i.status <> 'tombstone') AND ?1
      """, "1"
    ).filter { edge in
      let target = edge.dependsOnID
      return !target.isExternal && (prefixes.known(target) != nil || prefixes.prefix(of: target) == nil)
    }.sorted { ($0.issueID, $0.dependsOnID) < ($1.issueID, $1.dependsOnID) }
  }

  /// The blocking edges from an issue to its own parent or one above it.
  func edgesToOwnAncestors() throws(BeadsError) -> [Dependency] {
    try edges(
      """
      type IN ('blocks', 'conditional-blocks') AND ?1 AND depends_on_id IN (
        WITH RECURSIVE up (id) AS (
          SELECT p.depends_on_id FROM dependencies p
          WHERE p.issue_id = dependencies.issue_id AND p.type = 'parent-child'
          UNION
          SELECT p.depends_on_id FROM up JOIN dependencies p ON p.issue_id = up.id AND p.type = 'parent-child')
        SELECT id FROM up)
      """, "1"
    ).sorted { ($0.issueID, $0.dependsOnID) < ($1.issueID, $1.dependsOnID) }
  }
}
