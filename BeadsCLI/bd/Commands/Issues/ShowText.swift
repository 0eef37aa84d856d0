import BeadsKit
import CommandKit

/// How people see one issue in full.
struct ShowText {
  private let clock: ClockText
  private let vocabulary: Vocabulary
  private let isLong: Bool
  private let showsAllEvents: Bool

  init(_ arguments: Arguments, _ vocabulary: Vocabulary) {
    clock = ClockText(isLocal: arguments.bool("local-time"))
    self.vocabulary = vocabulary
    isLong = arguments.bool("long")
    showsAllEvents = arguments.bool("events")
  }

  /// `○ t-3fk ● P2 Title`.
  static func short(_ issue: Issue, _ vocabulary: Vocabulary) -> TerminalText {
    "\(IssueText.icon(issue.status, vocabulary)) \(issue.id, .bold) \(IssueText.priority(issue.priority)) \(issue.title)"
  }

  func lines(_ details: IssueDetails) -> [TerminalText] {
    let issue = details.issue
    var lines = [header(issue)] + facts(details)
    lines += section("DESCRIPTION", issue.description)
    lines += section("DESIGN", issue.design)
    lines += section("NOTES", issue.notes)
    lines += section("ACCEPTANCE CRITERIA", issue.acceptanceCriteria)
    if let metadata = issue.metadata { lines += section("METADATA", metadata) }
    if !issue.labels.isEmpty { lines += ["", "\("LABELS", .bold)  \(issue.labels.joined(separator: ", "))"] }
    lines += links(details)
    if !issue.comments.isEmpty {
      lines += heading("COMMENTS")
      for comment in issue.comments { lines += CommentText.lines(comment, clock).map { "  \($0)" } }
    }
    if isLong { lines += rest(issue) }
    return lines + history(details.events)
  }

  // MARK: Top

  private func header(_ issue: Issue) -> TerminalText {
    let status = issue.status.rawValue.uppercased()
    return "\(IssueText.icon(issue.status, vocabulary)) \(issue.id, .bold) · \(issue.title, .bold)   "
      + "[\(IssueText.priority(issue.priority)) · \(status)]"
  }

  private func facts(_ details: IssueDetails) -> [TerminalText] {
    let issue = details.issue
    var people: [TerminalText] = []
    if !issue.owner.isEmpty { people.append("Owner: \(issue.owner)") }
    if !issue.assignee.isEmpty { people.append("Assignee: \("@" + issue.assignee, .cyan)") }
    people.append("Type: \(IssueText.type(issue.type))")
    if issue.isEphemeral || issue.hasNoHistory { people.append("Wisp") }
    if issue.isTemplate { people.append("Template") }
    if issue.isPinned { people.append("Pinned") }
    let author = issue.createdBy.isEmpty ? "" : " by \(issue.createdBy)"
    var times: [TerminalText] = ["Created: \(clock.minute(issue.createdAt))\(author)"]
    times.append("Updated: \(clock.minute(issue.updatedAt))")
    if let time = issue.startedAt { times.append("Started: \(clock.minute(time))") }
    var lines = [joined(people), joined(times)]
    if let time = issue.closedAt {
      lines.append(
        "Closed: \(clock.minute(time))\(issue.closeReason.isEmpty ? "" : " — \(issue.closeReason)")")
    }
    var plans: [TerminalText] = []
    if let time = issue.dueAt { plans.append("Due: \(clock.minute(time))") }
    if let time = issue.deferUntil { plans.append("Deferred until: \(clock.minute(time))") }
    if let minutes = issue.estimatedMinutes { plans.append("Estimate: \(minutes) min") }
    if let reference = issue.externalRef { plans.append("External: \(reference)") }
    if !issue.specID.isEmpty { plans.append("Spec: \(issue.specID)") }
    if !plans.isEmpty { lines.append(joined(plans)) }
    if details.isBlocked { lines.append(waiting(details)) }
    return lines
  }

