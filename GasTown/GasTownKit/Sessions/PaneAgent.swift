public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What waits in a pane of tmux for its agent, and ends as it ends.
///
/// tmux continues at once whatever of its own children is stopped, so that an agent that is its child could not be
/// frozen. This is its child instead, and does nothing else.
public enum PaneAgent {
  /// The hidden command that does this: `gt run-in-pane PROGRAM ARGUMENT...`.
  public static let verb = "run-in-pane"

  /// Runs an agent on this terminal, to its end.
  /// - Returns: The status to end with; a signal that ended the agent ends this process too.
  public static func run(_ arguments: [String]) throws(BeadsError) -> Int32 {
    // The terminal tells both of us; we are to see how the agent takes it.
    for number in [SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU] { signal(number, SIG_IGN) }
    var agent = Subprocess(arguments)
    agent.input = .inherited
    agent.output = .inherited
    switch try agent.run().status {
    case .exited(let status): return status
    case .signaled(let number):
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(coreFileSize, &none)
      signal(number, SIG_DFL)
      raise(number)
      return 128 + number
    }
  }

  #if canImport(Glibc)
    private static let coreFileSize = __rlimit_resource_t(RLIMIT_CORE.rawValue)
  #else
    private static let coreFileSize = RLIMIT_CORE
  #endif
}
