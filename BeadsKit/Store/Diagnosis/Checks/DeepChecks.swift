import BeadsModel
import BeadsSystem

/// Checks that look at every issue or edge, or that say how work is organised.
enum DeepChecks {
  static func parents(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    var lines = try store.connection.all(
      """
      SELECT c.id, p.id FROM dependencies d JOIN issues c ON c.id = d.issue_id JOIN issues p ON p.id = d.depends_on_id
      WHERE d.type = 'parent-child' AND p.status IN (SELECT status FROM settled_statuses) AND p.status <> 'pinned'
        AND p.status <> 'tombstone' AND c.status NOT IN (SELECT status FROM settled_statuses) ORDER BY c.id
      """
    ) { "\($0.text(0)) is open, and its parent \($0.text(1)) is finished" }
    lines += try store.connection.all(
      """
      SELECT issue_id, COUNT(*) FROM dependencies WHERE type = 'parent-child' GROUP BY issue_id
      HAVING COUNT(*) > 1 ORDER BY issue_id
      """
    ) { "\($0.text(0)) has \($0.int(1)) parents" }
    if lines.isEmpty { return .ok("every open issue has at most one parent, which is open") }
    return .warning(
      "\(Verdict.count(lines.count, "issue")) with an odd parent", Verdict.some(lines),
      fix: "bd update ID --parent")
  }

  static func dependencies(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    var lines = try store.connection.all(
      "SELECT issue_id FROM dependencies WHERE issue_id = depends_on_id ORDER BY issue_id"
    ) { "\($0.text(0)) depends on itself" }
    lines += try store.connection.all(
      """
      SELECT issue_id, depends_on_id FROM dependencies WHERE metadata <> '' AND NOT json_valid(metadata)
      ORDER BY issue_id
      """
    ) { "what qualifies the edge from \($0.text(0)) to \($0.text(1)) is no JSON" }
    lines += try store.connection.all(
      """
      SELECT d.issue_id, d.depends_on_id FROM dependencies d JOIN issues t ON t.id = d.depends_on_id
      WHERE d.type = 'relates-to' AND NOT EXISTS (
        SELECT 1 FROM dependencies r
        WHERE r.issue_id = d.depends_on_id AND r.depends_on_id = d.issue_id AND r.type = 'relates-to')
      ORDER BY d.issue_id
      """
    ) { "\($0.text(0)) is related to \($0.text(1)), which does not say so" }
    if lines.isEmpty { return .ok("every edge makes sense") }
    return .warning(
      "\(Verdict.count(lines.count, "edge")) that make no sense", Verdict.some(lines),
      fix: "bd dep remove, or bd relate for both directions")
  }

  static func epics(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let done = try store.epicStatuses(eligibleOnly: true)
    if done.isEmpty { return .ok("every open epic has an open child, or none at all") }
    return .warning(
      "\(Verdict.count(done.count, "open epic")) with finished children only",
      Verdict.some(done.map { "\($0.epic.id): \($0.epic.title)" }), fix: "bd epic close-eligible")
  }

  static func sections(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let open = try store.issues(
      where: "i.status NOT IN (SELECT status FROM settled_statuses) AND i.ephemeral = 0", lists: false)
    let lines = open.filter { !$0.missingSections.isEmpty }.map {
      "\($0.id) (\($0.type)) lacks \($0.missingSections.joined(separator: ", "))"
    }
    if lines.isEmpty { return .ok("every open issue has the sections of its type") }
    return .warning(
      "\(Verdict.count(lines.count, "open issue")) without the sections of their type", Verdict.some(lines),
      fix: "bd edit ID")
  }

  static func stale(_ store: Store, _: DoctorContext) throws(BeadsError) -> Verdict {
    let stale = try store.staleIssues()
    if stale.isEmpty { return .ok("every open issue changed within 30 days") }
    return .warning(
      "\(Verdict.count(stale.count, "open issue")) unchanged for 30 days",
      Verdict.some(stale.map { "\($0.id): \($0.title)" }), fix: "bd stale")
  }
}
