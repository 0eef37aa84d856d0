import BdCommands
import BeadsKit
import BeadsTesting
import CommandKit
import Foundation
import Testing

/// Places that one may not read or write.
///
/// Permissions mean nothing to root, so that bd runs as another user there.
@Suite struct PlacePermissionTests {
  private let project: TestProject
  private let program: String

  init() throws {
    project = try TestProject()
    program = try #require(StressProject.program, "bd is not beside the tests")
  }

  private func bd(_ arguments: [String], in directory: String) throws -> ObservedProgram.Run {
    let drop = geteuid() == 0 ? ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"] : []
    return try ObservedProgram(
      Subprocess(drop + [program] + arguments, directory: directory, variables: project.environment.variables)
    ).wait()
  }

  /// Whether the other user can run the program at all.
  private var canRun: Bool { (try? bd(["version"], in: project.directory))?.status == 0 }

  private func start(_ name: String) throws -> String {
    let path = Path.join(project.directory, name)
    try FileSystem.makeDirectory(path)
    var environment = project.environment
    environment.currentDirectory = path
    let output = Output.captured()
    #expect(
      BdProgram.run(["init", "--prefix", "t", "--quiet"], output: output, environment: environment) == 0)
    #expect(BdProgram.run(["create", "One", "--silent"], output: output, environment: environment) == 0)
    return path
  }

  @Test func whatCannotBeReadEndsTheSearch() throws {
    guard canRun else { return }
    _ = try start("outer")
    let inner = try start("outer/inner")
    try FileSystem.setMode(inner + "/.beads", 0)
    defer { try? FileSystem.setMode(inner + "/.beads", 0o700) }
    for arguments in [["where", "--explain"], ["list"]] {
      let run = try bd(arguments, in: inner)
      #expect(run.status == 1)
      #expect(run.errorText.contains("\(inner)/.beads cannot be read: permission denied"))
      #expect(!run.text.contains("One"), "the outer project must not answer")
    }
  }

  @Test func aStoreThatMayOnlyBeReadAnswers() throws {
    guard canRun else { return }
    let path = try start("shared")
    for name in try FileSystem.list(path + "/.beads") {
      try FileSystem.setMode(path + "/.beads/" + name, 0o444)
    }
    try FileSystem.setMode(path + "/.beads", 0o555)
    defer { try? FileSystem.setMode(path + "/.beads", 0o755) }
    let place = try bd(["where", "--explain", "--json"], in: path)
    #expect(place.status == 0 && place.text.contains("\"outcome\": \"taken\""))
    #expect(try bd(["list"], in: path).text.contains("One"))
    let refused = try bd(["create", "Two"], in: path)
    #expect(refused.status != 0 && refused.errorText.contains("Error: "))
  }
}
