/// One buffered stream of bytes: a file descriptor, or memory in tests.
///
/// Nobody reads a closed pipe any more, so bytes written to one are dropped without an error. Any other
/// failure is kept in ``failure``, and later bytes are dropped too.
public final class OutputChannel {
  private let descriptor: Int32?
  private let makeTraits: () -> TerminalTraits
  private var buffer: [UInt8] = []
  /// How many bytes of a memory stream have been flushed.
  private var settled = 0
  private static let capacity = 64 * 1024

  /// Why bytes were lost, in the system's words; nil when none were, or when the reader went away.
  public private(set) var failure: String?
  /// Whether the reader has gone: a program that writes for ever should stop.
  public private(set) var isClosed = false
  /// Whether anything of what was written has left this process and cannot be taken back.
  private(set) var hasHandedOver = false
  /// What the stream can show; worked out when first asked for.
  public private(set) lazy var traits = makeTraits()

  /// A stream to an open descriptor, which it does not close; colours and width follow the process's
  /// environment unless another is given.
  public init(descriptor: Int32, environment: ((String) -> String?)? = nil) {
    self.descriptor = descriptor
    makeTraits = {
      TerminalTraits(
        isTerminal: Platform.isTerminal(descriptor), terminalWidth: Platform.width(of: descriptor),
        environment: environment ?? Platform.environment)
    }
  }

  /// A stream into memory, read with ``captured``.
  public init(traits: TerminalTraits) {
    descriptor = nil
    makeTraits = { traits }
  }

  /// What a stream into memory received; of a descriptor, what is not yet written.
  public var captured: String { String(decoding: buffer, as: UTF8.self) }

  /// Writes text as it is.
  public func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes bytes as they are.
  public func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  /// Writes bytes as they are.
  public func write(_ bytes: UnsafeRawBufferPointer) {
    guard !isClosed, failure == nil else { return }
    guard let descriptor, buffer.count + bytes.count > Self.capacity else {
      buffer.append(contentsOf: bytes)
      return
    }
    flush()
    if bytes.count >= Self.capacity {
      hasHandedOver = true
      note(Platform.write(bytes, to: descriptor))
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Writes text for people, coloured if the stream shows colours.
  public func write(_ text: TerminalText) { write(text.rendered(color: traits.usesColor)) }

  /// Hands buffered bytes to the system.
  public func flush() {
    if buffer.count > settled { hasHandedOver = true }
    guard let descriptor else {
      settled = buffer.count
      return
    }
    if buffer.isEmpty { return }
    if !isClosed, failure == nil { note(buffer.withUnsafeBytes { Platform.write($0, to: descriptor) }) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Drops bytes that have not been flushed.
  func discard() { buffer.removeSubrange(settled...) }

  private func note(_ code: Int32) {
    if code == Platform.brokenPipe {
      isClosed = true
    } else if code != 0 {
      failure = Platform.describe(code)
    }
  }
}
