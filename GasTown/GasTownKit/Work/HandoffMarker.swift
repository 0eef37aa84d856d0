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
    try fact("handoff/\(agent)").flatMap(HandoffMarker.init(json:))
  }

  /// The last handoff of an agent, read or not.
  public func lastHandoff(of agent: AgentAddress) throws(BeadsError) -> HandoffMarker? {
    try fact("handoff_last/\(agent)").flatMap(HandoffMarker.init(json:))
  }

  /// Leaves a marker for the successor of an agent's session; nil removes it.
  public func setHandoffMarker(_ marker: HandoffMarker?, of agent: AgentAddress) throws(BeadsError) {
    try write { _ throws(BeadsError) in
      try setFact("handoff/\(agent)", marker?.json)
      if let marker { try setFact("handoff_last/\(agent)", marker.json) }
    }
  }
}

extension HandoffMarker {
  fileprivate init?(json text: String) {
    guard let value = JSONValue(parsing: text) else { return nil }
    reason = value["reason"]?.stringValue
    mail = value["mail"]?.stringValue.flatMap(IssueID.init(rawValue:))
    subject = value["subject"]?.stringValue
    message = value["message"]?.stringValue
    at = value["at"]?.intValue.map(Int64.init) ?? 0
  }

  fileprivate var json: String {
    func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    return JSONValue.members([
      ("reason", text(reason)), ("mail", text(mail?.rawValue)), ("subject", text(subject)),
      ("message", text(message)), ("at", .number(String(at))),
    ]).compactText
  }
}
