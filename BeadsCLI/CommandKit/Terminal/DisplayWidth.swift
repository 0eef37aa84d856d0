extension String {
  /// The number of terminal columns the text fills, as `wcwidth` counts: marks none, CJK and emoji two.
  ///
  /// Control characters count as nothing; make text harmless with ``terminalSafe(_:allowingNewlines:)`` first.
  public var displayWidth: Int {
    var text = self
    return text.withUTF8 { bytes in
      if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return bytes.count }
      var counter = WidthCounter()
      var scalars = ScalarReader(bytes)
      while let value = scalars.next() { counter.add(Unicode.Scalar(value) ?? "\u{FFFD}") }
      return counter.width
    }
  }
}

/// Sums widths over scalars, so that an emoji built of several scalars counts once.
struct WidthCounter {
  private(set) var width = 0
  /// The last scalar that fills columns by itself, and how many.
  private var base: Unicode.Scalar = " "
  private var baseWidth = 0
  /// Whether the base is a picture to which a joiner may add another.
  private var mayBeJoined = false
  private var followsJoiner = false

  mutating func add(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x300 {
      // No mark and no wide character below; terminals draw the soft hyphen.
      startBase(scalar, width: value < 0x20 || (value >= 0x7F && value < 0xA0) ? 0 : 1)
    } else if value == 0x200D {
      followsJoiner = mayBeJoined && base.isPicture
      mayBeJoined = false
    } else if value == 0xFE0F || (scalar.isSkinTone && base.properties.isEmoji) {
      followsJoiner = false
      if base.properties.isEmoji { showAsEmoji() }
    } else if followsJoiner && scalar.isPicture {
      followsJoiner = false
      mayBeJoined = true
      showAsEmoji()
    } else if scalar.isZeroWidth {
      followsJoiner = false
    } else {
      startBase(scalar, width: scalar.isWide ? 2 : 1)
    }
  }

  private mutating func startBase(_ scalar: Unicode.Scalar, width added: Int) {
    width += added
    base = scalar
    baseWidth = added
    mayBeJoined = true
    followsJoiner = false
  }

  /// The emoji form of a text symbol fills two columns.
  private mutating func showAsEmoji() {
    width += max(0, 2 - baseWidth)
    baseWidth = 2
  }
}

extension Unicode.Scalar {
  /// Combining marks, format characters and the inner letters of a Hangul syllable.
  var isZeroWidth: Bool {
    if value >= 0x1160 && value <= 0x11FF { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// A flag is two of these, one column each.
  private var isRegionalIndicator: Bool { value >= 0x1F1E6 && value <= 0x1F1FF }

  var isSkinTone: Bool { value >= 0x1F3FB && value <= 0x1F3FF }

  /// What a joiner can connect.
  var isPicture: Bool { !isASCII && !isRegionalIndicator && !isSkinTone && properties.isEmoji }

  /// East Asian wide and full-width characters, and emoji that are drawn as such by themselves.
  var isWide: Bool {
    guard value >= 0x1100 else { return false }
    if isRegionalIndicator { return false }
    for range in wideRanges {
      if value < range.0 { break }
      if value <= range.1 { return true }
    }
    return properties.isEmojiPresentation
  }
}

/// East_Asian_Width W and F of Unicode 16 without Emoji_Presentation; gaps hold only unassigned code points.
private let wideRanges: [(UInt32, UInt32)] = [
  (0x1100, 0x115F), (0x2329, 0x232A), (0x2630, 0x2637), (0x268A, 0x268F), (0x2E80, 0x303E),
  (0x3041, 0x3247), (0x3250, 0xA4C6), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
  (0xFE10, 0xFE19), (0xFE30, 0xFE6B), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x1B2FB),
  (0x1D300, 0x1D376), (0x1F200, 0x1F265), (0x20000, 0x3FFFD),
]
