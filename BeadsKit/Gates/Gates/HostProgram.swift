import BeadsModel
import BeadsSystem

/// A program of the user's that may be missing, hang or fail, asked with an argument vector and a deadline.
struct HostProgram: Sendable {
  let name: String
  let directory: String
  let environment: Environment
  let timeout: Duration

  /// The file of the program, from the `PATH` of the environment.
  var path: String? {
    for directory in (environment["PATH"] ?? "").split(separator: ":") where directory.hasPrefix("/") {
      let path = Path.join(String(directory), name)
      guard let status = try? FileSystem.status(path), status.kind == .regular else { continue }
      if status.mode & 0o111 != 0 { return path }
    }
    return nil
  }

  /// What the program says; a status other than 0 is an answer too.
  /// - Throws: `not_found` without the program, `io_error` when it does not end in time.
  func ask(
    _ arguments: [String], adding more: [String: String] = [:]
  ) throws(BeadsError) -> Subprocess.Result {
    guard let path else { throw BeadsError(.notFound, "\(name) is not installed, or not in PATH") }
    var request = Subprocess(
      [path] + arguments, directory: directory, variables: environment.variables.merging(more) { $1 },
      timeout: timeout)
    request.outputLimit = 1 << 20
    request.ownsGroup = true
    let result = try request.run()
    if result.timedOut {
      throw BeadsError(
        .io, "\(name) did not answer within \(GoDuration.text(nanoseconds: nanoseconds(timeout)))")
    }
    return result
  }
}
