import BeadsKit
import BeadsTesting
import Testing

/// A repository whose hooks call the `bd` that was built with the tests.
final class HookProject {
  let project: TestProject
  /// Variables on top of the project's.
  var variables: [String: String] = [:]

  /// A project with one commit, in which git tracks the issues, and with hooks.
  init(hooks: Bool = true) throws {
    project = try TestProject()
    let bd = try #require(StressProject.program, "bd is not beside the tests")
    try FileSystem.makeDirectory(path(".bin"))
    try FileSystem.makeLink(path(".bin/bd"), to: bd)
    try FileSystem.makeDirectory(path("repo"))
    try git("init", "-q", "-b", "main")
    try self.bd("init", "--prefix", "t", "--quiet")
    try self.bd("create", "First")
    try write("file", "one\n")
    try git("add", ".")
    try git("commit", "-qm", "first")
    if hooks { try self.bd("hooks", "install") }
  }

  func path(_ name: String) -> String { Path.join(project.directory, name) }

  private var environment: [String: String] {
    var all = project.environment.variables
    all["PATH"] = path(".bin") + ":" + (all["PATH"] ?? "")
    all["GIT_CONFIG_NOSYSTEM"] = "1"
    all["GIT_CEILING_DIRECTORIES"] = project.directory
    for role in ["AUTHOR", "COMMITTER"] {
      all["GIT_\(role)_NAME"] = "alice"
      all["GIT_\(role)_EMAIL"] = "alice@example.org"
    }
    return all.merging(variables) { $1 }
  }

  /// Runs a program in a checkout, whatever it ends with.
  func run(_ words: [String], in checkout: String = "repo", input: String? = nil) throws -> Subprocess.Result
  {
    // Programs are looked up where the tests were started, not where the hooks look.
    let words = words[0] == "bd" ? [path(".bin/bd")] + words.dropFirst() : words
    var request = Subprocess(words, directory: path(checkout), variables: environment, timeout: .seconds(60))
    if let input { request.input = .bytes(Array(input.utf8)) }
    return try request.run()
  }

  @discardableResult
  func git(_ arguments: String..., in checkout: String = "repo", input: String? = nil) throws -> String {
    let result = try run(["git"] + arguments, in: checkout, input: input)
    try #require(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  @discardableResult
  func bd(_ arguments: String..., in checkout: String = "repo") throws -> String {
    let result = try run(["bd"] + arguments, in: checkout)
    try #require(result.succeeded, "bd \(arguments): \(result.errorText)")
    return result.text
  }

  func write(_ name: String, _ text: String, in checkout: String = "repo", mode: UInt32 = 0o644) throws {
    let file = Path.join(path(checkout), name)
    try FileSystem.makeDirectory(Path.directory(of: file))
    try FileSystem.replace(file, with: Array(text.utf8), mode: mode)
  }

  func text(_ name: String, in checkout: String = "repo") throws -> String {
    try FileSystem.readText(Path.join(path(checkout), name))
  }

  /// Another program in the place of `bd`.
  func replaceBd(_ script: String?) throws {
    try FileSystem.remove(path(".bin/bd"))
    if let script { try write("bd", "#!/bin/sh\n" + script + "\n", in: ".bin", mode: 0o755) }
  }

  /// What git says about the checkout.
  func status(in checkout: String = "repo") throws -> String {
    try git("status", "--porcelain", in: checkout)
  }

  /// The issues that a commit holds.
  func committed(_ revision: String = "HEAD", in checkout: String = "repo") throws -> String {
    try git("show", "\(revision):.beads/issues.jsonl", in: checkout)
  }
}
