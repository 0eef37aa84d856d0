#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether a failed call meant to change something, which decides between `io_error` and `read_only`.
enum Intent { case read, write }

extension BeadsError {
  /// The error for a failed system call: "cannot ACTION: REASON", where the action names the path.
  static func system(_ number: Int32, _ action: String, _ intent: Intent) -> BeadsError {
    BeadsError(code(number, intent), "cannot \(action): \(reason(number))")
  }

  private static func code(_ number: Int32, _ intent: Intent) -> Code {
    switch number {
    case ENOENT: .notFound
    case EROFS: .readOnly
    case EACCES, EPERM: intent == .write ? .readOnly : .io
    case EEXIST: .exists
    default: .io
    }
  }

  private static func reason(_ number: Int32) -> String {
    switch number {
    case ENOENT: "no such file or directory"
    case EACCES: "permission denied"
    case EROFS: "the file system is read-only"
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case ENAMETOOLONG: "the name is too long"
    default: systemMessage(number)
    }
  }
}

/// The operating system's words for an error number.
public func systemMessage(_ number: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0 else {
      return "error \(number)"
    }
    return String(cString: base)
  }
}

/// Calls again as long as a signal interrupts the call.
func retrying<T: FixedWidthInteger>(_ call: () -> T) -> T {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
