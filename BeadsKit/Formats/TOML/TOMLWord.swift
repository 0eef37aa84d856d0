/// The values that are one word: booleans, numbers and moments.
struct TOMLWord {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// The value, or why the word is none.
  func value() -> Result<TOMLValue, Problem> {
    if bytes.isEmpty { return .failure(.init("expected a value")) }
    switch text {
    case "true": return .success(.boolean(true))
    case "false": return .success(.boolean(false))
    case "inf", "+inf": return .success(.float(.infinity))
    case "-inf": return .success(.float(-.infinity))
    case "nan", "+nan", "-nan": return .success(.float(.nan))
    default: break
    }
    if looksLikeDateTime {
      return TOMLDateTime(bytes).map { .success(.dateTime($0)) }
        ?? .failure(.init("no such date or time: \(text)"))
    }
    guard let first = bytes.first(where: { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      first.isDigit
    else { return .failure(.init("expected a value; text needs quotes")) }
    if bytes.starts(with: "0x".utf8) { return integer(radix: 16) }
    if bytes.starts(with: "0o".utf8) { return integer(radix: 8) }
    if bytes.starts(with: "0b".utf8) { return integer(radix: 2) }
    let isFloat = bytes.contains { [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) }
    return isFloat ? float() : decimal()
  }

  /// Why a word is no value.
  struct Problem: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  private var text: String { String(decoding: bytes, as: UTF8.self) }

  private var notANumber: Problem { Problem("no number: \(text)") }

  /// Digits, then `-` as in a date or `:` as in a time.
  private var looksLikeDateTime: Bool {
    let digits = bytes.prefix(while: \.isDigit).count
    guard digits == 4 || digits == 2, bytes.count > digits else { return false }
    return bytes[bytes.startIndex + digits] == UInt8(ascii: digits == 4 ? "-" : ":")
  }

  // MARK: Numbers

  /// The digits without underscores, each of which has to stand between two digits.
  private func plain(
    _ digits: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool
  ) -> [UInt8]? {
    let underscore = UInt8(ascii: "_")
    guard let first = digits.first, let last = digits.last, isDigit(first), isDigit(last) else { return nil }
    var result: [UInt8] = []
    var wasUnderscore = false
    for byte in digits {
      if byte == underscore {
        if wasUnderscore { return nil }
      } else if isDigit(byte) {
        result.append(byte)
      } else {
        return nil
      }
      wasUnderscore = byte == underscore
    }
    return result
  }

  private func integer(radix: Int) -> Result<TOMLValue, Problem> {
    let digits = plain(bytes.dropFirst(2)) { byte in
      (Character(Unicode.Scalar(byte)).hexDigitValue ?? 99) < radix
    }
    guard let digits else { return .failure(notANumber) }
    return Int64(String(decoding: digits, as: UTF8.self), radix: radix).map { .success(.integer($0)) }
      ?? .failure(.init("\(text) does not fit into 64 bits"))
  }

  private var unsigned: ArraySlice<UInt8> {
    bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
  }

  private func decimal() -> Result<TOMLValue, Problem> {
    guard let digits = plain(unsigned, \.isDigit), !hasLeadingZero(digits) else {
      return .failure(notANumber)
    }
    let sign = bytes.first == UInt8(ascii: "-") ? "-" : ""
    return Int64(sign + String(decoding: digits, as: UTF8.self)).map { .success(.integer($0)) }
      ?? .failure(.init("\(text) does not fit into 64 bits"))
  }

  private func hasLeadingZero(_ digits: [UInt8]) -> Bool {
    digits.count > 1 && digits[0] == UInt8(ascii: "0")
  }

  private func float() -> Result<TOMLValue, Problem> {
    var rest = unsigned
    var plainText: [UInt8] = bytes.first == UInt8(ascii: "-") ? [UInt8(ascii: "-")] : []
    let whole = rest.prefix { $0.isDigit || $0 == UInt8(ascii: "_") }
    guard let digits = plain(whole, \.isDigit), !hasLeadingZero(digits) else { return .failure(notANumber) }
    plainText += digits
    rest = rest.dropFirst(whole.count)
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix { $0.isDigit || $0 == UInt8(ascii: "_") }
      guard let digits = plain(fraction, \.isDigit) else { return .failure(notANumber) }
      plainText += [UInt8(ascii: ".")] + digits
      rest = rest.dropFirst(1 + fraction.count)
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      var exponent = rest.dropFirst()
      plainText.append(UInt8(ascii: "e"))
      if let sign = exponent.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        plainText.append(sign)
        exponent = exponent.dropFirst()
      }
      guard let digits = plain(exponent, \.isDigit) else { return .failure(notANumber) }
      plainText += digits
      rest = []
    }
    guard rest.isEmpty, let value = Double(String(decoding: plainText, as: UTF8.self)) else {
      return .failure(notANumber)
    }
    return .success(.float(value))
  }
}
