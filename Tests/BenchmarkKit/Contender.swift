public import BeadsKit
public import BeadsTesting

/// A program under test, with a folder of its own for what it works on.
public struct Contender: Sendable {
  /// What it is called in the report.
  public let name: String
  /// The copy of the program that is run.
  public let path: String
  /// The environment of its runs, in which nothing of the user's counts.
  public var variables: [String: String]
  private let root: String

  /// Takes a copy of the program, as installing does: Linux maps a file that the linker has just written in small
  /// pieces, which makes every start half a millisecond slower.
  public init(name: String, program: String, root: String) throws(BeadsError) {
    self.name = name
    self.root = root
    path = Path.join(root, "program", Path.name(of: program))
    variables = ["HOME": root, "USER": "bench", "BD_ACTOR": "bench", "TZ": "UTC", "LANG": "C.UTF-8"]
    variables["PATH"] = Environment.process["PATH"]
    try FileSystem.makeDirectory(Path.join(root, "program"))
    let copy = Subprocess(["cp", try FileSystem.realPath(program), path])
    _ = try Self.checked(ObservedProgram(copy).wait(), copy.arguments)
  }

  /// Where a project of this name is.
  public func project(_ label: String) -> String { Path.join(root, label) }

  /// A run of the program in a project.
  /// - Parameter extra: More variables, stronger than the others.
  public func request(
    _ arguments: [String], in project: String, _ extra: [String: String] = [:]
  ) -> Subprocess {
    Subprocess([path] + arguments, directory: project, variables: variables.merging(extra) { $1 })
  }

  /// Runs the program to its end; a status other than 0 is an error.
  @discardableResult
  public func run(
    _ arguments: [String], in project: String, _ extra: [String: String] = [:]
  ) throws(BeadsError) -> ObservedProgram.Run {
    try Self.checked(ObservedProgram(request(arguments, in: project, extra)).wait(), arguments)
  }

  /// Runs git to its end, in the same environment.
  @discardableResult
  public func git(_ arguments: [String], in project: String) throws(BeadsError) -> ObservedProgram.Run {
    let git = Subprocess(["git"] + arguments, directory: project, variables: variables)
    return try Self.checked(ObservedProgram(git).wait(), git.arguments)
  }

  /// Makes an empty folder for a project, in place of one that was there.
  public func makeFolder(_ label: String) throws(BeadsError) -> String {
    let project = project(label)
    try Self.removeTree(project)
    try FileSystem.makeDirectory(project)
    return project
  }

  /// Removes a folder and all that is in it.
  public static func removeTree(_ path: String) throws(BeadsError) {
    _ = try Subprocess(["rm", "-rf", path]).run()
  }

  private static func checked(
    _ run: ObservedProgram.Run, _ arguments: [String]
  ) throws(BeadsError) -> ObservedProgram.Run {
    guard run.status == 0 else { throw failure(run, arguments) }
    return run
  }

  /// What to say of a run that failed: its first line of errors.
  public static func failure(_ run: ObservedProgram.Run, _ arguments: [String]) -> BeadsError {
    let reason = run.errorText.split(separator: "\n").first.map(String.init) ?? "no message"
    return BeadsError(.io, "\(arguments.joined(separator: " ")): status \(run.status), \(reason)")
  }
}
