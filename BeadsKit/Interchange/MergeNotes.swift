/// The notes of an issue, told apart into what people wrote and what merges kept there.
///
/// A merge that must choose between two texts keeps the other one as a block, which a person may delete:
///
///     [merge: other title of 2026-01-02T03:04:05Z]
///     > Retry uploads
///
/// Quoting every line makes a block end where its text ends, whatever the text is.
struct MergeNotes {
  /// One kept text.
  struct Block: Hashable {
    let header: String
    let quoted: String

    /// Keeps the text that a field had in the version updated at that moment.
    init(field: String, of time: Timestamp, text: String) {
      header = "[merge: other \(field) of \(Timestamp(seconds: time.seconds))]"
      quoted = MergeNotes.lines(text).map { $0.isEmpty ? ">" : "> " + $0 }.joined(separator: "\n")
    }

    fileprivate init(header: String, quoted: String) {
      self.header = header
      self.quoted = quoted
    }

    static func == (a: Block, b: Block) -> Bool {
      a.header.isIdentical(to: b.header) && a.quoted.isIdentical(to: b.quoted)
    }

    /// The field and its text: what is kept once, whatever the time.
    fileprivate var content: ExactText { ExactText("\(fieldAndTime.field)\n\(quoted)") }

    fileprivate var fieldAndTime: (field: String, time: String) {
      let words = header.dropLast().split(separator: " ")
      return words.count == 5 ? (String(words[2]), String(words[4])) : ("", "")
    }

    fileprivate static func isHeader(_ line: String) -> Bool {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      return words.count == 5 && words[0] == "[merge:" && words[1] == "other" && words[3] == "of"
        && words[4].hasSuffix("Z]")
    }
  }

  /// What is not in a block.
  let body: String
  /// The blocks by time, each text once.
  let blocks: [Block]

  /// Puts blocks below a text.
  init(body: String, blocks: [Block]) {
    self.body = body
    var latest: [ExactText: Block] = [:]
    for block in blocks {
      let known = latest[block.content]
      if known.map({ $0.fieldAndTime.time.precedes(block.fieldAndTime.time) }) ?? true {
        latest[block.content] = block
      }
    }
    self.blocks = latest.values.sorted { a, b in
      let (x, y) = (a.fieldAndTime, b.fieldAndTime)
      if x.time != y.time { return x.time.precedes(y.time) }
      return x.field == y.field ? a.quoted.precedes(b.quoted) : x.field.precedes(y.field)
    }
  }

  /// Reads notes; blocks may stand anywhere, for people write below them.
  init(_ notes: String) {
    let lines = Self.lines(notes)
    var body: [String] = []
    var blocks: [Block] = []
    var index = 0
    while index < lines.count {
      let end = lines[(index + 1)...].firstIndex { !$0.utf8.starts(with: ">".utf8) } ?? lines.count
      guard Block.isHeader(lines[index]), end > index + 1 else {
        body.append(lines[index])
        index += 1
        continue
      }
      if body.last == "" { body.removeLast() }  // the line that set the block off
      blocks.append(Block(header: lines[index], quoted: lines[index + 1..<end].joined(separator: "\n")))
      index = end
    }
    self.init(body: body.joined(separator: "\n"), blocks: blocks)
  }

  /// The notes as they are written.
  var text: String {
    let parts = (body.isEmpty ? [] : [body]) + blocks.map { "\($0.header)\n\($0.quoted)" }
    return parts.joined(separator: "\n\n")
  }

  /// Whether the text of that block is kept here already.
  func keeps(_ block: Block) -> Bool { blocks.contains { $0.content == block.content } }

  /// What of a text is worth keeping when another was chosen: nothing that the other begins with, and only
  /// the addition when both added lines to the base.
  static func lostPart(of lost: String, against kept: String, base: String) -> String? {
    if kept.utf8.starts(with: lost.utf8) { return nil }
    let common = base + "\n"
    guard !base.isEmpty, lost.utf8.starts(with: common.utf8), kept.utf8.starts(with: common.utf8) else {
      return lost
    }
    return String(lost.utf8.dropFirst(common.utf8.count))
  }

  /// Splits at line feeds only: `Character` takes CR LF for one.
  private static func lines(_ text: String) -> [String] {
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
  }
}
