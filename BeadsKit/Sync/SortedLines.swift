import BeadsFormats
import BeadsModel
import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds lines in a file of issues that is sorted by ID, reading a few kilobytes instead of all of it.
///
/// O(log size) reads. Only for files that this program wrote: canonical lines start with `{"id":"`.
struct SortedLines: ~Copyable {
  let file: File
  let size: Int64

  /// Opens the file if it is the one that is expected.
  /// - Throws: `FileSystem.Expectation.failure` when another one has taken its place.
  init(_ path: String, expected: FileStamp) throws(BeadsError) {
    file = try Self.open(path, expected)
    size = expected.size
  }

  private static func open(
    _ path: String, _ expected: FileStamp
  ) throws(BeadsError) -> File {
    do throws(BeadsError) {
      let file = try File(path, .read)
      if try file.status().stamp == expected { return file }
    } catch {
      if error.code != .notFound { throw error }
    }
    throw FileSystem.Expectation.failure
  }

  /// Where the line of an ID is, newline included; empty, at the place where it belongs, when there is none.
  func range(of id: IssueID) throws(BeadsError) -> Range<Int64> {
    // Invariant: the line starts at or after `low`, and at or before `high`.
    var (low, high) = (Int64(0), size)
    while high - low > 4096 {
      let middle = low + (high - low) / 2
      guard let start = try nextLine(after: middle, before: high) else {
        high = middle
        continue
      }
      if try self.id(at: start) <= id { low = start } else { high = middle }
    }
    return try scan(from: low, for: id)
  }

  /// The line of an ID without its newline, or nil when the file has none.
  func line(of id: IssueID) throws(BeadsError) -> String? {
    let range = try range(of: id)
    if range.isEmpty { return nil }
    let bytes = try bytes(at: range.lowerBound, count: Int(range.count))
    return String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }

  private func scan(from low: Int64, for id: IssueID) throws(BeadsError) -> Range<Int64> {
    var start = low
    while start < size {
      let end = try nextLine(after: start, before: size) ?? size
      let found = try self.id(at: start)
      if found == id { return start..<end }
      if found > id { break }
      start = end
    }
    return start..<start
  }

  /// The start of the first line that begins after `offset`; nil when that is not before `limit`.
  private func nextLine(after offset: Int64, before limit: Int64) throws(BeadsError) -> Int64? {
    var position = offset
    while position < limit {
      let chunk = try bytes(at: position, count: 4096)
      if let newline = chunk.firstIndex(of: 0x0A) {
        let start = position + Int64(newline) + 1
        return start < limit ? start : nil
      }
      if chunk.isEmpty { break }
      position += Int64(chunk.count)
    }
    return nil
  }

  private func id(at start: Int64) throws(BeadsError) -> IssueID {
    // An ID is at most 255 bytes; each may be written as a six-byte escape.
    let chunk = try bytes(at: start, count: 2048)
    let id = chunk.withUnsafeBufferPointer { buffer -> IssueID? in
      var reader = JSONReader(buffer)
      var isFirst = true
      guard (try? reader.beginObject()) != nil, let key = try? reader.nextKey(isFirst: &isFirst),
        key.elementsEqual("id".utf8), let text = try? reader.string()
      else { return nil }
      return IssueID(rawValue: text)
    }
    guard let id else { throw BeadsError(.corrupt, "\(file.path) has no issue at byte \(start)") }
    return id
  }

  private func bytes(at offset: Int64, count: Int) throws(BeadsError) -> [UInt8] {
    let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = max(0, pread(file.descriptor, buffer.baseAddress, count, off_t(offset)))
    }
    if chunk.isEmpty, offset < size { throw BeadsError(.io, "cannot read \(file.path)") }
    return chunk
  }
}
