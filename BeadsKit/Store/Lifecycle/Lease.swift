import BeadsFormats
public import BeadsModel
import BeadsSystem

/// A claim that ends by itself unless its holder renews it, so that the work of an agent that died returns to the
/// queue.
///
/// It is the member `lease` of the issue's metadata, `{"holder":"alice","until":"...Z","seconds":600}`, so it travels
/// with the issue to other clones, and programs that know nothing of leases see an ordinary claim. It counts only
/// while the issue is in progress and the holder is its assignee; what such programs change therefore ends it.
/// Nothing has to run when it ends: whoever asks for ready work compares the time. `until` is later than what was asked
/// for by a tenth, at most half a minute, for clocks that differ.
public struct Lease: Sendable, Equatable {
  /// The member of the metadata.
  static let key = "lease"

  /// Who has the issue.
  public let holder: String
  /// When it ends, to the nanosecond in UTC.
  public let until: Timestamp
  /// For how long it was asked, which is how far a heartbeat moves its end.
  public let seconds: Int64

  /// The end as it is compared: text of fixed form, whose order is that of time.
  private let untilText: String

  /// Makes one that starts now.
  /// - Throws: `invalid` when it is shorter than a second or longer than thirty days.
  init(holder: String, seconds: Int64, from now: Timestamp) throws(BeadsError) {
    guard (1...30 * 86_400).contains(seconds) else {
      throw BeadsError(
        .invalid, "a lease of \(seconds) seconds is out of range", hint: "give 1s to 720h, for example 10m")
    }
    let end = now.adding(seconds: seconds + min(30, seconds / 10)).utc
    self.init(holder: holder, until: end, seconds: seconds, untilText: end.sortableText)
  }

  private init(holder: String, until: Timestamp, seconds: Int64, untilText: String) {
    self.holder = holder
    self.until = until
    self.seconds = seconds
    self.untilText = untilText
  }

  /// Reads what is in the metadata; nil for anything that is no lease of ours.
  fileprivate init?(_ value: JSONValue) {
    guard case .string(let holder)? = value.first("holder"), case .string(let until)? = value.first("until"),
      Self.hasForm(until)
    else { return nil }
    var seconds: Int64 = 600
    if case .number(let text)? = value.first("seconds") { seconds = Int64(text) ?? seconds }
    self.init(
      holder: holder, until: Timestamp(until) ?? Timestamp(seconds: 0), seconds: max(1, seconds),
      untilText: until)
  }

  fileprivate var json: JSONValue {
    .object([
      JSONValue.Member(key: "holder", value: .string(holder)),
      JSONValue.Member(key: "until", value: .string(untilText)),
      JSONValue.Member(key: "seconds", value: .number(String(seconds))),
    ])
  }

  /// Whether it has ended.
  public func hasEnded(at now: Timestamp) -> Bool { untilText <= now.sortableText }

  // MARK: The same in SQL

  private static let form = "0000-00-00T00:00:00.000000000Z"

  /// Whether a text has the form of the end, digits where the form has zeros.
  private static func hasForm(_ text: String) -> Bool {
    text.utf8.count == form.utf8.count
      && zip(text.utf8, form.utf8).allSatisfy { byte, place in
        place == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == place
      }
  }

  private static let glob = form.map { $0 == "0" ? "[0-9]" : String($0) }.joined()

  /// The condition that an `issues i` in progress is held by a lease that has ended.
  static func hasEnded(at now: String) -> String {
    """
    CASE WHEN i.metadata IS NOT NULL AND json_valid(i.metadata) THEN
      i.assignee <> '' AND json_type(i.metadata, '$.lease.holder') = 'text'
      AND i.metadata ->> '$.lease.holder' = i.assignee AND json_type(i.metadata, '$.lease.until') = 'text'
      AND i.metadata ->> '$.lease.until' <= \(now) AND i.metadata ->> '$.lease.until' GLOB '\(glob)' END
    """
  }
}

extension Issue {
  /// The lease by which its assignee has it; nil when it is claimed without one, or by nobody.
  public var lease: Lease? {
    guard status == .inProgress, !assignee.isEmpty, let lease = writtenLease, lease.holder == assignee else {
      return nil
    }
    return lease
  }

  /// Whether it is in progress by a lease that has ended, so that it is ready work again.
  public func hasEndedLease(at now: Timestamp) -> Bool { lease?.hasEnded(at: now) ?? false }

  /// What the metadata says, whether it counts or not.
  private var writtenLease: Lease? {
    // Most issues have no metadata, and most metadata no lease.
    guard let metadata, metadata.utf8.count > 60, let value = JSONValue(parsing: metadata)?.first(Lease.key)
    else {
      return nil
    }
    return Lease(value)
  }

  mutating func setLease(_ lease: Lease) throws(BeadsError) { try setMetadata(Lease.key, lease.json) }

  /// Removes a lease that the change ends: the issue is no longer in progress, or no longer the holder's.
  mutating func settleLease(after before: Issue?) {
    guard before?.lease != nil, lease == nil, writtenLease != nil else { return }
    try? removeMetadata(Lease.key)
  }
}

extension JSONValue {
  /// The first value of a key, as SQLite finds it in an object that has the key twice.
  fileprivate func first(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}
