/// What `bd prime` tells an agent at the start of a session: a guide, then memories, within so many bytes.
///
/// What has no room is left out whole, memories first, and one line says how to see it.
public struct PrimeText: Sendable {
  /// What fits into a hook's output before agents' programs cut it off.
  public static let defaultBudget = 2000

  /// The guide, in parts, the most important first.
  public var guide: [String]
  /// What the user wants every session to know.
  public var memories: [(key: String, value: String)]

  /// Makes a text of its parts.
  public init(guide: [String], memories: [(key: String, value: String)] = []) {
    self.guide = guide
    self.memories = memories
  }

  /// The text.
  /// - Parameter budget: The most bytes of UTF-8 it may have, at least 100; nil for all there is.
  public func text(budget: Int?) -> String {
    var page = Page(room: budget ?? .max)
    let parts = guide.filter { !$0.allSatisfy(\.isWhitespace) }
    // The end of the page is kept for the note on what is left out, where something has to be.
    let tail = min(memoryLines.reduce(0) { $0 + $1.utf8.count + 1 }, Self.note(memories.count).utf8.count + 1)
    let end = memories.isEmpty ? 0 : Self.heading.utf8.count + 3 + tail
    let isWhole = parts.reduce(end) { $0 + $1.utf8.count + 2 } <= page.room
    page.reserve = isWhole ? 0 : Self.guideNote.utf8.count + 2
    let shown = parts.prefix { page.add($0, separator: "\n\n") }.count
    page.reserve = 0
    if shown < parts.count {
      _ = page.add(Self.guideNote, separator: "\n\n")
      return page.text
    }
    addMemories(to: &page)
    return page.text
  }

  private static let guideNote = "The rest: `bd prime --full`"
  private static let heading = "## Memories"

  private func addMemories(to page: inout Page) {
    if memories.isEmpty { return }
    let lines = memoryLines
    let whole = lines.reduce(Self.heading.utf8.count + 3) { $0 + $1.utf8.count + 1 }
    page.reserve = whole > page.room - page.text.utf8.count ? Self.note(lines.count).utf8.count + 1 : 0
    let hasHeading = page.add(Self.heading, separator: "\n\n")
    let left = hasHeading ? lines.count { !page.add($0, separator: "\n") } : lines.count
    page.reserve = 0
    if left > 0 { _ = page.add(Self.note(left), separator: "\n") }
  }

  private var memoryLines: [String] { memories.map { "- \(Self.line($0.key)): " + Self.line($0.value) } }

  private static func note(_ count: Int) -> String { "- \(count) more: `bd memories`" }

  /// A memory is one line, so that it cannot pass for a part of the guide.
  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Text that grows up to a limit; its last newline is counted.
  private struct Page {
    let room: Int
    var reserve = 0
    private(set) var text = ""

    init(room: Int) { self.room = room }

    mutating func add(_ part: String, separator: String) -> Bool {
      var body = part[...]
      while body.last?.isNewline == true { body.removeLast() }
      let ending = text.isEmpty ? "" : String(separator.dropFirst())
      guard text.utf8.count + ending.utf8.count + body.utf8.count + 1 <= room - reserve else { return false }
      text += ending + body + "\n"
      return true
    }
  }
}
