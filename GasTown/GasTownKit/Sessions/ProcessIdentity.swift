import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One process for good: numbers are used again, a number with a start time is not.
public struct ProcessIdentity: Sendable, Hashable {
  /// Its number.
  public let pid: Int32
  /// When it started, as the system tells it: the boot and clock ticks since.
  public let start: String

  /// Describes a process that was seen before.
  public init(pid: Int32, start: String) {
    self.pid = pid
    self.start = start
  }

  /// The process that has the number now; nil when there is none, or the system does not tell.
  public init?(_ pid: Int32) {
    guard let status = ProcessStatus(pid) else { return nil }
    self.init(pid: pid, start: status.start)
  }

  /// Whether it still runs; one that has ended and waits to be collected does not.
  public var isAlive: Bool {
    guard let status = ProcessStatus(pid) else { return false }
    return status.start == start && !status.hasEnded
  }

  /// The value of `GT_RUN` in the environment it was started with; nil when there is none or it may not be read.
  public var nonce: String? {
    let name = Array("GT_RUN=".utf8)
    guard let block = try? FileSystem.read("/proc/\(pid)/environ") else { return nil }
    let entry = block.split(separator: 0).first { $0.starts(with: name) }
    return entry.map { String(decoding: $0.dropFirst(name.count), as: UTF8.self) }
  }

  /// What the system calls it, such as `sleep`; empty when it is gone.
  public var commandName: String {
    let text = (try? FileSystem.readText("/proc/\(pid)/comm")) ?? ""
    return String(text.prefix { $0 != "\n" })
  }

  /// Every process of this user that carries the nonce.
  ///
  /// Reads the environment of all processes: about 30 microseconds each.
  public static func all(nonce: String) -> [ProcessIdentity] {
    let pids = ((try? FileSystem.list("/proc")) ?? []).compactMap(Int32.init)
    return pids.compactMap { pid in
      guard let found = ProcessIdentity(pid), found.nonce == nonce else { return nil }
      return found
    }
  }

  /// This process.
  public static var own: ProcessIdentity? { ProcessIdentity(getpid()) }
}

/// What `/proc/PID/stat` tells.
struct ProcessStatus {
  let parent: Int32
  let group: Int32
  let start: String
  let hasEnded: Bool
  /// Whether a signal stopped it (SIGSTOP and its kind).
  let isStopped: Bool
  /// User and system time in clock ticks, of itself and its collected children.
  let ticks: Int64

  init?(_ pid: Int32) {
    guard pid > 0, let bytes = try? FileSystem.read("/proc/\(pid)/stat"),
      let close = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // The name in parentheses may contain blanks and parentheses itself.
    let fields = String(decoding: bytes[(close + 1)...], as: UTF8.self).split(separator: " ")
    guard fields.count > 19, let parent = Int32(fields[1]), let group = Int32(fields[2]) else { return nil }
    self.parent = parent
    self.group = group
    hasEnded = fields[0] == "Z" || fields[0] == "X"
    isStopped = fields[0] == "T" || fields[0] == "t"
    ticks = fields[11...14].compactMap { Int64($0) }.reduce(0, +)
    start = Self.boot + ":" + fields[19]
  }

  /// Distinguishes this run of the machine from earlier ones.
  private static let boot: String = {
    let text = (try? FileSystem.readText("/proc/sys/kernel/random/boot_id")) ?? ""
    return String(text.prefix(8))
  }()
}
