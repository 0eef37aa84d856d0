import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The screen and keyboard of the scripted agent: an input line behind `> `, as coding agents have one.
final class ScriptedTerminal {
  private var parser = MessageParser()
  private var received: [MessageParser.Event] = []
  private var hasEnded = false
  /// How often Enter is ignored.
  var swallowed = 0
  /// Whether what is typed has no effect at all.
  var isDeaf = false

  static let prompt = "> "

  init() {
    var settings = termios()
    if tcgetattr(STDIN_FILENO, &settings) == 0 {
      settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
      settings.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON)
      tcsetattr(STDIN_FILENO, TCSANOW, &settings)
      show("\u{1B}[?2004h")
    }
  }

  /// Prints lines above the input line.
  func print(_ text: String) {
    show("\r\u{1B}[K" + text + "\n")
    drawLine()
  }

  func drawLine() {
    // What is typed is shown by its beginning, on one line.
    let text = String(decoding: parser.line, as: UTF8.self)
    let shown = text.unicodeScalars.prefix(80).map { $0 == "\n" || $0 == "\t" ? " " : String($0) }.joined()
    let rest = parser.line.count > shown.utf8.count ? " [\(parser.line.count) bytes]" : ""
    show("\r\u{1B}[K" + Self.prompt + shown + rest)
  }

  func show(_ text: String) { write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { writeBytes($0) }
      if count < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(0, count))
    }
  }

  /// The next message, waiting for it at most so long (nil: for ever); nil when none came.
  /// - Throws: `Interrupted` when the person ends it, or nobody can type any more.
  func message(within time: Int64?) throws(Interrupted) -> String? {
    let deadline = time.map { monotonicNanoseconds() &+ $0 }
    while true {
      while !received.isEmpty {
        switch received.removeFirst() {
        case .interrupted: throw Interrupted()
        case .submitted(let bytes):
          if let text = submitted(bytes) { return text }
        }
      }
      let left = deadline.map { max(0, $0 - monotonicNanoseconds()) }
      guard try read(within: left) else { return nil }
    }
  }

  /// The end of the conversation.
  struct Interrupted: Error {}

  private func submitted(_ bytes: [UInt8]) -> String? {
    show("\n")
    drawLine()
    return bytes.isEmpty ? nil : TypedText.decode(String(decoding: bytes, as: UTF8.self))
  }

  /// Takes what was typed; false when nothing was in time.
  private func read(within time: Int64?) throws(Interrupted) -> Bool {
    if hasEnded { throw Interrupted() }
    var polled = [pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)]
    let wait = time.map { Int32(clamping: $0 / 1_000_000) } ?? -1
    let count = poll(&polled, 1, wait)
    if count == 0 { return false }
    if count < 0 { return true }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let size = readBytes(&buffer)
    if size <= 0 {
      hasEnded = true
      return true
    }
    if isDeaf { return true }
    received += parser.take(buffer[..<size]).filter { event in
      guard case .submitted(let text) = event, swallowed > 0 else { return true }
      swallowed -= 1
      parser.restore(text)
      return false
    }
    drawLine()
    return true
  }
}

private func writeBytes(_ bytes: UnsafeRawBufferPointer) -> Int {
  write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
}

private func readBytes(_ buffer: inout [UInt8]) -> Int {
  buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
}
