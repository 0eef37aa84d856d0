import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A started program with the pipes that lead to it.
struct ChildProcess: ~Copyable {
  let pid: pid_t
  private let request: Subprocess
  private let deadline: Int64?
  private var streams: [CaptureStream]
  private var status: Int32?
  private var killAt: Int64?
  private var timedOut = false
  private var wasCancelled = false

  /// How often to look for the exit of a child whose pipes stay silent.
  private static let pollInterval: Int32 = 20
  /// The capacity of a pipe (1 MiB at the most) in reads.
  private static let pipefuls = (1 << 20) / CaptureStream.readSize

  init(_ request: Subprocess) throws(BeadsError) {
    let now = monotonicNanoseconds()
    self.request = request
    deadline = request.timeout.map { now &+ min(nanoseconds($0), .max &- now) }
    let spawned = try Spawn(request).start()
    pid = spawned.pid
    streams = spawned.streams
  }

  /// A program nobody waits for any more is ended, not left behind.
  deinit {
    for stream in streams { stream.close() }
    if status == nil {
      _ = kill(request.ownsGroup ? -pid : pid, SIGKILL)
      _ = retrying { waitpid(pid, nil, 0) }
    }
  }

  /// Reads the pipes until the program has ended.
  mutating func communicate(_ isCancelled: (() -> Bool)?) throws(BeadsError) -> Subprocess.Result {
    var silentPolls = 0
    while status == nil {
      let now = monotonicNanoseconds()
      if !wasCancelled, isCancelled?() == true { wasCancelled = true }
      teardown(now)
      if streams.allSatisfy({ !$0.isOpen }), deadline == nil, isCancelled == nil {
        try reap(blocking: true)
      } else {
        if try !readAvailable(timeout: pollTimeout(now, silentPolls)) { silentPolls += 1 }
        try reap(blocking: false)
      }
    }
    // The program has ended, but a background child of it may keep the pipes open and even write to them: take no
    // more than what can have been in them.
    for _ in 0..<Self.pipefuls { if try !readAvailable(timeout: 0) { break } }
    return result()
  }

  private func pollTimeout(_ now: Int64, _ silentPolls: Int) -> Int32 {
    // With closed pipes only the exit is awaited: start with short looks.
    let step =
      streams.contains(where: \.isOpen) ? Self.pollInterval : min(Int32(silentPolls) + 1, Self.pollInterval)
    guard let next = killAt ?? deadline else { return step }
    return Int32(clamping: max(1, min(Int64(step), (next - now) / 1_000_000)))
  }

  /// Waits for input on the pipes; false when none came in time.
  private mutating func readAvailable(timeout: Int32) throws(BeadsError) -> Bool {
    var polled = streams.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
    let count = poll(&polled, nfds_t(polled.count), timeout)
    if count < 0, errno != EINTR { throw .system(errno, "read the output of \(name)", .read) }
    if count <= 0 { return false }
    for index in streams.indices where polled[index].revents != 0 { streams[index].readOnce() }
    return true
  }

  private mutating func reap(blocking: Bool) throws(BeadsError) {
    // Until the leader of a group is reaped nobody else gets its number: what is left of the group ends now.
    let endsGroup = request.ownsGroup && (request.endsGroup || killAt != nil)
    if endsGroup, hasExited(blocking: blocking) { signal(SIGKILL) }
    var raw: Int32 = 0
    let result = retrying { waitpid(pid, &raw, blocking ? 0 : WNOHANG) }
    if result == pid { status = raw }
    if result < 0 { throw .system(errno, "wait for \(name)", .read) }
  }

  /// Whether the program has ended and waits to be reaped.
  private func hasExited(blocking: Bool) -> Bool {
    var info = siginfo_t()
    let flags = WEXITED | WNOWAIT | (blocking ? 0 : WNOHANG)
    let result = retrying { waitid(P_PID, id_t(pid), &info, flags) }
    return result == 0 && info.si_signo != 0
  }

  /// Asks the program to end once its time is over or nobody wants it any more, and forces it after the grace.
  private mutating func teardown(_ now: Int64) {
    if let killAt {
      if now >= killAt { signal(SIGKILL) }
      return
    }
    timedOut = !wasCancelled && deadline.map { now >= $0 } ?? false
    guard timedOut || wasCancelled else { return }
    killAt = now &+ min(nanoseconds(request.grace), .max &- now)
    signal(SIGTERM)
  }

  private func signal(_ number: Int32) {
    _ = kill(request.ownsGroup ? -pid : pid, number)
  }

  private var name: String { request.arguments.first ?? "" }

  private func result() -> Subprocess.Result {
    let raw = status ?? 0
    let number = raw & 0x7F
    return Subprocess.Result(
      status: number == 0 ? .exited((raw >> 8) & 0xFF) : .signaled(number),
      output: streams.first?.kept ?? [], errorOutput: streams.dropFirst().first?.kept ?? [],
      isTruncated: streams.contains(where: \.isTruncated), timedOut: timedOut, wasCancelled: wasCancelled)
  }
}

/// The reading end of a pipe and what came through it.
package struct CaptureStream: Sendable {
  package let descriptor: Int32
  let limit: Int
  let keepsEnd: Bool
  static let readSize = 65_536
  package private(set) var bytes: [UInt8] = []
  package private(set) var isOpen = true
  private(set) var isTruncated = false

  init(descriptor: Int32, limit: Int, keepsEnd: Bool) {
    self.descriptor = descriptor
    self.limit = limit
    self.keepsEnd = keepsEnd
  }

  /// What is kept of it in the end.
  var kept: [UInt8] { keepsEnd && bytes.count > limit ? Array(bytes.suffix(limit)) : bytes }

  /// Takes what is there, waiting if there is nothing.
  package mutating func readOnce() {
    withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 16) { buffer in
      let count = retrying { read(descriptor, buffer.baseAddress, buffer.count) }
      if count <= 0 { return isOpen = false }
      let taken = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if bytes.count + count > limit { isTruncated = true }
      guard keepsEnd else { return bytes += taken.prefix(limit - bytes.count) }
      bytes += taken
      if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }
  }

  package func close() { _ = closeDescriptor(descriptor) }
}

// close(2) under a name that the methods do not shadow.
func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
