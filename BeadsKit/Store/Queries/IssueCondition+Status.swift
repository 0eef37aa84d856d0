import BeadsModel
import BeadsSystem

extension Store {
  /// Adds the statuses as disjoint conditions, each of which an index can answer in the usual order.
  func addStatuses(of filter: IssueFilter, to condition: inout IssueCondition) throws(BeadsError) {
    switch filter.statuses {
    case .any(let statuses):
      addNamedStatuses(statuses, to: &condition)
    case .visible:
      try addStatuses(except: hiddenStatuses(showingPinned: filter.isPinned == true), to: &condition)
      if filter.isPinned == nil { condition.require("i.pinned = 0") }
    case .unfinished:
      let finished = rules.vocabulary.statuses(in: .done) + [.tombstone]
      try addStatuses(except: Set(finished), to: &condition)
    case .all:
      try addStatuses(except: [.tombstone], to: &condition)
      condition.hasMostStatuses = true
    }
  }

  /// What default lists leave out (contract 1.2).
  private func hiddenStatuses(showingPinned: Bool) -> Set<Status> {
    let vocabulary = rules.vocabulary
    var hidden = Set(vocabulary.statuses(in: .done) + vocabulary.statuses(in: .frozen) + [.tombstone])
    hidden.remove(.deferred)
    if showingPinned { hidden.remove(.pinned) }
    return hidden
  }

  /// Unknown words can come from files, so the statuses are those in use without the hidden ones.
  private func addStatuses(
    except hidden: Set<Status>, to condition: inout IssueCondition
  ) throws(BeadsError) {
    for status in try statusesInUse() where !hidden.contains(status) {
      let parameter = condition.bind(status.rawValue)
      condition.statusBranches.append(IssueCondition.StatusBranch(status: parameter))
    }
  }

  /// Every status some issue has: a jump in the index for each, however many issues there are.
  func statusesInUse() throws(BeadsError) -> [Status] {
    try connection.all(
      """
      WITH RECURSIVE used (status) AS (
        SELECT min(status) FROM issues
        UNION ALL
        SELECT (SELECT min(status) FROM issues WHERE status > used.status) FROM used
        WHERE used.status IS NOT NULL)
      SELECT status FROM used WHERE status IS NOT NULL
      """
    ) { Status(rawValue: $0.text(0)) }
  }

  private func addNamedStatuses(_ statuses: [Status], to condition: inout IssueCondition) {
    let isDue = "i.defer_until <= \(condition.bind(condition.now))"
    var branches: [IssueCondition.StatusBranch] = []
    for status in Set(statuses).sorted(by: { $0.rawValue < $1.rawValue }) {
      let isEarly = status == .deferred && !statuses.contains(.open)
      branches.append(
        IssueCondition.StatusBranch(
          status: condition.bind(status.rawValue), rest: isEarly ? "(\(isDue)) IS NOT TRUE" : nil))
    }
    if statuses.contains(.open), !statuses.contains(.deferred) {
      branches.append(IssueCondition.StatusBranch(status: "'deferred'", rest: isDue))
    }
    if statuses.contains(.blocked) {
      let others = branches.map { "(\($0.sql(isIndexed: false)))" }.joined(separator: " OR ")
      branches.append(
        IssueCondition.StatusBranch(
          rest: "i.id IN (SELECT issue_id FROM blocked_issues_cache) AND (\(others)) IS NOT TRUE"))
    }
    condition.statusBranches = branches
  }

  // MARK: Ready work

  /// Adds the rules of ready work (contract 5.1).
  func addReadiness(
    _ readiness: IssueFilter.Readiness, of filter: IssueFilter, to condition: inout IssueCondition
  ) throws(BeadsError) {
    let now = condition.bind(condition.now)
    let active = rules.vocabulary.statuses(in: .active)
    condition.statusBranches = active.map {
      IssueCondition.StatusBranch(status: condition.bind($0.rawValue))
    }
    if readiness.includesDeferred {
      condition.statusBranches.append(IssueCondition.StatusBranch(status: "'deferred'"))
    } else {
      // Nothing flips the status when its time comes, so it counts as open from then on (5.6).
      condition.statusBranches.append(
        IssueCondition.StatusBranch(status: "'deferred'", rest: "i.defer_until <= \(now)"))
      condition.require("(i.defer_until IS NULL OR i.defer_until <= \(now))")
      condition.require(
        """
        NOT EXISTS (SELECT 1 FROM dependencies p JOIN issues q ON q.id = p.depends_on_id
          WHERE p.issue_id = i.id AND p.type = 'parent-child' AND q.defer_until > \(now)
            AND q.status NOT IN (SELECT status FROM settled_statuses))
        """)
    }
    // Nothing runs when a lease ends, so the issue counts as open from then on.
    condition.statusBranches.append(
      IssueCondition.StatusBranch(status: "'in_progress'", rest: "(\(Lease.hasEnded(at: now)))"))
    condition.require("i.pinned = 0 AND i.is_template = 0")
    condition.require("NOT EXISTS (SELECT 1 FROM blocked_issues_cache b WHERE b.issue_id = i.id)")
    if !readiness.includesEphemeral { condition.require("i.ephemeral = 0") }
    guard filter.types.isEmpty else { return }
    let hidden = IssueType.neverReady + rules.vocabulary.infrastructureTypes
    condition.require("i.issue_type NOT IN \(condition.bind(list: Set(hidden.map(\.rawValue)).sorted()))")
    if readiness.includesEphemeral { return }
    // Issues without history have the IDs of wisps but are ready work.
    for pattern in try excludedIDPatterns() {
      condition.require("(i.no_history = 1 OR instr(i.id, \(condition.bind(pattern))) = 0)")
    }
  }

  func excludedIDPatterns() throws(BeadsError) -> [String] {
    guard let setting = try config("ready.exclude_id_patterns") else { return ["-wisp-"] }
    return ConfigurationList.parse(setting)
  }
}
