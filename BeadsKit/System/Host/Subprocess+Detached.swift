#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Subprocess {
  /// Starts the program in a session of its own and does not wait for it: it lives on when this process ends.
  ///
  /// Its output goes nowhere. A caller that lives on must ask `hasEnded` about it, or it stays behind as a zombie.
  /// - Returns: Its process ID.
  public func startDetached() throws(BeadsError) -> Int32 {
    var request = self
    request.output = .discarded
    return try Spawn(request, startsSession: true).start().pid
  }
}

/// Whether a child process has ended; it is forgotten then.
public func hasEnded(_ child: Int32) -> Bool {
  retrying { waitpid(child, nil, WNOHANG) } != 0
}

/// The file of the running program, or nil when the system does not tell.
public func executablePath() -> String? {
  #if os(Linux)
    try? FileSystem.realPath("/proc/self/exe")
  #else
    var size = UInt32(PATH_MAX)
    var buffer = [CChar](repeating: 0, count: Int(size))
    guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
    return try? FileSystem.realPath(String(cString: buffer))
  #endif
}
