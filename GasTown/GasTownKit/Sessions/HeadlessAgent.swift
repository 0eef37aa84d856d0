public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `gt run-agent` does: it starts an agent without a terminal, and stays to write down how it ended.
public enum HeadlessAgent {
  /// Runs the agent that the folder of a headless session describes, to its end.
  /// - Returns: The status the agent ended with.
  public static func run(folder: String) throws(BeadsError) -> Int32 {
    // The agent is asked to end together with us; we are to see how it does.
    signal(SIGTERM, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
    let place = HeadlessPlace(folder)
    let order = try place.takeOrder()
    try connect(place.log, O_WRONLY | O_APPEND, [STDOUT_FILENO, STDERR_FILENO])
    // Reading and writing, so that it never sees an end when a sender closes its side.
    try connect(place.input, O_RDWR, [STDIN_FILENO])
    var agent = Subprocess(order.arguments, directory: order.directory, variables: order.variables)
    agent.input = .inherited
    agent.output = .inherited
    do throws(BeadsError) {
      let result = try agent.run(started: { pid throws(BeadsError) in try place.announce(pid) })
      let status: Int32 =
        switch result.status {
        case .exited(let status): status
        case .signaled(let number): 128 + number
        }
      if FileSystem.exists(Path.join(folder, "session.json")) { try place.record(exit: status) }
      return status
    } catch {
      try? FileSystem.append(Array("\(error)\n".utf8), to: place.log)
      throw error
    }
  }

  private static func connect(_ path: String, _ mode: Int32, _ targets: [Int32]) throws(BeadsError) {
    let file = open(path, mode | O_CLOEXEC)
    guard file >= 0 else { throw BeadsError(.io, "cannot open \(path): \(systemMessage(errno))") }
    for target in targets { dup2(file, target) }
    if !targets.contains(file) { close(file) }
  }
}
