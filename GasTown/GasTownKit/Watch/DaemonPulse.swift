public import BeadsKit

/// How the daemon is: `daemon/state.json`, for those who want to know whether it still looks.
struct DaemonPulse {
  private let path: String
  private let town: Town
  private let process: ProcessIdentity
  private let startedAt: Timestamp
  private var count = 0
  private var writtenAt: Int64 = 0

  init(_ town: Town, _ process: ProcessIdentity) {
    path = Daemon.statePath(town)
    self.town = town
    self.process = process
    startedAt = town.now
    count = (try? Daemon(town).state())?.count ?? 0
  }

  /// Notes that it has looked; written every ten seconds.
  mutating func beat() {
    count += 1
    let now = monotonicNanoseconds()
    if writtenAt != 0, now - writtenAt < 10_000_000_000 { return }
    writtenAt = now
    write(isRunning: true)
  }

  /// Notes that it has ended.
  func end() { write(isRunning: false) }

  private func write(isRunning: Bool) {
    let state = JSONValue.members([
      ("running", .bool(isRunning)), ("pid", .number("\(process.pid)")),
      ("started_at", .string(startedAt.description)), ("last_heartbeat", .string(town.now.description)),
      ("heartbeat_count", .number("\(count)")),
    ])
    _ = try? FileSystem.replace(path, with: Array((state.compactText + "\n").utf8))
  }
}

extension Daemon {
  /// How the daemon is, by its own word.
  public struct State: Sendable {
    /// When it looked last; it says so every ten seconds.
    public let lastLook: Timestamp?
    /// How often it looked.
    public let count: Int
  }

  static func statePath(_ town: Town) -> String { town.path("daemon/state.json") }

  /// What the daemon said of itself last; nil when none ever ran.
  /// - Throws: `corrupt` when the file cannot be understood.
  public func state() throws(BeadsError) -> State? {
    guard let state = try JSONFile(path: Self.statePath(town)).read() else { return nil }
    return State(
      lastLook: state["last_heartbeat"]?.stringValue.flatMap { Timestamp($0) },
      count: Int(state["heartbeat_count"]?.intValue ?? 0))
  }
}
