import BeadsKit
import Foundation

/// A git repository in a temporary directory, removed with the value.
final class ScratchRepository {
  let directory: String
  let environment: Environment

  init() throws {
    directory =
      FileManager.default.temporaryDirectory.appendingPathComponent("gt-merge-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var environment = Environment.process
    for role in ["AUTHOR", "COMMITTER"] {
      environment.variables["GIT_\(role)_NAME"] = "Nux"
      environment.variables["GIT_\(role)_EMAIL"] = "nux@example.org"
      environment.variables["GIT_\(role)_DATE"] = "1772442000 +0000"
    }
    environment.variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
    self.environment = environment
    try git("init", "--quiet", "--initial-branch=main")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let result = try GitCommand(directory, environment).ask(arguments)
    guard result.succeeded else { throw Failed(text: "git \(arguments): \(result.errorText)") }
    return result.text
  }

  struct Failed: Error { let text: String }

  func write(_ path: String, _ text: String) throws {
    let url = URL(fileURLWithPath: directory).appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  /// Commits files on a branch that starts at another one, and returns the commit.
  @discardableResult
  func commit(
    on branch: String, from start: String = "main", says message: String = "Change",
    _ files: [String: String?]
  ) throws -> GitID {
    let exists = (try? git("rev-parse", "--verify", "--quiet", "refs/heads/\(branch)")) != nil
    if exists {
      try git("checkout", "--quiet", branch)
    } else if (try? git("rev-parse", "--verify", "--quiet", "HEAD")) != nil {
      try git("checkout", "--quiet", "-b", branch, start)
    }
    for (path, text) in files {
      if let text { try write(path, text) } else { try git("rm", "--quiet", path) }
    }
    try git("add", "--all")
    try git("commit", "--quiet", "--allow-empty", "-m", message)
    return try head(branch)
  }

  func head(_ revision: String) throws -> GitID {
    guard let id = GitID(try git("rev-parse", "\(revision)^{commit}")) else {
      throw Failed(text: "\(revision) is no commit")
    }
    return id
  }

  func content(_ path: String, at commit: GitID) throws -> String? {
    try? git("show", "\(commit):\(path)")
  }
}
