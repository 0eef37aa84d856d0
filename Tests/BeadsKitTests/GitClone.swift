import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// A git repository in a test project, used as a person would: with the `git` command and the library.
struct GitClone {
  let directory: String
  /// The project's environment, in this directory.
  var environment: Environment

  init(_ name: String, in project: TestProject) throws {
    directory = Path.join(project.directory, name)
    try FileSystem.makeDirectory(directory)
    environment = project.environment
    environment.currentDirectory = directory
    environment.variables["GIT_CONFIG_NOSYSTEM"] = "1"
    // Neither sample hooks nor housekeeping, which only cost time here.
    environment.variables["GIT_TEMPLATE_DIR"] = Path.join(project.directory, ".home")
    environment.variables["GIT_CONFIG_COUNT"] = "2"
    for (index, setting) in [("maintenance.auto", "false"), ("core.fsync", "none")].enumerated() {
      environment.variables["GIT_CONFIG_KEY_\(index)"] = setting.0
      environment.variables["GIT_CONFIG_VALUE_\(index)"] = setting.1
    }
    environment.variables["GIT_CEILING_DIRECTORIES"] = project.directory
    for role in ["AUTHOR", "COMMITTER"] {
      environment.variables["GIT_\(role)_NAME"] = name
      environment.variables["GIT_\(role)_EMAIL"] = "\(name)@example.org"
    }
  }

  /// Makes an empty repository.
  func start() throws { try git("init", "-q", "-b", "main") }

  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let result = try run(["git"] + arguments)
    #expect(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  /// Runs a program here, with the moment of the test's clock for git.
  func run(_ arguments: [String]) throws(BeadsError) -> Subprocess.Result {
    var variables = environment.variables
    let now = environment.clock() / 1_000_000_000
    variables["GIT_AUTHOR_DATE"] = "@\(now) +0000"
    variables["GIT_COMMITTER_DATE"] = "@\(now) +0000"
    return try Subprocess(arguments, directory: directory, variables: variables).run()
  }

  func write(_ path: String, _ text: String) throws {
    let path = Path.join(directory, path)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: Array(text.utf8))
  }

  func text(_ path: String) throws -> String { try FileSystem.readText(Path.join(directory, path)) }

  func commit(_ path: String, _ text: String) throws {
    try write(path, text)
    try git("add", "--", path)
    try git("commit", "-qm", "change \(path)")
  }

  func workspace() throws -> Workspace { try Workspace.locate(environment: environment) }

  func repository() throws -> GitRepository {
    try GitRepository(try #require(GitLocation.find(from: directory)))
  }
}
