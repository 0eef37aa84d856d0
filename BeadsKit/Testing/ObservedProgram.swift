public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that was started and is watched from outside while others run: for measurements and stress tests.
///
/// `Subprocess.run` waits for one program; this leaves the waiting to the caller and tells what the run cost.
public final class ObservedProgram {
  /// What a run printed and cost.
  public struct Run: Sendable {
    /// The exit status, or 128 and the number of the signal that ended it.
    public let status: Int32
    /// Standard output.
    public let output: [UInt8]
    /// Standard error.
    public let errorOutput: [UInt8]
    /// From before the start until the system reported the end.
    public let wallNanoseconds: Int64
    /// What it computed and had the system compute, on all processors.
    public let cpuNanoseconds: Int64
    /// The most memory it had resident, in bytes; never less than this process had when it started the program,
    /// because Linux counts that in.
    public let peakMemory: Int

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as text.
    public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
  }

  private let pid: Int32
  private let start: Int64
  private var streams: [CaptureStream]
  private var hasEnded = false

  /// Starts a program; its output is captured whatever the request says.
  public init(_ request: Subprocess) throws(BeadsError) {
    var request = request
    request.output = .captured
    start = monotonicNanoseconds()
    (pid, streams) = try Spawn(request).start()
  }

  /// A program nobody waits for any more is ended, not left behind.
  deinit {
    for stream in streams { stream.close() }
    if !hasEnded {
      kill()
      waitpid(pid, nil, 0)
    }
  }

  /// Ends it at once, wherever it is.
  public func kill() { _ = signal(pid, SIGKILL) }

  /// Waits for the end of the program.
  public func wait() throws(BeadsError) -> Run {
    while !hasClosedOutput { try Self.readAny(of: [self]) }
    return try reap()
  }

  /// Whether both pipes are closed, which is where programs end.
  var hasClosedOutput: Bool { streams.allSatisfy { !$0.isOpen } }

  /// Waits until some of the programs wrote or closed their output, and takes it.
  static func readAny(of programs: [ObservedProgram]) throws(BeadsError) {
    var polled = programs.flatMap { program in
      program.streams.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
    }
    if poll(&polled, nfds_t(polled.count), -1) < 0, errno != EINTR {
      throw BeadsError(.io, "cannot wait for programs: error \(errno)")
    }
    var place = 0
    for program in programs {
      for index in program.streams.indices {
        if polled[place].revents != 0 { program.streams[index].readOnce() }
        place += 1
      }
    }
  }

  /// Collects a program that has ended or is about to.
  func reap() throws(BeadsError) -> Run {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0 {
      if errno != EINTR { throw BeadsError(.io, "cannot wait for process \(pid): error \(errno)") }
    }
    hasEnded = true
    let end = monotonicNanoseconds()
    let number = status & 0x7F
    #if os(Linux)
      let unit = 1024
    #else
      let unit = 1
    #endif
    return Run(
      status: number == 0 ? (status >> 8) & 0xFF : 128 + number, output: streams.first?.bytes ?? [],
      errorOutput: streams.last?.bytes ?? [], wallNanoseconds: end - start,
      cpuNanoseconds: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
      peakMemory: Int(usage.ru_maxrss) * unit)
  }
}

private func nanoseconds(_ time: timeval) -> Int64 {
  Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000
}

// kill(2) under a name that the method does not shadow.
private func signal(_ pid: Int32, _ number: Int32) -> Int32 { kill(pid, number) }

/// Keeps a number of programs running side by side, each followed by the next of its slot.
///
/// One thread watches them all, so that the watching costs the programs little.
public final class ProgramPool {
  private var running: [Int: ObservedProgram] = [:]

  /// Nothing runs yet.
  public init() {}

  /// The slots whose program runs at the moment.
  public var busySlots: [Int] { running.keys.sorted() }

  /// Ends the program that runs in a slot, at once.
  public func kill(slot: Int) { running[slot]?.kill() }

  /// Runs programs until no slot has a next one.
  /// - Parameters:
  ///   - width: How many slots there are; they are numbered from 0.
  ///   - next: The next program of a slot, or nil when the slot is done.
  ///   - ended: Called after each program, before the next of its slot is asked for.
  public func run(
    width: Int, next: (Int) throws(BeadsError) -> Subprocess?,
    ended: (Int, ObservedProgram.Run) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    for slot in 0..<width { running[slot] = try start(next(slot)) }
    while !running.isEmpty {
      try ObservedProgram.readAny(of: Array(running.values))
      for (slot, program) in running where program.hasClosedOutput {
        let run = try program.reap()
        running[slot] = nil
        try ended(slot, run)
        running[slot] = try start(next(slot))
      }
    }
  }

  private func start(_ request: Subprocess?) throws(BeadsError) -> ObservedProgram? {
    guard let request else { return nil }
    return try ObservedProgram(request)
  }
}
