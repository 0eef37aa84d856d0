/// The range of a loop, `a..b`: both are arithmetic with `+ - * / ^`, parentheses and variables in braces.
struct LoopRange {
  let first: Int
  let last: Int

  struct Failure: Error, Equatable { let reason: String }

  /// Works out a range.
  init(_ text: String, values: (String) -> String?) throws(Failure) {
    guard let dots = text.firstRange(of: "..") else { throw Failure(reason: "write first..last") }
    var left = LoopArithmetic(text[..<dots.lowerBound])
    var right = LoopArithmetic(text[dots.upperBound...])
    first = try left.value(values)
    last = try right.value(values)
  }

  /// What is wrong with the form of a range, or nil; variables are not looked at.
  static func problem(_ text: String) -> String? {
    do throws(Failure) {
      _ = try LoopRange(text) { _ in "1" }
      return nil
    } catch { return error.reason == "divides by zero" ? nil : error.reason }
  }
}

/// Whole numbers, `+ - * / ^` with the usual precedence, `^` to the right, and parentheses.
private struct LoopArithmetic {
  private var rest: Substring.UTF8View
  private var depth = 0

  init(_ text: Substring) { rest = text.utf8 }

  mutating func value(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    let value = try sum(values)
    if let byte = peek() { throw unexpected(byte) }
    return value
  }

  private mutating func sum(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    var value = try product(values)
    while let sign = take("+-") {
      let other = try product(values)
      value = try checked(
        sign == UInt8(ascii: "+")
          ? value.addingReportingOverflow(other) : value.subtractingReportingOverflow(other))
    }
    return value
  }

  private mutating func product(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    var value = try power(values)
    while let sign = take("*/") {
      let other = try power(values)
      if sign == UInt8(ascii: "/"), other == 0 { throw LoopRange.Failure(reason: "divides by zero") }
      value = try checked(
        sign == UInt8(ascii: "*")
          ? value.multipliedReportingOverflow(by: other) : value.dividedReportingOverflow(by: other))
    }
    return value
  }

  private mutating func power(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    depth += 1
    defer { depth -= 1 }
    if depth > 50 { throw LoopRange.Failure(reason: "nested too deeply") }
    if take("-") != nil { return try checked(try power(values).multipliedReportingOverflow(by: -1)) }
    let base = try operand(values)
    guard take("^") != nil else { return base }
    let exponent = try power(values)
    guard 0...64 ~= exponent else { throw LoopRange.Failure(reason: "an exponent is from 0 to 64") }
    var value = 1
    for _ in 0..<exponent { value = try checked(value.multipliedReportingOverflow(by: base)) }
    return value
  }

  private mutating func operand(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    if take("(") != nil {
      let value = try sum(values)
      guard take(")") != nil else { throw LoopRange.Failure(reason: "`)` missing") }
      return value
    }
    if take("{") != nil { return try variable(values) }
    guard let byte = peek() else { throw LoopRange.Failure(reason: "a number is missing") }
    let digits = rest.prefix { 0x30...0x39 ~= $0 }
    if digits.isEmpty { throw unexpected(byte) }
    rest = rest[digits.endIndex...]
    guard let value = Int(Substring(digits)) else { throw LoopRange.Failure(reason: "a number is too large") }
    return value
  }

  private mutating func variable(_ values: (String) -> String?) throws(LoopRange.Failure) -> Int {
    let name = rest.prefix { $0 != UInt8(ascii: "}") }
    rest = rest[name.endIndex...]
    let text = String(Substring(name))
    guard take("}") != nil, FormulaText.isVariableName(text) else {
      throw LoopRange.Failure(reason: "`{` without a name and `}`")
    }
    guard let value = values(text) else { throw LoopRange.Failure(reason: "`\(text)` has no value") }
    guard let number = Int(value) else { throw LoopRange.Failure(reason: "`\(text)` is no whole number") }
    return number
  }

  private func checked(_ result: (partialValue: Int, overflow: Bool)) throws(LoopRange.Failure) -> Int {
    if result.overflow { throw LoopRange.Failure(reason: "a number is too large") }
    return result.partialValue
  }

  private func unexpected(_ byte: UInt8) -> LoopRange.Failure {
    LoopRange.Failure(
      reason: byte < 0x7F ? "unexpected `\(Character(Unicode.Scalar(byte)))`" : "unexpected text")
  }

  private mutating func peek() -> UInt8? {
    while rest.first == 0x20 { rest.removeFirst() }
    return rest.first
  }

  private mutating func take(_ characters: StaticString) -> UInt8? {
    guard let byte = peek(), characters.withUTF8Buffer({ $0.contains(byte) }) else { return nil }
    rest.removeFirst()
    return byte
  }
}
