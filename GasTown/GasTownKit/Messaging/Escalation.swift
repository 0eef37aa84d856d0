public import BeadsKit

/// A call for help: an issue of the town's tracker that somebody above has to look at.
public struct Escalation: Sendable, Equatable {
  /// How bad it is.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    case low, medium, high, critical

    /// The priority of the issue and of the mail about it.
    var priority: Int {
      switch self {
      case .critical: 0
      case .high: 1
      case .medium: 2
      case .low: 3
      }
    }

    /// The next worse one; critical has none.
    var next: Severity {
      switch self {
      case .low: .medium
      case .medium: .high
      case .high, .critical: .critical
      }
    }

    /// By how bad it is.
    public static func < (a: Severity, b: Severity) -> Bool { a.priority > b.priority }
  }

  static let label = "gt:escalation"

  /// The issue.
  public let issue: Issue

  /// The escalation that an issue is, or nil.
  public init?(_ issue: Issue) {
    guard issue.labels.contains(Self.label), !issue.isTombstone else { return nil }
    self.issue = issue
  }

  /// Its ID.
  public var id: IssueID { issue.id }
  /// What is wrong.
  public var title: String { issue.title }
  /// How bad it is now.
  public var severity: Severity { issue.townField("severity").flatMap(Severity.init) ?? .medium }
  /// How bad it was at first.
  public var originalSeverity: Severity {
    issue.townField("original_severity").flatMap(Severity.init) ?? severity
  }
  /// What noticed it, such as `agent:app/polecats/nux` or `merge-queue`.
  public var source: String { issue.townField("source") ?? escalatedBy }
  /// The details.
  public var reason: String? { issue.townField("reason") }
  /// The issue it is about.
  public var relatedID: String? { issue.townField("related_bead") }
  /// Who raised it.
  public var escalatedBy: String { issue.townField("escalated_by") ?? issue.createdBy }
  /// When it was raised.
  public var escalatedAt: Timestamp { issue.createdAt }
  /// Who has said to take care of it.
  public var acknowledgedBy: String? { issue.townField("acked_by") }
  /// When that was.
  public var acknowledgedAt: String? { issue.townField("acked_at") }
  /// Who has closed it.
  public var closedBy: String? { issue.townField("closed_by") }
  /// How often it was raised while it was open.
  public var count: Int { issue.townMetadata["count"]?.intValue ?? 1 }
  /// How often it became worse because nobody took care of it.
  public var reescalationCount: Int { issue.townMetadata["reescalation_count"]?.intValue ?? 0 }
  /// When that was last.
  public var reescalatedAt: Timestamp? { issue.townField("last_reescalated_at").flatMap { Timestamp($0) } }
  /// Whether it is settled.
  public var isClosed: Bool { issue.isClosed }
}

extension JSONWriter {
  /// Writes an escalation as an object.
  public mutating func escalation(_ escalation: Escalation) {
    object { $0.escalationMembers(escalation) }
  }

  /// Writes the members of an escalation into the object that is open.
  public mutating func escalationMembers(_ escalation: Escalation) {
    member("id", escalation.id.rawValue)
    member("title", escalation.title)
    member("severity", escalation.severity.rawValue)
    member("status", escalation.issue.status.rawValue)
    member("source", escalation.source)
    member("reason", escalation.reason ?? "")
    member("related_bead", escalation.relatedID ?? "")
    member("escalated_by", escalation.escalatedBy)
    member("escalated_at", escalation.escalatedAt.description)
    member("acked_by", escalation.acknowledgedBy ?? "")
    if let time = escalation.acknowledgedAt { member("acked_at", time) }
    member("closed_by", escalation.closedBy ?? "")
    member("closed_reason", escalation.issue.closeReason)
    member("original_severity", escalation.originalSeverity.rawValue)
    member("reescalation_count", escalation.reescalationCount)
    member("count", escalation.count)
  }
}
