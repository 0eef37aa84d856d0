public import BeadsKit

/// Lists, queues, announcements and channels: `config/messaging.json`.
///
/// Members of lists and workers of queues are addresses or patterns.
public struct MessagingSettings: Sendable, Equatable {
  /// A queue: each message is done by one of several.
  public struct Queue: Sendable, Equatable {
    /// Who may take messages out.
    public var workers: [String]
    /// How many messages one may have in hand; 0 for any number.
    public var maximumClaims: Int

    /// Describes a queue.
    public init(workers: [String], maximumClaims: Int = 0) {
      self.workers = workers
      self.maximumClaims = maximumClaims
    }
  }

  /// A board that its readers look at.
  public struct Announcements: Sendable, Equatable {
    /// Who may read it.
    public var readers: [String]
    /// How many messages are kept; 0 for all.
    public var retainedCount: Int
  }

  /// A board whose subscribers get each message too.
  public struct Channel: Sendable, Equatable {
    /// Who gets its messages.
    public var subscribers: [String] = []
    /// How many messages are kept; 0 for all.
    public var retainedCount = 0
    /// How many hours messages are kept; 0 for ever.
    public var retainedHours = 0

    /// A channel without subscribers that keeps everything.
    public init() {}
  }

  /// Members by list.
  public private(set) var lists: [String: [String]] = [:]
  /// The queues by name.
  public private(set) var queues: [String: Queue] = [:]
  /// The announcement boards by name.
  public private(set) var announcements: [String: Announcements] = [:]
  /// The channels by name.
  public private(set) var channels: [String: Channel] = [:]

  /// Reads the settings of a town; without the file there is nothing of the kind.
  /// - Throws: `corrupt` naming the file, which is left as it is.
  public static func load(_ town: Town) throws(BeadsError) -> MessagingSettings {
    let file = file(town)
    guard let document = try file.read() else { return MessagingSettings() }
    if let type = document["type"]?.stringValue, type != "messaging" {
      throw BeadsError(.corrupt, "\(file.path) is of type \(quoted(type)) instead of messaging")
    }
    if let version = document["version"]?.intValue, version > 1 {
      throw BeadsError(.unsupported, "\(file.path) was made by a newer version of gt", hint: "update gt")
    }
    var settings = MessagingSettings()
    each(document, "lists") { settings.lists[$0] = strings($1) }
    each(document, "groups") { settings.lists[$0] = strings($1["members"] ?? $1) }
    each(document, "queues") {
      settings.queues[$0] = Queue(
        workers: strings($1["workers"]), maximumClaims: $1["max_claims"]?.intValue ?? 0)
    }
    each(document, "announces") {
      settings.announcements[$0] = Announcements(
        readers: strings($1["readers"]), retainedCount: $1["retain_count"]?.intValue ?? 0)
    }
    each(document, "channels") {
      var channel = Channel()
      channel.subscribers = strings($1["subscribers"])
      channel.retainedCount = $1["retain_count"]?.intValue ?? 0
      channel.retainedHours = $1["retain_hours"]?.intValue ?? 0
      settings.channels[$0] = channel
    }
    return settings
  }

  private static func each(_ document: JSONValue, _ key: String, _ body: (String, JSONValue) -> Void) {
    guard case .object(let members)? = document[key] else { return }
    for member in members { body(member.key, member.value) }
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    value?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  private static func file(_ town: Town) -> JSONFile { JSONFile(path: town.path("config/messaging.json")) }

  // MARK: Changing

  /// The kinds of names, as the file calls them.
  public enum Kind: String, Sendable, CaseIterable {
    case list = "lists"
    case queue = "queues"
    case announcements = "announces"
    case channel = "channels"

    /// The word before the colon of an address.
    public var word: String {
      switch self {
      case .list: "list"
      case .queue: "queue"
      case .announcements: "announce"
      case .channel: "channel"
      }
    }
  }

  /// The names of a kind, sorted.
  public func names(_ kind: Kind) -> [String] {
    switch kind {
    case .list: lists.keys.sorted()
    case .queue: queues.keys.sorted()
    case .announcements: announcements.keys.sorted()
    case .channel: channels.keys.sorted()
    }
  }

  /// Defines a list, a queue, a board or a channel anew, or removes it (nil); everything else in the file stays.
  /// - Throws: `invalid` for a name that is no word; what the closure throws, and then nothing has changed.
  public static func edit(
    _ kind: Kind, _ name: String, of town: Town, _ change: (JSONValue?) throws(BeadsError) -> JSONValue?
  ) throws(BeadsError) {
    guard AgentName(rawValue: name) != nil, AgentAddress(name) == nil else {
      throw BeadsError(
        .invalid, "\(quoted(name)) is no name for a \(kind.word)",
        hint: "a name holds letters, digits, - and _, and is no agent's")
    }
    try FileSystem.makeDirectory(town.path(".runtime/locks"))
    let lock = FileLock(
      path: town.path(".runtime/locks/messaging.lock"), command: "gt mail", clock: town.environment.clock)
    try file(town).edit(lock) { document throws(BeadsError) in
      if document == .object([]) {
        document["type"] = .string("messaging")
        document["version"] = .number("1")
      }
      var section = document[kind.rawValue] ?? .object([])
      section[name] = try change(section[name])
      document[kind.rawValue] = section
    }
  }
}
