public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Processes that sessions of this town have left behind: they carry the nonce of a session that has ended.
///
/// Nothing else makes a process one of these, neither its name nor that it has no parent.
public struct Leftovers {
  /// A process that was left behind.
  public struct Found: Sendable, Equatable {
    /// Whose session it belonged to.
    public let owner: String
    /// The process.
    public let process: ProcessIdentity
    /// What it was called with, for people.
    public var commandLine: String {
      let bytes = (try? FileSystem.read("/proc/\(process.pid)/cmdline")) ?? []
      return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
  }

  private let database: TownDatabase

  /// Looks for what sessions of a town left.
  public init(_ database: TownDatabase) { self.database = database }

  /// Every such process, ordered by number.
  /// - Parameter isIncluded: Whether processes of an agent count.
  public func find(_ isIncluded: (AgentAddress) -> Bool = { _ in true }) throws(BeadsError) -> [Found] {
    var owners: [String: String] = [:]
    try database.connection.query("SELECT nonce, address FROM sessions WHERE ended_at IS NOT NULL") {
      row throws(BeadsError) in owners[row.text(0)] = row.text(1)
    }
    if owners.isEmpty { return [] }
    return SessionProcesses().carriers.compactMap { process, nonce in
      guard let owner = owners[nonce], isIncluded(AgentAddress(owner) ?? .overseer) else { return nil }
      return Found(owner: owner, process: process)
    }.sorted { $0.process.pid < $1.process.pid }
  }

  /// Ends them: politely, then by force.
  /// - Returns: Those that do not end.
  public static func end(_ found: [Found], grace: Duration = .seconds(2)) -> [Found] {
    if found.isEmpty { return [] }
    if grace > .zero { signal(found, SIGTERM, within: grace) }
    signal(found, SIGKILL, within: .seconds(2))
    return found.filter(\.process.isAlive)
  }

  private static func signal(_ found: [Found], _ number: Int32, within time: Duration) {
    for one in found where one.process.isAlive {
      kill(one.process.pid, number)
      kill(one.process.pid, SIGCONT)
    }
    let deadline = monotonicNanoseconds() &+ nanoseconds(time)
    while found.contains(where: \.process.isAlive), monotonicNanoseconds() < deadline {
      pause(nanoseconds: 5_000_000)
    }
  }
}
