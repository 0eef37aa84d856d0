public import BeadsKit

extension Daemon {
  /// What it does, line by line.
  public var logPath: String { town.path("daemon/daemon.log") }

  /// A log that has grown to so many bytes is put aside.
  private static let longestLog: Int64 = 4 << 20
  /// So many of them are kept.
  private static let keptLogs = 5

  /// Appends a line to the log; one that has grown large is put aside first.
  public func write(_ line: String) {
    _ = try? rotateLogs()
    let clean = line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
    try? FileSystem.append(Array("\(town.now) \(clean)\n".utf8), to: logPath)
  }

  /// Puts the log aside when it has grown large, as `daemon.log.1`; the oldest of five goes.
  /// - Parameter isForced: Whether it is put aside whatever its size.
  /// - Returns: Whether it was put aside.
  @discardableResult
  public func rotateLogs(isForced: Bool = false) throws(BeadsError) -> Bool {
    guard let size = try FileSystem.stamp(logPath)?.size, size > (isForced ? 0 : Self.longestLog) else {
      return false
    }
    for number in (1..<Self.keptLogs).reversed() where FileSystem.exists("\(logPath).\(number)") {
      try FileSystem.rename("\(logPath).\(number)", to: "\(logPath).\(number + 1)")
    }
    try FileSystem.rename(logPath, to: logPath + ".1")
    return true
  }

  /// The last lines of the log.
  public func lastLines(_ count: Int) throws(BeadsError) -> [String] {
    var lines: [String] = []
    if count <= 0 { return [] }
    try LineFile(path: logPath).forEachBackwards { line in
      lines.append(line)
      return lines.count < count
    }
    return lines.reversed()
  }

  /// Hands new lines of the log to a closure as they come, also across its rotation, until it returns false.
  public func followLog(
    interval: Int64 = 300_000_000, _ body: ([String]) throws(BeadsError) -> Bool
  ) throws(BeadsError) {
    let file = LineFile(path: logPath)
    var place = try file.end()
    while try body(try file.lines(since: &place)) { pause(nanoseconds: interval) }
  }
}
