/// What names of formulas and IDs of steps may look like.
package enum FormulaName {
  static let lengthLimit = 200

  /// What is wrong with a name, or nil.
  ///
  /// - Parameter allowsPlaceholders: whether parts such as `{target}` or `{n}` may stand in it.
  package static func problem(_ name: String, allowsPlaceholders: Bool = false) -> String? {
    let bytes = name.utf8
    if bytes.isEmpty { return "is empty" }
    if bytes.count > lengthLimit { return "is longer than \(lengthLimit) characters" }
    if bytes.first == UInt8(ascii: "."), !allowsPlaceholders { return "begins with a dot" }
    if name.contains("..") { return "holds `..`" }
    if bytes.allSatisfy({ isNameByte($0) || allowsPlaceholders && ($0 == 0x7B || $0 == 0x7D) }) { return nil }
    return "may hold only letters, digits, `-`, `_` and `.`"
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