  private func waiting(_ details: IssueDetails) -> TerminalText {
    let ids = Set(details.blockers.map(\.blockerID)).sorted()
    if ids.isEmpty, let parent = details.issue.parentID {
      return "\("Blocked", .red) with its parent \(parent)"
    }
    return "\("Blocked", .red) by \(ids.map(\.rawValue).joined(separator: ", "))"
  }

  private func joined(_ parts: [TerminalText]) -> TerminalText {
    parts.dropFirst().reduce(parts.first ?? "") { $0 + " · " + $1 }
  }

  // MARK: Sections

  private func heading(_ title: String) -> [TerminalText] { ["", TerminalText(title, .bold)] }

  private func section(_ title: String, _ text: String) -> [TerminalText] {
    text.isEmpty ? [] : heading(title) + IndentedText.lines(text)
  }

  private func links(_ details: IssueDetails) -> [TerminalText] {
    let (down, up) = (details.dependencies, details.dependents)
    let children = details.children
    var lines = links("PARENT", down.filter { $0.edge.type == .parentChild }, "↑")
    lines += links(
      "CHILDREN (\(children.closed) of \(children.total) done)", up.filter { $0.edge.type == .parentChild },
      "↳")
    lines += links("DEPENDS ON", down.filter(\.isWait), "→")
    lines += links("BLOCKS", up.filter(\.isWait), "←")
    let related = down.filter(\.isLoose)
    let seen = Set(related.map { [$0.id.rawValue, $0.edge.type.rawValue] })
    let others = up.filter { $0.isLoose && !seen.contains([$0.id.rawValue, $0.edge.type.rawValue]) }
    if related.isEmpty, others.isEmpty { return lines }
    lines += heading("RELATED")
    lines += related.map { line($0, "→") } + others.map { line($0, "←") }
    return lines
  }

  private func links(_ title: String, _ links: [IssueDetails.Link], _ arrow: TerminalText) -> [TerminalText] {
    links.isEmpty ? [] : heading(title) + links.map { line($0, arrow) }
  }

  private func line(_ link: IssueDetails.Link, _ arrow: TerminalText) -> TerminalText {
    let type = link.edge.type
    let note: TerminalText =
      type == .blocks || type == .parentChild ? "" : " \(TerminalText("(\(type))", .gray))"
    return "  \(arrow) \(EdgeText.line(link, vocabulary))\(note)"
  }

  // MARK: Rarely used fields and history

  /// What the other sections leave out, by the names that the file has.
  private func rest(_ issue: Issue) -> [TerminalText] {
    var writer = JSONWriter()
    writer.object { $0.issueMembers(issue) }
    guard case .object(let members)? = JSONValue(parsing: writer.text) else { return [] }
    let others = members.filter { !Self.shown.contains($0.key) }
    if others.isEmpty { return [] }
    return heading("FIELDS") + others.map { "  \($0.key): \($0.value.stringValue ?? $0.value.compactText)" }
  }

  private static let shown: Set<String> = [
    "id", "title", "description", "design", "acceptance_criteria", "notes", "spec_id", "status", "priority",
    "issue_type", "assignee", "owner", "estimated_minutes", "created_at", "created_by", "updated_at",
    "started_at",
    "closed_at", "close_reason", "due_at", "defer_until", "external_ref", "metadata", "labels", "pinned",
    "is_template",
  ]

  private func history(_ events: [AuditEvent]) -> [TerminalText] {
    if events.isEmpty { return [] }
    let shown = showsAllEvents ? events[...] : events.suffix(5)
    let hidden = events.count - shown.count
    var lines = heading("HISTORY")
    if hidden > 0 { lines.append(TerminalText("  \(hidden) earlier; --events shows all", .gray)) }
    return lines + shown.map { EventText.line($0, clock) }
  }
}

extension IssueDetails.Link {
  /// Whether the edge is an order in which things are done.
  fileprivate var isWait: Bool { edge.type.isBlocking && edge.type != .parentChild }
  fileprivate var isLoose: Bool { !edge.type.isBlocking }
}
