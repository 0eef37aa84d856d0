import BeadsKit

/// The town's raw event log, `.events.jsonl`: what was done, by whom, one JSON object a line.
///
/// `{"ts":"2026-01-02T03:04:05Z","source":"gt","type":"sling","actor":"mayor","payload":{...},"visibility":"feed"}`
public struct EventLog: Sendable {
  let path: String
  private let environment: Environment
  private let log: TownLog

  /// The log of a town.
  public init(_ town: Town) {
    path = town.path(".events.jsonl")
    environment = town.environment
    log = TownLog(town)
  }

  /// Appends an event, and a line about it to the log for people; never fails the command that reports it.
  ///
  /// One write of one line: concurrent writers do not mix. A torn line at the end is ended first; readers skip it.
  /// - Parameters:
  ///   - type: A type of contract 8.2, such as `sling`.
  ///   - payload: Keys and values in order; nil values are left out.
  public func append(_ type: String, actor: String, _ payload: [(String, String?)] = []) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("ts", Timestamp(unixNanoseconds: environment.clock()).description)
    writer.member("source", "gt")
    writer.member("type", type)
    writer.member("actor", actor)
    writer.key("payload")
    writer.beginObject()
    for (key, value) in payload {
      if let value {
        writer.key(key)
        writer.string(value)
      }
    }
    writer.endObject()
    writer.member("visibility", "feed")
    writer.endObject()
    let line = writer.text
    try? FileSystem.append(startOfLine + Array(line.utf8) + [0x0A], to: path)
    if let event = TownEvent(line: line) { log.append(type, agent: actor, event.summary) }
  }

  /// What ends a line that a crash has torn, so that the next event is not lost with it; nothing in most cases.
  private var startOfLine: [UInt8] {
    guard let size = (try? FileSystem.stamp(path))??.size, size > 0, let file = try? File(path, .read),
      let last = try? file.read(at: size - 1, count: 1), last != [0x0A]
    else { return [] }
    return [0x0A]
  }
}
