import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The standard streams of this process, set aside for a protocol.
///
/// What a command would read from standard input is empty from then on, and what it or a program it starts would
/// print goes to standard error: nothing gets between the messages.
struct ProtocolStreams {
  let input: Int32
  let output: Int32

  /// Sets the streams aside, once in the life of a process.
  init() throws(BeadsError) {
    input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard input >= 0, output >= 0, nothing >= 0, dup2(nothing, STDIN_FILENO) >= 0,
      dup2(STDERR_FILENO, STDOUT_FILENO) >= 0
    else {
      throw BeadsError(.io, "cannot set the standard streams aside: \(String(cString: strerror(errno)))")
    }
    close(nothing)
  }

  /// Lets SIGTERM end this process, by which clients end a server that does not see the end of its input; some of
  /// them start it from a thread that blocks all signals.
  static func acceptTermination() {
    signal(SIGTERM, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }
}
