import BeadsKit
import BeadsTesting

/// A `bd` under test with a store of its own for each tracker.
struct Contender: Sendable {
  let name: String
  let path: String
  private let root: String

  /// Takes a copy of the program, as installing does: Linux maps a file that the linker has just written in small
  /// pieces, which makes every start half a millisecond slower.
  init(name: String, program: String, root: String) throws(BeadsError) {
    self.name = name
    self.root = root
    path = Path.join(root, "program", Path.name(of: program))
    try FileSystem.makeDirectory(Path.join(root, "program"))
    let copy = Subprocess(["cp", try FileSystem.realPath(program), path])
    _ = try Self.checked(ObservedProgram(copy).wait(), copy.arguments)
  }

  /// Where the project of a tracker is.
  func project(_ label: String) -> String { Path.join(root, label) }

  /// A run of `bd` in a project, with an environment in which nothing of the user's counts.
  func request(_ arguments: [String], in project: String) -> Subprocess {
    Subprocess([path] + arguments, directory: project, variables: variables)
  }

  /// Runs `bd` to its end; a status other than 0 is an error.
  @discardableResult
  func run(_ arguments: [String], in project: String) throws(BeadsError) -> ObservedProgram.Run {
    try Self.checked(ObservedProgram(request(arguments, in: project)).wait(), arguments)
  }

  /// Makes an empty project in a git repository, in place of one that was there.
  func makeProject(_ label: String) throws(BeadsError) -> String {
    let project = project(label)
    try Self.removeTree(project)
    try FileSystem.makeDirectory(project)
    let git = Subprocess(["git", "init", "--quiet"], directory: project, variables: variables)
    _ = try Self.checked(ObservedProgram(git).wait(), git.arguments)
    try makeStore(in: project)
    return project
  }

  /// Makes an empty store in a project, in place of one that was there.
  func makeStore(in project: String) throws(BeadsError) {
    try Self.removeTree(Path.join(project, ".beads"))
    try run(["init", "--prefix", "bench", "--quiet"], in: project)
  }

  /// Leaves only the file of a store.
  func removeDatabase(in project: String) throws(BeadsError) {
    for suffix in ["", "-wal", "-shm"] {
      try FileSystem.remove(Path.join(project, ".beads", "beads.db" + suffix))
    }
  }

  private var variables: [String: String] {
    var variables = ["HOME": root, "USER": "bench", "BD_ACTOR": "bench", "TZ": "UTC", "LANG": "C.UTF-8"]
    variables["PATH"] = Environment.process["PATH"]
    return variables
  }

  static func removeTree(_ path: String) throws(BeadsError) {
    _ = try Subprocess(["rm", "-rf", path]).run()
  }

  private static func checked(
    _ run: ObservedProgram.Run, _ arguments: [String]
  ) throws(BeadsError) -> ObservedProgram.Run {
    guard run.status == 0 else { throw failure(run, arguments) }
    return run
  }

  /// What to say of a run that failed: its first line of errors.
  static func failure(_ run: ObservedProgram.Run, _ arguments: [String]) -> BeadsError {
    let reason = run.errorText.split(separator: "\n").first.map(String.init) ?? "no message"
    return BeadsError(.io, "\(arguments.joined(separator: " ")): status \(run.status), \(reason)")
  }
}
