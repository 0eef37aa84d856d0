public import BeadsKit

/// What a patrol has counted: how often it acted on something, and when last, in a JSON file of the deacon's folder.
///
/// `{ENTRIES: {key: {count..., last...}}, last_updated}`
public struct PatrolCounters {
  /// The members of the file that counters are kept under.
  public enum Kind: String, Sendable {
    /// Agents that did not answer, by address.
    case health = "health-check-state"
    /// Issues that were given out again, by ID.
    case redispatch = "redispatch-state"
    /// Convoys that were fed, by ID.
    case feeding = "feed-stranded-state"

    var group: String {
      switch self {
      case .health: "agents"
      case .redispatch: "beads"
      case .feeding: "convoys"
      }
    }
  }

  let kind: Kind
  private let town: Town
  private var file: JSONFile { JSONFile(path: town.path("deacon/\(kind.rawValue).json")) }

  /// The counters of a kind.
  public init(_ kind: Kind, in town: Town) {
    self.kind = kind
    self.town = town
  }

  /// All of them.
  /// - Throws: `corrupt` naming the file.
  public func document() throws(BeadsError) -> JSONValue {
    try file.read() ?? .members([(kind.group, .object([]))])
  }

  /// A whole number of an entry.
  func int(_ key: String, _ member: String) throws(BeadsError) -> Int {
    try document()[path: [kind.group, key, member]]?.intValue ?? 0
  }

  /// How many seconds ago a time of an entry was; nil for never.
  func age(_ key: String, _ member: String) throws(BeadsError) -> Int64? {
    guard let text = try document()[path: [kind.group, key, member]]?.stringValue, let at = Timestamp(text)
    else { return nil }
    return (town.environment.clock() - at.unixNanoseconds) / 1_000_000_000
  }

  /// Changes an entry; nil values are taken out.
  func set(_ key: String, _ members: [(String, JSONValue?)]) throws(BeadsError) {
    let lock = try town.lock(kind.rawValue, command: "gt deacon")
    let now = town.now.description
    try file.edit(lock) { document in
      for (name, value) in members { document.set([kind.group, key, name], value) }
      document["last_updated"] = .string(now)
    }
  }

  /// The present time as an entry keeps it.
  var now: JSONValue { .string(town.now.description) }
}
