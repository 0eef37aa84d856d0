/// Text for a terminal that no control character leaves or enters: the one sanitizer of what agents are told.
///
/// Line feeds and tabs stay. Other control characters are shown by their pictures (ESC as `␛`), so that an agent can
/// read what was meant; a picture that was in the text already is marked with `␐`, which makes the original text
/// recoverable, byte for byte.
public enum TypedText {
  private static let mark: Unicode.Scalar = "\u{2410}"
  private static let delete: Unicode.Scalar = "\u{2421}"
  private static let space: Unicode.Scalar = "\u{2420}"

  /// The text as it is typed.
  public static func encode(_ text: String) -> String {
    if !text.unicodeScalars.contains(where: isSpecial) { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A: scalars.append(scalar)
      case 0x10:
        scalars.append(mark)
        scalars.append(space)
      case 0..<0x20: scalars.append(picture(scalar.value))
      case 0x7F: scalars.append(delete)
      case 0x80..<0xA0:
        scalars.append(mark)
        scalars.append(Unicode.Scalar(UInt8(scalar.value - 0x40)))
      case 0x2400..<0x2420, 0x2421:
        scalars.append(mark)
        scalars.append(scalar)
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// The text that was meant.
  public static func decode(_ text: String) -> String {
    if !text.unicodeScalars.contains(where: isPicture) { return text }
    var scalars = String.UnicodeScalarView()
    var isMarked = false
    for scalar in text.unicodeScalars {
      if isMarked {
        isMarked = false
        switch scalar {
        case space: scalars.append("\u{10}")
        case "\u{40}"..."\u{5F}": scalars.append(Unicode.Scalar(UInt8(scalar.value + 0x40)))
        default: scalars.append(scalar)
        }
      } else if scalar == mark {
        isMarked = true
      } else if scalar == delete {
        scalars.append("\u{7F}")
      } else if isPicture(scalar) {
        scalars.append(Unicode.Scalar(UInt8(scalar.value - 0x2400)))
      } else {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func picture(_ value: UInt32) -> Unicode.Scalar {
    Unicode.Scalar(0x2400 + value) ?? delete
  }

  private static func isPicture(_ scalar: Unicode.Scalar) -> Bool {
    (0x2400..<0x2420).contains(scalar.value) || scalar == delete
  }

  private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value < 0x20 && value != 0x0A && value != 0x09 || (0x7F..<0xA0).contains(value)
      || isPicture(scalar)
  }
}
