public import BeadsKit

/// Events for whoever waits for them, one file each: `events/CHANNEL/<unix ns>-<sequence>-<pid>.event`.
///
///     {"type":"deploy","channel":"ops","timestamp":"2026-01-02T03:04:05Z","payload":{"to":"test"}}
public struct ChannelEvents: Sendable {
  /// One event.
  public struct Event: Sendable, Equatable {
    /// Its file.
    public let path: String
    /// What happened.
    public let type: String
    /// When.
    public let timestamp: String
    /// More about it.
    public let payload: JSONValue
  }

  /// The channel.
  public let channel: String
  private let directory: String
  private let environment: Environment

  /// A channel of a town, which need not have been used before.
  /// - Throws: `invalid` for a name that is no name of a folder.
  public init(_ channel: String, in town: Town) throws(BeadsError) {
    let isName = channel.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isName, !channel.isEmpty, channel.utf8.count <= 100, !channel.hasPrefix(".") else {
      throw BeadsError(
        .invalid, "\(quoted(channel)) is no name for a channel", hint: "letters, digits, `-`, `_` and `.`")
    }
    self.channel = channel
    directory = town.path("events/\(channel)")
    environment = town.environment
  }

  /// Puts an event there.
  /// - Returns: The event, as a reader finds it.
  @discardableResult
  public func emit(_ type: String, _ payload: [(key: String, value: String)]) throws(BeadsError) -> Event {
    if type.isEmpty { throw BeadsError(.invalid, "an event has a type", hint: "--type NAME") }
    let now = environment.clock()
    let timestamp = Timestamp(unixNanoseconds: now).description
    var members = JSONValue.object([])
    for (key, value) in payload { members[key] = .string(value) }
    let json = JSONValue.object([
      .init(key: "type", value: .string(type)), .init(key: "channel", value: .string(channel)),
      .init(key: "timestamp", value: .string(timestamp)), .init(key: "payload", value: members),
    ])
    try FileSystem.makeDirectory(directory)
    let process = ProcessIdentity.own?.pid ?? 0
    var sequence = 1
    var path: String { Path.join(directory, "\(now)-\(sequence)-\(process).event") }
    while FileSystem.exists(path) { sequence += 1 }
    try FileSystem.replace(path, with: Array((json.compactText + "\n").utf8))
    return Event(path: path, type: type, timestamp: timestamp, payload: members)
  }

  /// The events that are there, oldest first; what is no event is passed over, and stays.
  public func pending() throws(BeadsError) -> [Event] {
    guard FileSystem.isDirectory(directory) else { return [] }
    var found: [(order: [Int64], event: Event)] = []
    for name in try FileSystem.list(directory) where name.hasSuffix(".event") && !name.hasPrefix(".") {
      let path = Path.join(directory, name)
      // Somebody else may take it away meanwhile.
      guard let bytes = try FileSystem.readIfPresent(path),
        let json = JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
        let type = json["type"]?.stringValue
      else { continue }
      let order = name.dropLast(6).split(separator: "-").map { Int64($0) ?? .max }
      let event = Event(
        path: path, type: type, timestamp: json["timestamp"]?.stringValue ?? "",
        payload: json["payload"] ?? .object([]))
      found.append((order, event))
    }
    return found.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.event)
  }

  /// Takes events away.
  public func remove(_ events: [Event]) throws(BeadsError) {
    for event in events { try FileSystem.remove(event.path) }
  }
}
