import BeadsSystem

/// Lines of ours between two markers in a file that others write too.
///
/// What was added can be told from what was there by the text alone: a blank line stands before the section, and the
/// file ends with a newline if it did before. So taking the section out gives back the file byte for byte.
struct MarkedSection: Sendable, Equatable {
  /// How a line is made a comment.
  enum Comment: Sendable, Equatable {
    case markdown, hash

    /// The usual comment of a file of that name.
    init(_ path: String) {
      let isMarkdown = [".md", ".mdc", ".markdown"].contains { path.hasSuffix($0) }
      self = isMarkdown ? .markdown : .hash
    }
  }

  let comment: Comment
  /// The lines between the markers, each with its newline.
  let text: String
  /// What stands before the section in a file that is made for it.
  var preamble = ""
  /// A top-level key that must not be set elsewhere in the file, for YAML.
  var key: String?

  /// The words of both markers, which older tools used too.
  private static let begin = "BEGIN BEADS INTEGRATION"
  private static let end = "END BEADS INTEGRATION"

  /// The section with its markers.
  var lines: String { line(Self.begin) + text + line(Self.end) }

  private func line(_ words: String) -> String {
    comment == .markdown ? "<!-- \(words) -->\n" : "# \(words)\n"
  }

  /// The file with the section in it, up to date; nil stands for no file.
  /// - Throws: `conflict` when the file has half a section, or a setting that ours would be a second of.
  func applied(to bytes: [UInt8]?, _ path: String) throws(BeadsError) -> [UInt8] {
    guard let bytes else { return Array((preamble + lines).utf8) }
    if let range = try Self.find(in: bytes, path) {
      let block = Self.block(lines, endsLine: bytes[range].last == newline)
      return Array(bytes[..<range.lowerBound]) + block + bytes[range.upperBound...]
    }
    if let key, Self.sets(key, bytes) {
      throw BeadsError(
        .conflict, "\(path) sets \(key) already",
        hint: "add what `bd setup RECIPE --print` shows; `-o FILE` writes the lines for agents alone")
    }
    let endsLine = bytes.isEmpty || bytes.last == newline
    return bytes + (endsLine ? [newline] : [newline, newline]) + Self.block(lines, endsLine: endsLine)
  }

  /// What is left of the file without the section.
  func removed(from bytes: [UInt8], _ path: String) throws(BeadsError) -> SetupRemainder {
    guard let range = try Self.find(in: bytes, path) else { return .untouched }
    let before = bytes[..<range.lowerBound]
    if range.upperBound == bytes.count, before.elementsEqual(preamble.utf8) { return .nothing }
    let isUnfinished = range.upperBound == bytes.count && bytes.last != newline
    var kept = before
    for _ in 0..<(isUnfinished ? 2 : 1) where kept.last == newline {
      let above = kept.dropLast()
      if isUnfinished || above.isEmpty || above.last == newline { kept = above }
    }
    return .content(Array(kept) + bytes[range.upperBound...])
  }

  private static func block(_ lines: String, endsLine: Bool) -> [UInt8] {
    let bytes = Array(lines.utf8)
    return endsLine ? bytes : Array(bytes.dropLast())
  }

  /// The lines from marker to marker.
  private static func find(in bytes: [UInt8], _ path: String) throws(BeadsError) -> Range<Int>? {
    var start: Int?
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
      let words = String(decoding: bytes[position..<end], as: UTF8.self).trimmingBlanks
      let isMarker = words.hasPrefix("<!-- ") || words.hasPrefix("# ")
      if isMarker, words.contains(Self.begin) {
        if start != nil { break }
        start = position
      } else if isMarker, words.contains(Self.end) {
        guard let start else { throw torn(path) }
        return start..<end
      }
      position = end
    }
    if start != nil { throw torn(path) }
    return nil
  }

  private static func torn(_ path: String) -> BeadsError {
    BeadsError(
      .conflict, "\(path) has only one of the two marker lines around the section of beads",
      hint: "put the missing line with BEGIN or END BEADS INTEGRATION back, or take both out")
  }

  private static func sets(_ key: String, _ bytes: [UInt8]) -> Bool {
    bytes.split(separator: newline).contains { $0.starts(with: (key + ":").utf8) }
  }
}

private let newline = UInt8(ascii: "\n")
