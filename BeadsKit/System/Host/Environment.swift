import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Everything the library learns from outside its arguments: variables, directories, clock and randomness.
///
/// One value is handed down from the entry point, so that a test can fix the clock, the user and the IDs. Waiting
/// (lock deadlines, process deadlines) uses the monotonic clock instead and cannot be faked.
public struct Environment: Sendable {
  /// The environment variables by name.
  public var variables: [String: String]
  /// The absolute path relative paths start from.
  public var currentDirectory: String
  /// The user's home directory; empty when the system does not know one.
  public var homeDirectory: String
  /// The login name; empty when the system does not know one.
  public var userName: String
  /// The time of day in nanoseconds since 1970.
  public var clock: @Sendable () -> Int64
  /// 64 unpredictable bits a call.
  public var entropy: @Sendable () -> UInt64

  /// Makes an environment from its parts; the clock and the randomness are the real ones unless given.
  public init(
    variables: [String: String], currentDirectory: String, homeDirectory: String, userName: String,
    clock: @escaping @Sendable () -> Int64 = { systemClock() },
    entropy: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    self.variables = variables
    self.currentDirectory = currentDirectory
    self.homeDirectory = homeDirectory
    self.userName = userName
    self.clock = clock
    self.entropy = entropy
  }

  /// The environment of this process, read anew at each call.
  public static var process: Environment {
    let variables = processVariables()
    return Environment(
      variables: variables, currentDirectory: processDirectory(),
      homeDirectory: nonEmpty(variables["HOME"]) ?? passwordEntry()?.home ?? "",
      userName: nonEmpty(variables["USER"]) ?? nonEmpty(variables["LOGNAME"]) ?? passwordEntry()?.name ?? "")
  }

  /// The variable of that name, or nil when it is unset.
  public subscript(name: String) -> String? { variables[name] }

  /// The time of day in nanoseconds since 1970, from the operating system.
  public static func systemClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func nonEmpty(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }

  private static func processVariables() -> [String: String] {
    guard var entry = beads_environ() else { return [:] }
    var variables: [String: String] = [:]
    while let line = entry.pointee {
      if let equals = strchr(line, Int32(UInt8(ascii: "="))) {
        let name = UnsafeRawBufferPointer(start: line, count: equals - line)
        variables[String(decoding: name, as: UTF8.self)] = String(cString: equals + 1)
      }
      entry += 1
    }
    return variables
  }

  private static func processDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return deletedDirectory() }
    defer { free(path) }
    return String(cString: path)
  }

  // Linux still knows the name of a directory that was deleted and adds " (deleted)" to it. What is above may well be
  // there; the root directory would be somebody else's.
  private static func deletedDirectory() -> String {
    let link = "/proc/self/cwd"
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    return count < 0 ? link : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  // The password database is only read when the variables are missing: the first lookup loads shared libraries.
  private static func passwordEntry() -> (name: String, home: String)? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
      let name = entry.pw_name, let home = entry.pw_dir
    else { return nil }
    return (String(cString: name), String(cString: home))
  }
}

/// Nanoseconds on a clock that never jumps, for measuring waits.
public func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The nanoseconds of a duration, saturated at the ends of `Int64`.
public func nanoseconds(_ duration: Duration) -> Int64 {
  let (seconds, attoseconds) = duration.components
  let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
  if overflow { return seconds < 0 ? .min : .max }
  let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
  return carry ? (seconds < 0 ? .min : .max) : sum
}

/// Sleeps at least this long, or less when a signal arrives.
public func pause(nanoseconds: Int64) {
  var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  nanosleep(&time, nil)
}
