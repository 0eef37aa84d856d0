import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends what a session started, and nothing else.
///
/// `SessionProcesses` tells what makes a process ours. This process itself is left out, so that an agent can end its own
/// session.
struct ProcessEnding {
  let leader: ProcessIdentity?
  let nonce: String?

  /// Asks everything to end, waits for it, and forces what is left after the grace.
  func run(grace: Duration) {
    if let nonce, ProcessIdentity.own?.nonce == nonce {
      // We are in the session ourselves: what its end brings about must not keep us from finishing it.
      signal(SIGHUP, SIG_IGN)
      signal(SIGTERM, SIG_IGN)
    }
    var left = tell(SIGTERM)
    // One that is stopped would sleep through the request.
    for process in left { _ = kill(process.pid, SIGCONT) }
    let deadline = monotonicNanoseconds() &+ nanoseconds(grace)
    while !left.isEmpty, monotonicNanoseconds() < deadline {
      pause(nanoseconds: 5_000_000)
      left = left.filter { !hasGone($0) }
    }
    // What was forked by one that was about to end is found by the next look.
    let end = monotonicNanoseconds() &+ 1_000_000_000
    repeat {
      left = left.filter { !hasGone($0) } + members()
      for process in left where process.isAlive { _ = kill(process.pid, SIGKILL) }
      if !left.isEmpty { pause(nanoseconds: 2_000_000) }
    } while !left.isEmpty && monotonicNanoseconds() < end
  }

  private func tell(_ number: Int32) -> [ProcessIdentity] {
    let found = members()
    for process in found { _ = kill(process.pid, number) }
    return found
  }

  /// Collects it when it is a child of ours; a child that is not collected would look alive to nobody else.
  private func hasGone(_ process: ProcessIdentity) -> Bool {
    _ = waitpid(process.pid, nil, WNOHANG)
    return !process.isAlive
  }

  private func members() -> [ProcessIdentity] {
    Array(SessionProcesses(readsNonces: nonce != nil).members(of: leader, nonce: nonce).values)
  }
}
