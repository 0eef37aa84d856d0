import BeadsFormats
import BeadsModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What can be told of a line of the issue file without decoding it.
enum IssueLine {
  private static let start = Array(#"{"id":""#.utf8)

  /// The bytes of the ID when the line starts as we and the classic tools write it.
  static func leadingID(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard line.count > start.count, let base = line.baseAddress, memcmp(base, start, start.count) == 0 else {
      return nil
    }
    let rest = UnsafeBufferPointer(rebasing: line[start.count...])
    guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
      rest[end] == UInt8(ascii: "\"")
    else { return nil }
    return UnsafeBufferPointer(rebasing: rest[..<end])
  }

  /// The ID of a line, decoding it when it starts in another way; nil when it holds no issue.
  static func id(_ line: UnsafeBufferPointer<UInt8>, _ decoder: IssueDecoder) -> IssueID? {
    if let bytes = leadingID(line) { return IssueID(rawValue: String(decoding: bytes, as: UTF8.self)) }
    guard case .issue(let issue)? = try? decoder.decode(line) else { return nil }
    return issue.id
  }
}
