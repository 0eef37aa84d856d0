public import BeadsKit

/// A line of `logs/town.log`.
public struct TownLogLine: Sendable, Equatable {
  /// When.
  public let time: Timestamp
  /// What kind of thing.
  public let type: String
  /// Who.
  public let agent: String
  /// What.
  public let detail: String

  /// Reads a line; nil for what is torn or something else.
  init?(_ line: String) {
    let parts = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count >= 4, let time = Timestamp("\(parts[0])T\(parts[1])Z"), parts[2].hasPrefix("["),
      parts[2].hasSuffix("]")
    else { return nil }
    self.time = time
    type = String(parts[2].dropFirst().dropLast())
    agent = String(parts[3])
    detail = parts.count > 4 ? String(parts[4]) : ""
  }
}

extension TownLog {
  /// The last lines that match, oldest first; reads no more of the file than that takes.
  /// - Parameters:
  ///   - type: Only of this type.
  ///   - agent: Only of agents whose address begins with this.
  public func lines(
    limit: Int = 20, type: String? = nil, agent: String? = nil, since: Timestamp? = nil
  ) throws(BeadsError) -> [TownLogLine] {
    var found: [TownLogLine] = []
    if limit <= 0 { return [] }
    try LineFile(path: path).forEachBackwards { text throws(BeadsError) in
      guard let line = TownLogLine(text) else { return true }
      if let since, line.time < since { return line.time.adding(seconds: 60) >= since }
      if Self.matches(line, type, agent) { found.append(line) }
      return found.count < limit
    }
    return found.reversed()
  }

  /// Hands new lines to a closure as they come, until it returns false.
  public func follow(
    type: String? = nil, agent: String? = nil, interval: Int64 = 300_000_000,
    _ body: ([TownLogLine]) throws(BeadsError) -> Bool
  ) throws(BeadsError) {
    let file = LineFile(path: path)
    var place = try file.end()
    while true {
      let lines = try file.lines(since: &place).compactMap(TownLogLine.init)
      if try !body(lines.filter { Self.matches($0, type, agent) }) { return }
      pause(nanoseconds: interval)
    }
  }

  private static func matches(_ line: TownLogLine, _ type: String?, _ agent: String?) -> Bool {
    (type == nil || line.type == type) && (agent.map { line.agent.hasPrefix($0) } ?? true)
  }
}
