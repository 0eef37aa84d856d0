import BeadsKit
import CommandKit

/// The checks of `bd compat`, in a scratch directory of their own.
struct CompatRun {
  /// One check and why it failed, if it did.
  struct Result {
    let client: String
    /// What the client runs: a command line of bd, or SQL.
    let call: String
    let complaints: [String]
  }

  private let scratch: String
  private let environment: Environment
  private let world: CompatWorld
  private static let now = CompatWorld.now

  /// Makes the scratch directory, which `remove` takes away.
  init(_ outside: Environment) throws(BeadsError) {
    let root = try FileSystem.realPath(outside["TMPDIR"] ?? "/tmp")
    scratch = Path.join(root, "bd-compat-\(String(outside.entropy(), radix: 36))")
    try FileSystem.makeDirectory(scratch, mode: 0o700)
    // Nothing of the user's settings counts, and the clock stands still.
    var variables = ["HOME": scratch, "BD_ACTOR": "alice", "GIT_AUTHOR_EMAIL": "alice@example.org"]
    variables["PATH"] = outside["PATH"]
    environment = Environment(
      variables: variables, currentDirectory: scratch, homeDirectory: scratch, userName: "alice",
      clock: { Self.now * 1_000_000_000 }, entropy: outside.entropy)
    do throws(BeadsError) {
      let origin = try Self.directory("world", in: environment)
      world = try CompatWorld(in: origin)
    } catch {
      Self.removeTree(scratch)
      throw error
    }
  }

  func remove() { Self.removeTree(scratch) }

  /// Runs every check of a client, or of all.
  func results(client: String?) throws(BeadsError) -> [Result] {
    var results: [Result] = []
    for call in ClientCall.all where client == nil || call.client == client {
      results.append(Result(client: call.client, call: "bd " + call.line, complaints: try check(call)))
    }
    let queries = ReaderQuery.all.filter { client == nil || $0.client == client }
    if queries.isEmpty { return results }
    let place = try Self.directory("readers", in: environment)
    try world.copy(to: place.currentDirectory)
    let hasShell = ReaderQuery.hasShell
    for query in queries {
      let database = Path.join(place.currentDirectory, ".beads/beads.db")
      let complaints = query.complaints(database: database, hasShell: hasShell)
      results.append(Result(client: query.client, call: query.sql, complaints: complaints))
    }
    return results
  }

  private func check(_ call: ClientCall) throws(BeadsError) -> [String] {
    let place = try Self.directory("call", in: environment)
    defer { Self.removeTree(place.currentDirectory) }
    try world.copy(to: place.currentDirectory)
    let output = Output.captured()
    let status = BdProgram.run(call.words, output: output, environment: place)
    return call.complaints(
      status: status, output: output.standardOutput.captured, errorOutput: output.standardError.captured)
  }

  private static func directory(_ name: String, in environment: Environment) throws(BeadsError) -> Environment
  {
    var inside = environment
    inside.currentDirectory = Path.join(environment.currentDirectory, name)
    try FileSystem.makeDirectory(inside.currentDirectory)
    return inside
  }

  private static func removeTree(_ path: String) {
    if let status = try? FileSystem.status(path, followLinks: false), status.kind == .directory {
      for name in (try? FileSystem.list(path)) ?? [] { removeTree(Path.join(path, name)) }
    }
    _ = try? FileSystem.remove(path)
  }
}
