/// A pattern for step IDs: `*` stands for any text, `?` for one character.
struct Glob {
  private let pattern: [UInt8]

  init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

  /// How much comparing with a text may cost.
  func cost(_ text: String) -> Int { (pattern.count + 1) * (text.utf8.count + 1) }

  /// Whether it matches a whole text; pattern times text at most.
  func matches(_ string: String) -> Bool {
    let text = Array(string.utf8)
    var place = 0
    var index = 0
    var star: (place: Int, index: Int)?
    while index < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, index)
        place += 1
      } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[index] {
        place += 1
        index += 1
      } else if let last = star {
        place = last.place + 1
        index = last.index + 1
        star = (last.place, index)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
