import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// A project on which real `bd` processes work side by side.
final class StressProject {
  let project: TestProject
  private let bd: String

  init() throws {
    project = try TestProject()
    bd = try #require(Self.program, "bd is not beside the tests")
    // Other people's stores must not be found, nor the real clock be replaced: these are whole programs.
    project.environment.variables["USER"] = "alice"
    try project.makeStore().close()
  }

  /// The `bd` that was built with the tests: in the same directory, or beside the bundle that holds them.
  static let program: String? = {
    let places = CommandLine.arguments + Bundle.allBundles.map(\.bundlePath)
    for place in places where place.contains(".xctest") {
      var directory = Path.directory(of: Path.absolute(place, in: FileManager.default.currentDirectoryPath))
      while directory != "/" {
        let candidate = Path.join(directory, "bd")
        if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        directory = Path.directory(of: directory)
      }
    }
    return nil
  }()

  /// A run of `bd` in the project.
  func request(_ arguments: [String]) -> Subprocess {
    Subprocess([bd] + arguments, directory: project.directory, variables: project.environment.variables)
  }

  /// Runs `bd` to its end.
  @discardableResult
  func run(_ arguments: String...) throws -> ObservedProgram.Run {
    try ObservedProgram(request(arguments)).wait()
  }

  /// Runs a shell script in the project, in which `$1` is `bd`.
  func shell(_ script: String) throws -> ObservedProgram.Run {
    let request = Subprocess(
      ["/bin/sh", "-c", script, "sh", bd], directory: project.directory,
      variables: project.environment.variables)
    return try ObservedProgram(request).wait()
  }

  /// Runs the command lines of each slot one after the other and all slots side by side.
  func runAll(
    _ width: Int, pool: ProgramPool = ProgramPool(), next: (Int) -> [String]?,
    ended: (Int, ObservedProgram.Run) -> Void
  ) throws {
    try pool.run(width: width) { slot throws(BeadsError) in
      next(slot).map(request)
    } ended: { slot, run throws(BeadsError) in
      ended(slot, run)
    }
  }

  /// Makes issues in one process and returns their IDs.
  func makeIssues(_ count: Int) throws -> [IssueID] {
    let store = try project.openStore()
    let ids = try store.write("create") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for number in 0..<count { ids.append(try transaction.create(IssueDraft(title: "Shared \(number)")).id) }
      return ids
    }
    try store.close()
    return ids
  }

  /// Checks that the database is sound and the file says the same as it; returns every issue.
  func checkedIssues() throws -> [IssueID: BeadsKit.Issue] {
    let connection = try Connection(project.location.databasePath, .readWrite)
    #expect(try connection.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
    #expect(try connection.all("PRAGMA foreign_key_check") { $0.text(0) } == [])
    connection.close()
    let store = try project.openStore()
    let issues = try store.issues(where: "1")
    try store.close()
    let lines = project.exportedText.split(separator: "\n").map(String.init)
    #expect(lines == issues.map(\.jsonLine))
    return Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0) })
  }
}

/// What a run that printed an issue, alone or in an array, says of it.
func printedIssue(_ run: ObservedProgram.Run) -> JSONValue? {
  let value = JSONValue(parsing: run.text)
  return value?.arrayValue?.first ?? value
}
