public import BeadsKit

extension Timestamp {
  /// The second in UTC as people read it: `2026-01-02 03:04:05`.
  public var shown: String { Self.shown(description) }

  /// The same of a time as files hold it; what is no time stays as it is.
  public static func shown(_ text: String) -> String {
    guard let time = Timestamp(text) else { return text }
    let parts = time.description
    return "\(parts.prefix(10)) \(parts.dropFirst(11).prefix(8))"
  }
}
