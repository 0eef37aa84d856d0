public import BeadsKit

/// What a session leaves for the one that takes its place, so that it does not hand off again at once.
///
/// It is shown once, by the first `gt prime` of the successor.
public struct HandoffMarker: Sendable, Equatable {
  /// Why, such as `context is full`.
  public var reason: String?
  /// What the predecessor wrote, in the mail it sent to itself.
  public var mail: IssueID?
  /// The subject of that mail.
  public var subject: String?
  /// The text of that mail.
  public var message: String?
  /// When, in nanoseconds since 1970.
  public var at: Int64 = 0

  /// A marker that says nothing yet.
  public init() {}
}

extension TownDatabase {
  /// What the predecessor of an agent's session left; nil when it was read already.
  public func handoffMarker(of agent: AgentAddress) throws(BeadsError) -> HandoffMarker? {
    guard let text = try fact("handoff/\(agent)"), let value = JSONValue(parsing: text) else { return nil }
    var marker = HandoffMarker()
    marker.reason = value["reason"]?.stringValue
    marker.mail = value["mail"]?.stringValue.flatMap(IssueID.init(rawValue:))
    marker.subject = value["subject"]?.stringValue
    marker.message = value["message"]?.stringValue
    marker.at = value["at"]?.intValue.map(Int64.init) ?? 0
    return marker
  }

  /// Leaves a marker for the successor of an agent's session; nil removes it.
  public func setHandoffMarker(_ marker: HandoffMarker?, of agent: AgentAddress) throws(BeadsError) {
    guard let marker else { return try setFact("handoff/\(agent)", nil) }
    var value = JSONValue.object([])
    value["reason"] = marker.reason.map { .string($0) }
    value["mail"] = marker.mail.map { .string($0.rawValue) }
    value["subject"] = marker.subject.map { .string($0) }
    value["message"] = marker.message.map { .string($0) }
    value["at"] = .number(String(marker.at))
    try setFact("handoff/\(agent)", value.compactText)
  }
}
