import BeadsModel
import BeadsSystem
import Testing

@testable import BeadsStore

/// Real git repositories with real stores in a scratch directory.
struct GitProject {
  let root: String
  private(set) var environment: Environment

  init(_ root: String) {
    self.root = root
    var variables = ["HOME": root + "/.home", "GIT_CONFIG_NOSYSTEM": "1"]
    variables["PATH"] = Environment.process.variables["PATH"]
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "alice"
      variables["GIT_\(role)_EMAIL"] = "alice@example.org"
    }
    environment = Environment(
      variables: variables, currentDirectory: root, homeDirectory: root + "/.home", userName: "alice")
  }

  var standing: String { environment.currentDirectory }

  func path(_ name: String) -> String { Path.join(root, name) }

  mutating func stand(_ directory: String) { environment.currentDirectory = path(directory) }

  func write(_ name: String, _ text: String) throws {
    try FileSystem.makeDirectory(Path.directory(of: path(name)))
    try FileSystem.replace(path(name), with: Array(text.utf8))
  }

  func repository(_ name: String) throws {
    try FileSystem.makeDirectory(path(name))
    try git(name, "init", "-q", "-b", "main", "--template=")
    try FileSystem.makeDirectory(path(name) + "/.git/info")
    try write(name + "/file", "content\n")
  }

  /// A project as `bd init` makes it, without what it tells git.
  func store(_ name: String, prefix: String = "t") throws {
    try FileSystem.makeDirectory(path(name))
    var options = WorkspaceInit.Options()
    options.prefix = prefix
    options.databasePath = path(name) + "/.beads/beads.db"
    let report = try WorkspaceInit(options, environment: environment).prepare()
    let store = try Store.create(
      at: StoreLocation(report.workspace), prefix: try Prefix(prefix), environment: environment)
    try store.flush(force: true)
    store.closeConnection()
  }

  func commit(_ name: String) throws {
    try git(name, "add", "--all")
    try git(name, "commit", "-qm", "a commit")
  }

  func git(_ name: String, _ arguments: String...) throws { try git(arguments, in: path(name)) }

  @discardableResult
  func git(in directory: String, _ arguments: String...) throws -> String {
    try git(arguments, in: directory)
  }

  @discardableResult
  func git(_ arguments: [String], in directory: String) throws -> String {
    let result = try Subprocess(
      ["git"] + arguments, directory: directory, variables: environment.variables
    ).run()
    try #require(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  /// What must be the same after a worktree came and went.
  func state(_ name: String) throws -> (status: String, worktrees: Int) {
    let list = try git(in: standing, "worktree", "list", "--porcelain")
    let status = try git(in: standing, "status", "--porcelain")
    return (status, list.split(separator: "\n").count { $0.hasPrefix("worktree ") })
  }

  /// Path, branch, lock and absence of each worktree in git's words.
  func listByGit() throws -> [String] {
    let text = try git(in: standing, "worktree", "list", "--porcelain")
    return text.split(separator: "\n\n").map { block in
      var (path, branch, lock) = ("", "-", "-")
      for line in block.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? String(words[1]) : ""
        switch words[0] {
        case "worktree": path = rest
        case "branch": branch = String(rest.dropFirst("refs/heads/".count))
        case "locked": lock = rest
        default: break
        }
      }
      return "\(path) \(branch) \(lock) \(!FileSystem.isDirectory(path))"
    }
  }
}
