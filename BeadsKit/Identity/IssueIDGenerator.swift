public import BeadsSystem

/// Makes the hash IDs of new issues; the caller takes the first candidate that does not exist yet.
public struct IssueIDGenerator: Sendable {
  /// The prefix of the IDs.
  public let prefix: Prefix
  /// Which infix the IDs get.
  public let kind: IssueIDKind

  /// Makes a generator for one prefix and kind of issue.
  public init(prefix: Prefix, kind: IssueIDKind = .issue) {
    self.prefix = prefix
    self.kind = kind
  }

  /// The IDs to try in order: nonces 0 to 9 at `length`, then the same at every longer length up to 8.
  ///
  /// The hash covers title, description, creator, the creation time in nanoseconds since 1970 and the nonce.
  public func candidates(
    title: String, description: String, creator: String, createdAt: Timestamp, length: Int
  ) -> IssueIDCandidates {
    var hash = SHA256()
    hash.update("\(title)|\(description)|\(creator)|\(createdAt.unixNanoseconds)|")
    return IssueIDCandidates(hash: hash, head: prefix.of(kind) + "-", length: length)
  }

  /// The ID of a counter: `bd-17`.
  public func id(number: Int) -> IssueID { IssueID(unchecked: "\(prefix.of(kind))-\(number)") }

  /// The number in an ID that a counter of this prefix could have made, or nil.
  public func number(of id: IssueID) -> Int? {
    let head = prefix.of(kind).utf8
    let text = id.rawValue.utf8
    guard text.starts(with: head) else { return nil }
    let rest = text.dropFirst(head.count)
    guard rest.first == UInt8(ascii: "-") else { return nil }
    return decimalNumber(rest.dropFirst())
  }

  /// The error of a generator whose candidates all exist.
  public func exhausted() -> BeadsError {
    BeadsError(
      .conflict,
      "no free ID with prefix \(prefix.of(kind)) was found in \(IssueIDCandidates.noncesPerLength) tries "
        + "at every length", hint: "try again; the creation time is part of the ID")
  }
}

/// The IDs that a new issue may get, best first; at most 60.
public struct IssueIDCandidates: Sequence, IteratorProtocol, Sendable {
  static let noncesPerLength = 10

  private let hash: SHA256
  private let head: String
  private var length: Int
  private var nonce = 0

  init(hash: SHA256, head: String, length: Int) {
    self.hash = hash
    self.head = head
    self.length = Swift.min(Swift.max(length, IDLength.allowed.lowerBound), IDLength.allowed.upperBound)
  }

  /// The next ID to try, or nil after ten nonces at length 8.
  public mutating func next() -> IssueID? {
    if nonce == Self.noncesPerLength {
      nonce = 0
      length += 1
    }
    guard length <= IDLength.allowed.upperBound else { return nil }
    var seeded = hash
    seeded.update(String(nonce))
    nonce += 1
    return IssueID(unchecked: head + Self.suffix(seeded.digest, length: length))
  }

  /// The hash part of an ID: the first bytes of a digest as a big-endian number in base 36.
  static func suffix(_ digest: SHA256Digest, length: Int) -> String {
    let byteCount =
      switch length {
      case ...3: 2
      case 4: 3
      case 5, 6: 4
      default: 5
      }
    return Base36.text(digest.leadingInteger(byteCount: byteCount), length: length)
  }
}

/// The value of text made of ASCII digits without a leading zero, or nil.
func decimalNumber(_ text: Substring.UTF8View) -> Int? {
  guard let first = text.first, text.count == 1 || first != UInt8(ascii: "0"),
    text.allSatisfy(\.isASCIIDigit)
  else { return nil }
  return Int(Substring(text))
}
