/// Numbers in the digits `0-9a-z`, the alphabet of hash IDs.
package enum Base36 {
  /// The `length` least significant digits, padded with zeros on the left.
  package static func text(_ value: UInt64, length: Int) -> String {
    String(unsafeUninitializedCapacity: length) { out in
      var rest = value
      for index in stride(from: length - 1, through: 0, by: -1) {
        let digit = UInt8(truncatingIfNeeded: rest % 36)
        out[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        rest /= 36
      }
      return length
    }
  }

  /// Whether a byte is one of `0-9a-z`.
  package static func isDigit(_ byte: UInt8) -> Bool { byte.isASCIIDigit || byte.isASCIILowercase }
}

extension UInt8 {
  var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  var isASCIILowercase: Bool { self &- UInt8(ascii: "a") < 26 }
  var isASCIILetter: Bool { (self | 0x20).isASCIILowercase }
}
