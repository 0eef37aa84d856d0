import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// A town in a temporary directory with the rig `app` (prefix `app`), made by the real commands.
///
/// The rig's origin is a bare repository beside the town with two commits on `main`. Clock, user and randomness are
/// fixed.
final class TestTown {
  let project: TestProject
  /// The environment of everything that runs in the town; the current directory is its root.
  var environment: Environment {
    get { project.environment }
    set { project.environment = newValue }
  }
  /// The root of the town.
  let root: String

  /// Makes the town.
  /// - Parameters:
  ///   - rig: Whether to add the rig `app`.
  ///   - step: Nanoseconds the clock moves on each time it is read.
  init(rig: Bool = true, step: Int64 = 1000) throws {
    project = try TestProject(step: step)
    root = Path.join(project.directory, "town")
    environment.variables.merge(
      [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "alice", "GIT_COMMITTER_NAME": "alice",
        "GIT_COMMITTER_EMAIL": "alice@example.org", "GIT_AUTHOR_DATE": "2026-03-02T09:00:00Z",
        "GIT_COMMITTER_DATE": "2026-03-02T09:00:00Z",
      ], uniquingKeysWith: { $1 })
    try check(gt(["install", root]))
    environment.currentDirectory = root
    if rig {
      try makeOrigin("app")
      try check(gt(["rig", "add", "app", originPath("app")]))
    }
  }

  /// The town as the library sees it.
  var town: Town { Town(root: root, environment: environment) }

  /// The rig `app`.
  func rig(_ name: String = "app") throws -> Rig { try town.rig(name) }

  /// The town's database, opened anew.
  func database() throws -> TownDatabase { try TownDatabase(town, command: "test") }

  /// The trackers of the town, opened anew; close them when something was changed.
  func ledgers(actor: String = "overseer") -> Ledgers { Ledgers(town, actor: actor, command: "test") }

  /// Moves the clock on.
  func advance(seconds: Int64) { project.advance(seconds: seconds) }

  /// Runs a command line of `gt` in process.
  /// - Parameters:
  ///   - directory: Where, relative to the root of the town.
  ///   - role: Who calls; nil for the person.
  @discardableResult
  func gt(_ arguments: [String], in directory: String = "", as role: String? = nil) -> GtResult {
    var environment = environment
    if !directory.isEmpty { environment.currentDirectory = Path.absolute(directory, in: root) }
    if let role { environment.variables["GT_ROLE"] = role }
    return gtTests.gt(arguments, environment)
  }

  /// Runs a command line of `gt` in process.
  @discardableResult
  func gt(_ arguments: String...) -> GtResult { gt(arguments) }

  /// The JSON document that a command line of `gt` prints.
  func json(_ arguments: String..., as role: String? = nil) throws -> JSONValue {
    let result = gt(arguments + ["--json"], as: role)
    try check(result)
    return try #require(JSONValue(parsing: result.standardOutput), "\(result.standardOutput)")
  }

  /// Makes an issue in a tracker and returns its ID.
  func makeIssue(_ title: String, rig: String? = "app", type: IssueType = .task) throws -> IssueID {
    let ledgers = ledgers()
    defer { ledgers.close() }
    let store = if let rig { try ledgers.store(of: try RigName(rig)) } else { try ledgers.hq() }
    return try store.write("create") { tx throws(BeadsError) in
      var draft = IssueDraft(title: title)
      draft.type = type
      return try tx.create(draft).id
    }
  }

  // MARK: Git

  /// Where the bare repository of a rig's origin is.
  func originPath(_ name: String) -> String { Path.join(project.directory, "\(name).git") }

  /// Makes a bare repository with two commits, in two processes.
  /// - Parameter files: Files of the second commit besides the README of the first.
  func makeOrigin(_ name: String, branch: String = "main", files: [String: String] = [:]) throws {
    try git(project.directory, "init", "-q", "--bare", "--initial-branch=\(branch)", originPath(name))
    func commit(_ mark: Int, _ message: String) -> String {
      let person = "alice <alice@example.org> \(1_772_442_000 + mark) +0000"
      return """
        commit refs/heads/\(branch)
        mark :\(mark)
        author \(person)
        committer \(person)
        data \(message.utf8.count)
        \(message)

        """ + (mark > 1 ? "from :\(mark - 1)\n" : "")
    }
    func file(_ path: String, _ text: String) -> String {
      "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
    }
    var stream = commit(1, "First") + file("README.md", "# \(name)\n")
    stream += commit(2, "Second") + file("main.txt", "one\ntwo\n")
    for (path, text) in files.sorted(by: { $0.key < $1.key }) { stream += file(path, text) }
    let result = try GitCommand(originPath(name), environment).ask(
      ["fast-import", "--quiet"], input: Array(stream.utf8))
    try #require(result.succeeded, "\(result.errorText)")
  }

  /// What git prints; failing is a failed test.
  @discardableResult
  func git(_ directory: String, _ arguments: String...) throws -> String {
    let result = try GitCommand(Path.absolute(directory, in: root), environment).ask(arguments)
    try #require(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  // MARK: Files

  /// The text of a file of the town.
  func text(_ path: String) throws -> String { try FileSystem.readText(Path.absolute(path, in: root)) }

  /// Writes a file of the town.
  func write(_ path: String, _ text: String) throws {
    let path = Path.absolute(path, in: root)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: Array(text.utf8))
  }

  /// Whether something is there.
  func exists(_ path: String) -> Bool { FileSystem.exists(Path.absolute(path, in: root)) }

  private func check(_ result: GtResult) throws {
    try #require(result.status == 0, "\(result.standardError)")
  }
}
