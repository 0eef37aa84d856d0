public import BeadsKit

/// What an agent is told, in parts.
public struct PrimeReport: Sendable {
  /// How a session begins.
  public enum State: String, Sendable {
    /// Without work.
    case normal
    /// Its predecessor handed off to it.
    case postHandoff = "post-handoff"
    /// Its predecessor ended in the middle of the work.
    case crashRecovery = "crash-recovery"
    /// With work that it is to begin.
    case autonomous
  }

  /// A part of the text.
  public struct Section: Sendable, Equatable {
    /// What it is about.
    public let name: String
    /// Markdown.
    public let text: String
    /// Whether it was longer.
    public let isCut: Bool
  }

  /// Who is told.
  public let agent: AgentAddress
  /// The parts in their order.
  public private(set) var sections: [Section] = []
  /// The assignment.
  public internal(set) var work: HookedWork?
  /// Its steps.
  public internal(set) var molecule: MoleculeView?
  /// What the last session had reached.
  public internal(set) var checkpoint: Checkpoint?
  /// The messages it names.
  public internal(set) var mail: [Mail] = []
  /// What could not be read.
  public internal(set) var failures: [BeadsError] = []
  /// What the predecessor left, unless it was told before.
  public internal(set) var handoff: HandoffMarker?
  var isOwnCheckpoint = false

  init(agent: AgentAddress) { self.agent = agent }

  /// How the session begins.
  public var state: State {
    if handoff != nil { return .postHandoff }
    if checkpoint != nil, !isOwnCheckpoint { return .crashRecovery }
    return work == nil ? .normal : .autonomous
  }

  /// All of it, as Markdown.
  public var text: String { sections.map(\.text).joined(separator: "\n\n") + "\n" }

  /// Adds a part unless it is empty, cut to a number of bytes.
  mutating func add(_ name: String, _ text: String, limit: Int = 16_000) {
    if text.isEmpty { return }
    var cut = text
    if text.utf8.count > limit {
      var end = text.utf8.index(text.startIndex, offsetBy: limit)
      while String.Index(end, within: text) == nil { end = text.utf8.index(before: end) }
      cut = text[..<end] + "\n… (\(text.utf8.count - limit) more bytes)"
    }
    sections.append(Section(name: name, text: cut, isCut: cut != text))
  }
}
