#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular expression of a variable: POSIX extended, with `\d`, `\w` and `\s`.
struct FormulaPattern: ~Copyable {
  enum Failure: Error { case invalid(String) }

  private var compiled = regex_t()

  /// Compiles a pattern; those that could take very long or much memory are refused.
  init(_ text: String) throws(Failure) {
    if let reason = Self.refusal(text) { throw .invalid(reason) }
    let status = regcomp(&compiled, Self.posix(text), REG_EXTENDED | REG_NOSUB)
    guard status == 0 else {
      var buffer = [CChar](repeating: 0, count: 200)
      regerror(status, &compiled, &buffer, buffer.count)
      let length = buffer.firstIndex(of: 0) ?? 0
      let message = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .invalid(message.lowercased())
    }
  }

  deinit {
    var expression = compiled
    regfree(&expression)
  }

  /// What is wrong with a pattern, or nil.
  static func problem(_ text: String) -> String? {
    do throws(Failure) {
      _ = try FormulaPattern(text)
      return nil
    } catch {
      switch error {
      case .invalid(let reason): return reason
      }
    }
  }

  /// Whether the pattern is found in a value; anchors are up to the pattern.
  func matches(_ value: String) -> Bool {
    withUnsafePointer(to: compiled) { regexec($0, value, 0, nil, 0) == 0 }
  }

  private static func refusal(_ text: String) -> String? {
    if text.utf8.count > 500 { return "longer than 500 characters" }
    if text.utf8.contains(0) { return "holds a NUL" }
    if text.contains("(?") { return "`(?` is not supported" }
    var repeats = 1
    var isEscaped = false
    var number = 0
    for byte in text.utf8 {
      if isEscaped, byte &- 0x31 < 9 { return "references to groups are not supported" }
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      // Bounds multiply when groups nest, and each one is compiled as so many copies.
      if byte &- 0x30 < 10 {
        number = min(number * 10 + Int(byte - 0x30), 100_000)
      } else {
        if byte == UInt8(ascii: "}") { repeats = min(repeats * max(1, number), 100_000) }
        number = 0
      }
    }
    return repeats > 1000 ? "repeats too often" : nil
  }

  /// The pattern with the classes that POSIX does not know.
  private static func posix(_ text: String) -> String {
    var result = ""
    var isInBrackets = false
    var isEscaped = false
    for character in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
        switch character {
        case "d": result += isInBrackets ? "0-9" : "[0-9]"
        case "D" where !isInBrackets: result += "[^0-9]"
        case "w": result += isInBrackets ? "A-Za-z0-9_" : "[A-Za-z0-9_]"
        case "W" where !isInBrackets: result += "[^A-Za-z0-9_]"
        case "s": result += isInBrackets ? "[:space:]" : "[[:space:]]"
        case "S" where !isInBrackets: result += "[^[:space:]]"
        default: result += (isInBrackets ? "" : "\\") + String(character)
        }
      } else if character == "\\" {
        isEscaped = true
      } else {
        if character == "[" { isInBrackets = true } else if character == "]" { isInBrackets = false }
        result.unicodeScalars.append(character)
      }
    }
    return isEscaped ? result + "\\" : result
  }
}
