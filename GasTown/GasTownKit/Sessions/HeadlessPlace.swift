import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder of a headless session; see `HeadlessSessions`.
struct HeadlessPlace {
  let folder: String

  init(_ folder: String) { self.folder = folder }

  private func path(_ name: String) -> String { Path.join(folder, name) }
  var log: String { path("output.log") }
  var input: String { path("input") }

  /// What `gt run-agent` is to start: read once, and removed, because it may hold secrets.
  struct Order {
    var arguments: [String]
    var variables: [String: String]
    var directory: String
  }

  /// Writes down what to start.
  func prepare(_ request: SessionRequest) throws(BeadsError) {
    try FileSystem.makeDirectory(folder, mode: 0o700)
    if FileSystem.exists(log) { try FileSystem.rename(log, to: log + ".1") }
    try FileSystem.append([], to: log, mode: 0o600)
    try FileSystem.remove(input)
    if mkfifo(input, 0o600) != 0 {
      throw BeadsError(.io, "cannot make the pipe \(input): \(systemMessage(errno))")
    }
    let variables = request.variables.sorted { $0.key < $1.key }
    let order = JSONValue.object([
      .init(key: "arguments", value: .array(request.arguments.map { .string($0) })),
      .init(key: "directory", value: .string(request.directory)),
      .init(key: "form", value: .string(request.messageForm.rawValue)),
      .init(
        key: "variables",
        value: .object(variables.map { .init(key: $0.key, value: .string($0.value)) })),
    ])
    try FileSystem.replace(path("form"), with: Array(request.messageForm.rawValue.utf8), mode: 0o600)
    try FileSystem.replace(path("order.json"), with: Array(order.compactText.utf8), mode: 0o600)
  }

  /// Takes what to start.
  func takeOrder() throws(BeadsError) -> Order {
    let text = try FileSystem.readText(path("order.json"))
    try FileSystem.remove(path("order.json"))
    guard let order = JSONValue(parsing: text), let directory = order["directory"]?.stringValue,
      case .object(let members)? = order["variables"], let arguments = order["arguments"]?.arrayValue
    else { throw BeadsError(.corrupt, "\(folder)/order.json does not say what to start") }
    let variables = members.compactMap { member in member.value.stringValue.map { (member.key, $0) } }
    return Order(
      arguments: arguments.compactMap(\.stringValue), variables: Dictionary(variables) { $1 },
      directory: directory)
  }

  /// Writes down what runs.
  func announce(_ pid: Int32) throws(BeadsError) {
    let start = ProcessIdentity(pid)?.start ?? ""
    let created = Environment.systemClock() / 1_000_000_000
    let session = JSONValue.object([
      .init(key: "pid", value: .number("\(pid)")), .init(key: "start", value: .string(start)),
      .init(key: "created_at", value: .number("\(created)")),
    ])
    try FileSystem.replace(path("session.json"), with: Array(session.compactText.utf8), mode: 0o600)
  }

  /// Writes down how it ended.
  func record(exit status: Int32) throws(BeadsError) {
    try FileSystem.replace(path("exit"), with: Array("\(status)\n".utf8), mode: 0o600)
  }

  /// The session as it is now; nil when none was started here, or it was stopped.
  func snapshot(_ name: String) throws(BeadsError) -> SessionSnapshot? {
    guard let bytes = try FileSystem.readIfPresent(path("session.json")) else { return nil }
    guard let session = JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
      let pid = session["pid"]?.intValue.map({ Int32(clamping: $0) }),
      let start = session["start"]?.stringValue, let created = session["created_at"]?.intValue
    else { throw BeadsError(.corrupt, "\(path("session.json")) does not tell which process runs") }
    let process = ProcessIdentity(pid: pid, start: start)
    let isAlive = process.isAlive
    let exit = try FileSystem.readIfPresent(path("exit")).flatMap { bytes in
      Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
    let seen = try FileSystem.stamp(log).map { $0.modified / 1_000_000_000 }
    return SessionSnapshot(
      name: name, pid: isAlive ? pid : nil, processStart: isAlive ? start : nil, isDead: !isAlive,
      exitStatus: exit, createdAt: Int64(created), lastActivity: seen)
  }

  /// Forgets the session; what it printed stays.
  func clear() throws(BeadsError) {
    for name in ["session.json", "order.json", "exit", "input", "form"] {
      try FileSystem.remove(path(name))
    }
  }

  /// The end of what it printed.
  func lastLines(_ count: Int) -> String {
    guard let file = try? File(log, .read), let size = try? file.status().stamp.size else { return "" }
    let wanted = min(Int(size), max(4096, count * 400))
    lseek(file.descriptor, off_t(Int(size) - wanted), SEEK_SET)
    guard let bytes = try? file.readToEnd() else { return "" }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.suffix(count).joined(separator: "\n")
  }
}

// MARK: - Messages

extension HeadlessPlace {
  /// Writes a message to the pipe and waits a moment for the agent to read it.
  /// - Returns: Whether it was read.
  func write(_ message: TypedMessage) throws(BeadsError) -> Bool {
    let form = MessageForm(rawValue: (try? FileSystem.readText(path("form"))) ?? "") ?? .pasted
    let bytes: [UInt8]
    switch form {
    case .none:
      throw BeadsError(
        .unsupported, "this agent takes no messages while it works",
        hint: "mail waits until it asks; see `gt mail send --help`")
    case .pasted: bytes = Array("\u{1B}[200~\(TypedText.encode(message.text))\u{1B}[201~\r".utf8)
    case .streamJSON:
      let content = JSONValue.object([
        .init(key: "role", value: .string("user")), .init(key: "content", value: .string(message.text)),
      ])
      let line = JSONValue.object([
        .init(key: "type", value: .string("user")), .init(key: "message", value: content),
      ])
      bytes = Array((line.compactText + "\n").utf8)
    }
    return try write(bytes)
  }

  private func write(_ bytes: [UInt8]) throws(BeadsError) -> Bool {
    // Reading and writing, because a writer alone could not open it before the agent does.
    let pipe = open(input, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard pipe >= 0 else { throw BeadsError(.io, "cannot write to \(input): \(systemMessage(errno))") }
    defer { close(pipe) }
    var waiting: Int32 = 0
    _ = ioctl(pipe, UInt(FIONREAD), &waiting)
    // All or nothing: a message that is cut would run into the next one.
    guard Int(waiting) + bytes.count < Self.capacity(of: pipe) else {
      throw BeadsError(.io, "the agent does not read what it was sent before")
    }
    guard bytes.withUnsafeBytes({ writeBytes(pipe, $0) }) == bytes.count else {
      throw BeadsError(.io, "cannot write to \(input): \(systemMessage(errno))")
    }
    let deadline = monotonicNanoseconds() &+ 2_000_000_000
    repeat {
      waiting = 0
      if ioctl(pipe, UInt(FIONREAD), &waiting) == 0, waiting == 0 { return true }
      pause(nanoseconds: 2_000_000)
    } while monotonicNanoseconds() < deadline
    return false
  }

  /// How much the pipe takes; asks for more than it has at first.
  private static func capacity(of pipe: Int32) -> Int {
    #if os(Linux)
      _ = fcntl(pipe, setPipeSize, 1 << 20)
      return Int(fcntl(pipe, getPipeSize))
    #else
      return 1 << 14
    #endif
  }
}

#if os(Linux)
  // Hidden by the C library without _GNU_SOURCE.
  private let setPipeSize: Int32 = 1031
  private let getPipeSize: Int32 = 1032
#endif

// write(2) under a name that the methods do not shadow.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
