import BeadsFormats
import BeadsModel
import BeadsSystem

/// What is wrong with the store in a form that can be repaired.
///
/// Made from one snapshot; while a transaction is open, from what that sees.
struct RepairFindings {
  let store: Store
  private let report: FsckReport
  private let lines: [IssueID: Issue]
  private let decoder = IssueDecoder()

  init(_ store: Store) throws(BeadsError) {
    self.store = store
    (report, lines) = try store.fsckWithLines()
  }

  /// The repairs of the database.
  func repairs() throws(BeadsError) -> [Repair] {
    var repairs: [Repair] = []
    func add(_ kind: Repair.Kind, _ items: [String]) {
      if !items.isEmpty { repairs.append(Repair(kind: kind, items: items)) }
    }
    let settings = try settings().map { "setting \($0.key): \($0.value ?? "unset")" }
    add(.adoptChanges, try adoptions().map(\.text) + settings)
    add(.restoreIssues, try losses().map { "\($0.id) \($0.title)" })
    add(.completeIssues, try contradictions())
    add(.orphanedEdges, try orphanedEdges().map(Self.text))
    add(.childParent, try store.edgesToOwnAncestors().map(Self.text))
    add(.strayRows, try strayRows())
    add(.derived, derived)
    return repairs
  }

  static func text(_ edge: Dependency) -> String { "\(edge.issueID) \(edge.type) \(edge.dependsOnID)" }

  // MARK: Changed without the write path

  /// An issue as it is, as the log left it, and as the file has it.
  struct Adoption {
    let issue: Issue
    let logged: Issue?
    let written: Issue?
    let text: String
  }

  func adoptions() throws(BeadsError) -> [Adoption] {
    let ids = subjects(.logDiffers).union(subjects(.logLacks)).map(IssueID.init(unchecked:)).sorted()
    var found: [Adoption] = []
    for issue in try store.issues(ids) {
      let logged = try lastImage(of: issue.id)
      let fields = logged.map { old in
        IssueField.all.filter { !$0.isEqual(old, issue) }.map { "\($0.key)" }.joined(separator: ", ")
      }
      let text = "\(issue.id) \(fields ?? "is new"): \(issue.title)"
      found.append(Adoption(issue: issue, logged: logged, written: lines[issue.id], text: text))
    }
    return found
  }

  /// The issues that are gone or cannot be read, as the log or the file has them.
  func losses() throws(BeadsError) -> [Issue] {
    var found: [Issue] = []
    for id in subjects(.logLost).union(subjects(.rowUnreadable)).sorted().map(IssueID.init(unchecked:)) {
      if let issue = try lastImage(of: id) ?? lines[id] { found.append(issue) }
    }
    return found
  }

  /// What the file has of an issue.
  func written(_ id: IssueID) -> Issue? { lines[id] }

  /// A setting that was changed without the write path.
  struct Setting {
    let key: String
    let logged: String?
    let value: String?
  }

  func settings() throws(BeadsError) -> [Setting] {
    var found: [Setting] = []
    for finding in report.findings where finding.kind == .logDiffers {
      let change = OperationChange(subject: finding.subject, before: nil, after: nil)
      guard let key = change.configKey else { continue }
      let logged = try lastAfter(of: finding.subject)
      found.append(Setting(key: key, logged: logged, value: try store.config(key)))
    }
    return found
  }

  private func lastImage(of id: IssueID) throws(BeadsError) -> Issue? {
    try lastAfter(of: id.rawValue).flatMap { try? decoder.decodeIssue($0) }
  }

  private func lastAfter(of subject: String) throws(BeadsError) -> String? {
    try store.connection.text(
      "SELECT after FROM operation_changes WHERE subject = ?1 ORDER BY operation_id DESC LIMIT 1", subject)
  }

  /// The edges that lead nowhere, also when the issues that are gone are back.
  func orphanedEdges() throws(BeadsError) -> [Dependency] {
    let restored = Set(try losses().filter { !$0.isTombstone }.map(\.id))
    return try store.orphanedEdges().filter { !restored.contains($0.dependsOnID) }
  }

  // MARK: Contradictions

  /// The issues whose times do not fit their status, apart from those that are adopted and completed by that.
  func contradictions() throws(BeadsError) -> [String] {
    let adopted = subjects(.logDiffers).union(subjects(.logLacks))
    let found = try store.issues(
      where: """
        i.status = 'tombstone' AND i.deleted_at IS NULL
          OR i.status <> 'tombstone' AND (i.status = 'closed') <> (i.closed_at IS NOT NULL)
        """, lists: false)
    return found.map(\.id.rawValue).filter { !adopted.contains($0) }.sorted()
  }

  // MARK: Rows of nobody

  /// Those of issues that are brought back are theirs again.
  func strayRows() throws(BeadsError) -> [String] {
    let restored = Store.jsonList(try losses().map(\.id))
    let columns = [
      "labels": "'label', label",
      "dependencies": "'depends_on_id', depends_on_id, 'type', type, 'created_at', created_at",
      "comments": "'author', author, 'text', text, 'created_at', created_at",
    ]
    var rows: [String] = []
    for (table, values) in columns.sorted(by: { $0.key < $1.key }) {
      rows += try store.connection.all(
        """
        SELECT json_object('table', '\(table)', 'issue_id', issue_id, \(values)) AS row FROM \(table)
        WHERE issue_id NOT IN (SELECT id FROM issues) AND issue_id NOT IN (SELECT value FROM json_each(?1))
        ORDER BY row
        """, restored
      ) { $0.text(0) }
    }
    return rows
  }

  // MARK: What is computed

  var derived: [String] {
    var items: [String] = []
    let blocked = subjects(.blockedSet)
    if !blocked.isEmpty { items.append("blocked set: \(blocked.sorted().joined(separator: ", "))") }
    if hidesIssues { items.append("search index") }
    let marks = report.findings.filter { $0.kind == .dirtyMark }.map(\.message)
    return items + marks.sorted() + staleRows.map { "derived columns of \($0)" }
  }

  /// Whether searches may miss issues.
  var hidesIssues: Bool { !subjects(.searchIndex).isEmpty }

  /// The issues whose row has to be written again, apart from those that are written anyway.
  var staleRows: [IssueID] {
    let adopted = subjects(.logDiffers).union(subjects(.logLacks))
    return subjects(.rowDerived).subtracting(adopted).sorted().map(IssueID.init(unchecked:))
  }

  /// What the file and the database do not have in common.
  var fileItems: [String] {
    let kinds: Set<FsckFinding.Kind> = [
      .fileMissing, .fileNotImported, .fileUnreadable, .fileDuplicate, .fileLacks, .fileUnknown, .fileFlag,
      .fileDiffers, .fileForm,
    ]
    let waiting = report.proved.waiting
    let items = report.findings.filter { kinds.contains($0.kind) }.map(\.message)
    return waiting == 0 ? items : ["\(Verdict.count(waiting, "issue")) not written yet"] + items
  }

  /// Whether what is remembered about the file is wrong, so that all of it has to be compared again.
  var mustForgetFile: Bool {
    let kinds: Set<FsckFinding.Kind> = [
      .fileUnreadable, .fileDuplicate, .fileLacks, .fileUnknown, .fileFlag, .fileDiffers, .fileForm,
      .dirtyMark,
    ]
    return report.findings.contains { kinds.contains($0.kind) }
  }

  private func subjects(_ kind: FsckFinding.Kind) -> Set<String> {
    Set(report.findings.filter { $0.kind == kind && !$0.subject.hasPrefix("config ") }.map(\.subject))
  }
}
