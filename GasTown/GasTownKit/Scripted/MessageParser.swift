/// Puts together the messages in what is typed to an agent: keys, pastes between their marks, Enter.
struct MessageParser {
  /// What was typed since the last message.
  private(set) var line: [UInt8] = []
  private var isPasting = false
  /// The beginning of a control sequence.
  private var sequence: [UInt8] = []

  enum Event: Equatable {
    /// Enter was pressed behind this.
    case submitted([UInt8])
    /// Ctrl-C was pressed.
    case interrupted
  }

  private static let escape: UInt8 = 0x1B
  private static let pasteStart = Array("\u{1B}[200~".utf8)
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// Takes what was read; the messages that are complete with it.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes { take(byte, &events) }
    return events
  }

  /// Enter that is ignored: what was typed stays.
  mutating func restore(_ text: [UInt8]) { line = text + line }

  private mutating func take(_ byte: UInt8, _ events: inout [Event]) {
    if !sequence.isEmpty || byte == Self.escape { return takeSequence(byte) }
    if isPasting {
      line.append(byte)
      return
    }
    switch byte {
    case 0x0D:
      events.append(.submitted(line))
      line = []
    case 0x03: events.append(.interrupted)
    case 0x15: line = []  // Ctrl-U
    case 0x7F, 0x08: while let last = line.popLast(), last & 0xC0 == 0x80 {}
    case 0x0A: line.append(byte)
    case ..<0x20: break
    default: line.append(byte)
    }
  }

  private mutating func takeSequence(_ byte: UInt8) {
    sequence.append(byte)
    if sequence == Self.pasteStart || sequence == Self.pasteEnd {
      isPasting = sequence == Self.pasteStart
      sequence = []
    } else if !Self.pasteStart.starts(with: sequence), !Self.pasteEnd.starts(with: sequence) {
      // Another sequence ends with a letter or `~`; in a paste it is text.
      if isPasting {
        line += sequence
        sequence = []
      } else if sequence.count > 2 ? (0x40...0x7E).contains(byte) : byte != UInt8(ascii: "[") {
        sequence = []
      }
    }
  }
}
