import BeadsSystem

/// The settings in one git configuration file.
struct GitConfigFile {
  /// Keys as `section.name` or `section.Subsection.name`, in file order.
  private(set) var entries: [(key: String, value: String)] = []
  /// Whether other files belong to this one; only git itself evaluates the conditions.
  private(set) var hasIncludes = false

  /// Reads a file; nil when there is none that can be read.
  init?(path: String) {
    guard let bytes = try? FileSystem.read(path) else { return nil }
    self.init(bytes)
  }

  init(_ bytes: [UInt8]) {
    var parser = GitConfigParser(bytes)
    while let entry = parser.next() {
      entries.append(entry)
      if entry.key.hasPrefix("include.") || entry.key.hasPrefix("includeif.") { hasIncludes = true }
    }
  }

  /// The last value of a key.
  func value(_ key: String) -> String? { entries.last { $0.key == key }?.value }
}

/// A reader of git's configuration syntax; what git would refuse is skipped to the end of its line.
private struct GitConfigParser {
  private let bytes: [UInt8]
  private var position = 0
  private var section = ""

  init(_ bytes: [UInt8]) {
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func next() -> (key: String, value: String)? {
    while let byte = current {
      switch byte {
      case UInt8(ascii: "["): readSection()
      case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine()
      case _ where isLetter(byte):
        if let entry = readEntry() { return entry }
      default: position += 1
      }
    }
    return nil
  }

  private mutating func readSection() {
    position += 1
    let name = take { isNamePart($0) || $0 == UInt8(ascii: ".") }
    section = name.lowercased()
    skipBlanks()
    if current == UInt8(ascii: "\"") {
      position += 1
      section += "." + readSubsection()
    }
    if current == UInt8(ascii: "]") { position += 1 } else { skipLine() }
  }

  private mutating func readSubsection() -> String {
    var name: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\n") {
      position += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\"), let escaped = current {
        position += 1
        name.append(escaped)
      } else {
        name.append(byte)
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func readEntry() -> (key: String, value: String)? {
    let name = take(while: isNamePart)
    skipBlanks()
    let key = section + "." + name.lowercased()
    switch current {
    case UInt8(ascii: "="):
      position += 1
      return (key, readValue())
    case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"), UInt8(ascii: ";"):
      return (key, "true")
    default:
      skipLine()
      return nil
    }
  }

  private mutating func readValue() -> String {
    skipBlanks()
    var value: [UInt8] = []
    var kept = 0
    var isQuoted = false
    while let byte = current, byte != UInt8(ascii: "\n") {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        kept = value.count
      case UInt8(ascii: "\\"):
        if let escaped = readEscape() { value.append(escaped) }
        kept = value.count
      case UInt8(ascii: "#") where !isQuoted, UInt8(ascii: ";") where !isQuoted: skipLine()
      default:
        value.append(byte)
        if isQuoted || !isBlank(byte) { kept = value.count }
      }
    }
    return String(decoding: value[..<kept], as: UTF8.self)
  }

  private mutating func readEscape() -> UInt8? {
    guard let byte = current else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "\n"): return nil
    case UInt8(ascii: "\r"):
      if current == UInt8(ascii: "\n") { position += 1 }
      return nil
    default: return byte
    }
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> String {
    let end = bytes[position...].firstIndex { !isPart($0) } ?? bytes.count
    defer { position = end }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while let byte = current, isBlank(byte) { position += 1 }
  }

  private mutating func skipLine() {
    while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
  }
}

private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

private func isNamePart(_ byte: UInt8) -> Bool {
  isLetter(byte) || byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
