public import BeadsKit

/// Who an agent is: the text that assigns work, addresses mail and signs changes, such as `app/polecats/nux`.
///
/// | agent | text | tmux session |
/// |---|---|---|
/// | mayor, deacon, overseer | `mayor` | `hq-mayor` |
/// | boot | `deacon-boot` | `hq-boot` |
/// | dog | `deacon/dogs/alpha` | `hq-dog-alpha` |
/// | witness, refinery | `app/witness` | `ap-witness` |
/// | crew | `app/crew/max` | `ap-crew-max` |
/// | polecat | `app/polecats/nux` | `ap-nux` |
public struct AgentAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What the agent is there for.
  public let role: AgentRole
  /// The rig it belongs to, if its role has one.
  public let rig: RigName?
  /// Its own name, if there are several of its role.
  public let name: AgentName?

  private init(_ role: AgentRole, _ rig: RigName? = nil, _ name: AgentName? = nil) {
    self.role = role
    self.rig = rig
    self.name = name
  }

  /// The person who owns the town.
  public static let overseer = AgentAddress(.overseer)
  /// The mayor.
  public static let mayor = AgentAddress(.mayor)
  /// The deacon.
  public static let deacon = AgentAddress(.deacon)
  /// Boot, who looks after the deacon.
  public static let boot = AgentAddress(.boot)
  /// A maintenance job.
  public static func dog(_ name: AgentName) -> AgentAddress { AgentAddress(.dog, nil, name) }
  /// The watcher of a rig.
  public static func witness(_ rig: RigName) -> AgentAddress { AgentAddress(.witness, rig) }
  /// The merger of a rig.
  public static func refinery(_ rig: RigName) -> AgentAddress { AgentAddress(.refinery, rig) }
  /// A workspace of a person.
  public static func crew(_ rig: RigName, _ name: AgentName) -> AgentAddress {
    AgentAddress(.crew, rig, name)
  }
  /// A worker.
  public static func polecat(_ rig: RigName, _ name: AgentName) -> AgentAddress {
    AgentAddress(.polecat, rig, name)
  }

  /// Reads an address in its full form; a slash at the end is ignored.
  ///
  /// `rig/name` is no full form, because it takes a look at the town to know whether that is a crew member:
  /// `Town.address(_:)` understands it.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let trimmed = parts.count > 1 && parts.last == "" ? Array(parts.dropLast()) : parts
    switch trimmed.count {
    case 1: self.init(town: trimmed[0])
    case 2: self.init(rig: trimmed[0], role: trimmed[1])
    case 3: self.init(trimmed[0], trimmed[1], trimmed[2])
    default: return nil
    }
  }

  private init?(town word: String) {
    switch word {
    case "mayor": self = .mayor
    case "deacon": self = .deacon
    case "boot", "deacon-boot": self = .boot
    case "overseer", "human": self = .overseer
    default: return nil
    }
  }

  private init?(rig: String, role: String) {
    if rig == "deacon", role == "boot" {
      self = .boot
      return
    }
    guard let rig = RigName(rawValue: rig) else { return nil }
    switch role {
    case "witness": self = .witness(rig)
    case "refinery": self = .refinery(rig)
    default: return nil
    }
  }

  private init?(_ first: String, _ second: String, _ third: String) {
    guard let name = AgentName(rawValue: third) else { return nil }
    if first == "deacon", second == "dogs" {
      self = .dog(name)
      return
    }
    guard let rig = RigName(rawValue: first) else { return nil }
    switch second {
    case "crew": self = .crew(rig, name)
    case "polecats", "polecat": self = .polecat(rig, name)
    default: return nil
    }
  }

  /// The full form, which is also the actor's name in the tracker.
  public var text: String {
    switch role {
    case .overseer, .mayor, .deacon: role.rawValue
    case .boot: "deacon-boot"
    case .dog: "deacon/dogs/\(name?.rawValue ?? "")"
    case .witness, .refinery: "\(rig?.rawValue ?? "")/\(role.rawValue)"
    case .crew: "\(rig?.rawValue ?? "")/crew/\(name?.rawValue ?? "")"
    case .polecat: "\(rig?.rawValue ?? "")/polecats/\(name?.rawValue ?? "")"
    }
  }

  /// The full form.
  public var description: String { text }

  /// The name of its session.
  /// - Parameter prefix: The issue prefix of its rig; town agents need none.
  public func sessionName(prefix: Prefix?) -> String {
    let own = name?.rawValue ?? ""
    let start = prefix?.rawValue ?? rig?.rawValue ?? "hq"
    return switch role {
    case .overseer, .mayor, .deacon, .boot: "hq-\(role.rawValue)"
    case .dog: "hq-dog-\(own)"
    case .witness, .refinery: "\(start)-\(role.rawValue)"
    case .crew: "\(start)-crew-\(own)"
    case .polecat: "\(start)-\(own)"
    }
  }

  /// Byte order of the full forms.
  public static func < (a: AgentAddress, b: AgentAddress) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
}
