import BeadsKit
import GasTownKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a runtime tells about the session it begins: variables, and a JSON object on standard input.
enum SessionInput {
  /// What the environment and earlier calls tell.
  static func known(_ context: GtContext) -> Prime.Session {
    var session = Prime.Session()
    session.id = variable(context.environment)
    return session
  }

  private static func variable(_ environment: Environment) -> String? {
    ["GT_SESSION_ID", "CLAUDE_SESSION_ID"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }

  /// The JSON object that a runtime gives its hook; nil for anything else.
  static func object() -> JSONValue? {
    guard let found = JSONValue(parsing: standardInput()), case .object = found else { return nil }
    return found
  }

  /// Reads what a runtime's hook gets; makes up an ID when nobody tells one.
  static func read(_ environment: Environment) -> Prime.Session {
    var session = Prime.Session()
    if let object = JSONValue(parsing: standardInput()) {
      session.id = object["session_id"]?.stringValue
      session.source = object["source"]?.stringValue
    }
    if let named = variable(environment) { session.id = named }
    if session.id == nil {
      session.id = String(environment.entropy(), radix: 36) + String(environment.entropy(), radix: 36)
    }
    session.source = session.source ?? environment["GT_HOOK_SOURCE"]
    return session
  }

  /// What waits on standard input, up to 64 KB; never waits longer than a moment for somebody who writes nothing.
  private static func standardInput() -> String {
    if isatty(STDIN_FILENO) == 1 { return "" }
    var bytes: [UInt8] = []
    while bytes.count < 1 << 16 {
      var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, 50) > 0 else { break }
      var buffer = [UInt8](repeating: 0, count: 1 << 14)
      let count = systemRead(STDIN_FILENO, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension GtContext {
  /// Everything on standard input, without the line feed at its end.
  func standardInput() throws(BeadsError) -> String {
    var bytes: [UInt8] = []
    while true {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = systemRead(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw BeadsError(.io, "cannot read standard input") }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw BeadsError(.invalid, "standard input is not UTF-8 text")
    }
    if text.last?.isNewline == true { text.removeLast() }
    return text
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
