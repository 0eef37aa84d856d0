import BeadsKit

/// The log for people, `logs/town.log`: `2026-03-02 09:00:00 [sling] mayor ap-1a2 to app/polecats/nux`, times in UTC.
public struct TownLog: Sendable {
  /// The file.
  public let path: String
  private let environment: Environment

  /// The log of a town.
  public init(_ town: Town) {
    path = town.path("logs/town.log")
    environment = town.environment
  }

  /// Appends a line; never fails the command that reports it.
  public func append(_ type: String, agent: String, _ detail: String) {
    let time = Timestamp(unixNanoseconds: environment.clock()).description
    let day = time.prefix(10), clock = time.dropFirst(11).prefix(8)
    let line = "\(day) \(clock) [\(Self.oneLine(type))] \(Self.oneLine(agent)) \(Self.oneLine(detail))\n"
    if !FileSystem.exists(Path.directory(of: path)) {
      try? FileSystem.makeDirectory(Path.directory(of: path))
    }
    try? FileSystem.append(Array(line.utf8), to: path)
  }

  private static func oneLine(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      result.unicodeScalars.append(isControl ? " " : scalar)
    }
  }
}
