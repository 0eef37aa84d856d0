#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few system calls the terminal needs.
enum Platform {
  static let standardOutput: Int32 = 1
  static let standardError: Int32 = 2
  static let brokenPipe = EPIPE

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The width of the terminal behind a descriptor, nil when there is none.
  static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Makes a write to a closed pipe an error the program sees instead of its death.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Writes all bytes, also to a slow, interrupted or non-blocking descriptor; returns 0 or the error number.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    guard var rest = bytes.baseAddress else { return 0 }
    var count = bytes.count
    while count > 0 {
      #if canImport(Glibc)
        let written = Glibc.write(descriptor, rest, count)
      #else
        let written = Darwin.write(descriptor, rest, count)
      #endif
      if written >= 0 {
        rest += written
        count -= written
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        // Another process that shares the descriptor may have made it non-blocking.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&request, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
