import BeadsKit

/// A file to which processes append lines, and which may be replaced by an empty one (rotated) at any moment.
///
/// A line without its line feed is still being written, or was torn by a crash: it is no line yet.
struct LineFile {
  let path: String
  private static let blockSize = 1 << 16

  /// Hands the lines to a closure, the last one first, until it returns false; reads no more of the file than that.
  func forEachBackwards(_ body: (String) throws(BeadsError) -> Bool) throws(BeadsError) {
    guard FileSystem.exists(path) else { return }
    let file = try File(path, .read)
    var end = try file.status().stamp.size
    var rest: [UInt8] = []
    var isLast = true
    while end > 0 {
      let start = max(0, end - Int64(Self.blockSize))
      let block = try file.read(at: start, count: Int(end - start)) + rest
      var lines = block.split(separator: 0x0A, omittingEmptySubsequences: false)
      // After the last line feed comes nothing, or a line that is not finished.
      if isLast { lines.removeLast() }
      isLast = false
      rest = start > 0 ? Array(lines.isEmpty ? block[...] : lines.removeFirst()) : []
      for line in lines.reversed() where !line.isEmpty {
        if try !body(String(decoding: line, as: UTF8.self)) { return }
      }
      end = start
    }
  }

  /// A place from which new lines are read.
  struct Place: Equatable {
    var inode: UInt64?
    var offset: Int64 = 0
  }

  /// Where the file ends now.
  func end() throws(BeadsError) -> Place {
    guard let stamp = try FileSystem.stamp(path) else { return Place() }
    return Place(inode: UInt64(stamp.inode), offset: stamp.size)
  }

  /// The lines that came since a place, which moves on; a file that was replaced or emptied is read from its start.
  func lines(since place: inout Place) throws(BeadsError) -> [String] {
    guard let now = try? end(), let inode = now.inode else { return [] }
    if place.inode != inode || now.offset < place.offset { place = Place(inode: inode) }
    if now.offset == place.offset { return [] }
    let file = try File(path, .read)
    let bytes = try file.read(at: place.offset, count: Int(now.offset - place.offset))
    guard let last = bytes.lastIndex(of: 0x0A) else { return [] }
    place.offset += Int64(last) + 1
    return bytes[...last].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }
}
