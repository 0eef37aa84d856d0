/// The content of a hook file: which lines are ours, and how to put ours in and take them out.
struct HookScript {
  let bytes: [UInt8]
  private let lines: [Line]
  /// What is ours: whole sections, and what is left of broken ones.
  private let parts: [Part]

  private struct Line {
    let range: Range<Int>
    /// Without blanks at the ends, so that indentation and CRLF do not matter.
    let text: String
  }

  private struct Part {
    let range: Range<Int>
    let lines: Range<Int>
    let isWhole: Bool
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let lines = Self.split(bytes)
    self.lines = lines
    parts = Self.find(lines)
  }

  private static func split(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      lines.append(Line(range: start..<end, text: String(text.trimmingBlanks)))
      start = end
    }
    return lines
  }

  // MARK: What is there

  /// Whether a shell runs it, so that lines for a shell may be put in.
  var isShell: Bool {
    if bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return false }
    guard let first = lines.first?.text, first.hasPrefix("#!") else { return true }
    return Self.shells.contains(interpreter)
  }

  private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh"]

  /// The program of the first line, such as `bash` for `#!/usr/bin/env bash`; empty without one.
  var interpreter: String {
    guard let first = lines.first?.text, first.hasPrefix("#!") else { return "" }
    var words = first.dropFirst(2).split(whereSeparator: \.isWhitespace)[...]
    let name = { (word: Substring) in String(word.split(separator: "/").last ?? word) }
    guard let program = words.popFirst().map(name) else { return "" }
    guard program == "env" || program == "busybox" else { return program }
    // `env -S bash -e`, `env -i PATH=/bin sh`
    return words.first { !$0.hasPrefix("-") && !$0.contains("=") }.map(name) ?? program
  }

  /// Whether an older tool of this family wrote the whole file.
  var isShim: Bool {
    let marks = ["# bd-shim", "# bd-hooks-version:", "# bd (beads)"]
    return parts.isEmpty && lines.prefix(10).contains { line in marks.contains { line.text.hasPrefix($0) } }
  }

  /// Whether something in it is ours.
  var hasSection: Bool { !parts.isEmpty }

  /// The version in the marker, or that of an older tool's file; nil when there is none.
  var version: String? {
    for line in lines.prefix(isShim ? 10 : lines.count) {
      for mark in [HookSection.begin, "# bd-hooks-version:", "# bd-shim"] where line.text.hasPrefix(mark) {
        let word = line.text.dropFirst(mark.count).split(whereSeparator: \.isWhitespace).first ?? ""
        return String(word.first == "v" ? word.dropFirst() : word)
      }
    }
    return nil
  }

  /// Whether it holds the section word for word, once and nothing broken; versions may differ.
  func holds(_ section: HookSection) -> Bool {
    guard parts.count == 1, let part = parts.first, part.isWhole else { return false }
    return lines[part.lines].dropFirst().dropLast().map(\.text)
      == section.body.map { String($0.trimmingBlanks) }
      && !bytes[part.range].contains(UInt8(ascii: "\r"))
  }

  /// Whether the section in it hands over to `NAME.old`.
  var isChained: Bool {
    parts.contains { part in lines[part.lines].contains { $0.text.contains("exec \"$0.old\"") } }
  }

  /// Whether there is nothing but the line that names the shell.
  var isEmpty: Bool {
    lines.enumerated().allSatisfy { index, line in
      line.text.isEmpty || (index == 0 && line.text.hasPrefix("#!"))
    }
  }

  // MARK: Changing it

  /// The content with the section instead of all that was ours.
  func installing(_ section: HookSection) -> [UInt8] {
    if holds(section) { return bytes }
    guard let place = parts.first(where: \.isWhole) else {
      let rest = HookScript(removingSections())
      return rest.inserting(section.text, at: rest.headingEnd)
    }
    var result: [UInt8] = []
    var position = 0
    for part in parts {
      result += bytes[position..<part.range.lowerBound]
      if part.range == place.range { result += ended(section.text, as: bytes[part.range]) }
      position = part.range.upperBound
    }
    return result + bytes[position...]
  }

  /// The content without anything of ours.
  func removingSections() -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    for part in parts {
      result += bytes[position..<part.range.lowerBound]
      position = part.range.upperBound
      // Put in after a line that had no newline, which it was given.
      let isBare = position == bytes.count && bytes.last != newline
      if isBare, result.last == newline { result.removeLast() }
    }
    return result + bytes[position...]
  }

  /// Behind the line that names the shell and the comment under it.
  private var headingEnd: Int {
    lines.prefix { $0.text.hasPrefix("#") }.last?.range.upperBound ?? 0
  }

  private func inserting(_ text: String, at place: Int) -> [UInt8] {
    let isAfterBareLine = place > 0 && bytes[place - 1] != newline
    let inserted = isAfterBareLine ? "\n" + text.dropLast() : text
    return bytes[..<place] + Array(inserted.utf8) + bytes[place...]
  }

  private func ended(_ text: String, as old: ArraySlice<UInt8>) -> [UInt8] {
    Array((old.last == newline ? text[...] : text.dropLast()).utf8)
  }

  // MARK: Finding what is ours

  private static func find(_ lines: [Line]) -> [Part] {
    var parts: [Part] = []
    var open: Int?
    func add(_ range: Range<Int>, isWhole: Bool) {
      let bytes = lines[range.lowerBound].range.lowerBound..<lines[range.upperBound - 1].range.upperBound
      parts.append(Part(range: bytes, lines: range, isWhole: isWhole))
    }
    for (index, line) in lines.enumerated() {
      if line.text.hasPrefix(HookSection.begin) {
        if let start = open { add(start..<start + 1 + ours(after: start, lines), isWhole: false) }
        open = index
      } else if line.text.hasPrefix(HookSection.end) {
        if let start = open, !holdsMoreThanOurs(start, index, lines) {
          add(start..<index + 1, isWhole: true)
        } else {
          if let start = open { add(start..<start + 1 + ours(after: start, lines), isWhole: false) }
          add(index - ours(before: index, lines)..<index + 1, isWhole: false)
        }
        open = nil
      }
    }
    if let start = open { add(start..<start + 1 + ours(after: start, lines), isWhole: false) }
    return parts
  }

  /// Whether the markers belong to two sections that lost their other one: between them is one of ours and more.
  private static func holdsMoreThanOurs(_ begin: Int, _ end: Int, _ lines: [Line]) -> Bool {
    let count = ours(after: begin, lines)
    return begin + 1 + count < end && bodies.contains { $0.count == count }
  }

  /// How many lines after a marker without its other one are ours, word for word.
  private static func ours(after marker: Int, _ lines: [Line]) -> Int {
    let following = lines[(marker + 1)...].lazy.map(\.text)
    return bodies.map { body in zip(following, body).prefix { $0 == $1 }.count }.max() ?? 0
  }

  /// The same for the lines before one; a section ends with words that any script may have.
  private static func ours(before marker: Int, _ lines: [Line]) -> Int {
    let preceding = lines[..<marker].reversed().map(\.text)
    let count = bodies.map { body in zip(preceding, body.reversed()).prefix { $0 == $1 }.count }.max() ?? 0
    return preceding.prefix(count).contains { $0.contains("bd hooks run") } ? count : 0
  }

  private static var bodies: [[String]] {
    GitHook.allCases.flatMap { hook in
      [true, false].map { isChained in
        HookSection(hook: hook, isChained: isChained).body.map { String($0.trimmingBlanks) }
      }
    }
  }
}

private let newline = UInt8(ascii: "\n")
