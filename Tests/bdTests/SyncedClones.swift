import BeadsKit
import BeadsTesting
import Testing

/// Two clones of a bare repository, each with a store, on which the real program runs.
struct SyncedClones {
  let project: TestProject
  let bd: String

  init(syncBranch: String?) throws {
    project = try TestProject()
    bd = try #require(StressProject.program, "bd is not beside the tests")
    try git("init", "-q", "--bare", "-b", "main", "remote.git", in: ".")
    for name in ["a", "b"] {
      try git("clone", "-q", "remote.git", name, in: ".")
      if name == "a" { try git("symbolic-ref", "HEAD", "refs/heads/main", in: "a") }
      if name == "b" || syncBranch == nil {
        try bd("init", "--prefix", "t", "--quiet", in: name)
      } else {
        try bd("init", "--prefix", "t", "--quiet", "--skip-merge-driver", in: name)
      }
      if let syncBranch { try bd("config", "set", "sync-branch", syncBranch, in: name) }
      if name == "a" {
        try git("add", ".", in: "a")
        try git("commit", "-qm", "a project", in: "a")
        try git("push", "-q", "-u", "origin", "main", in: "a")
      }
    }
  }

  func run(_ words: [String], in directory: String, failing plan: String? = nil) throws
    -> ObservedProgram.Run
  {
    var variables = project.environment.variables
    variables["BD_FAILPOINT"] = plan
    variables["GIT_CONFIG_NOSYSTEM"] = "1"
    // For git's merge driver.
    variables["PATH"] = "\(Path.directory(of: bd)):\(variables["PATH"] ?? "/usr/bin:/bin")"
    variables["GIT_CEILING_DIRECTORIES"] = project.directory
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "alice"
      variables["GIT_\(role)_EMAIL"] = "alice@example.org"
    }
    return try ObservedProgram(
      Subprocess(words, directory: Path.join(project.directory, directory), variables: variables)
    ).wait()
  }

  @discardableResult
  func git(_ words: String..., in directory: String) throws -> String {
    let run = try run(["git"] + words, in: directory)
    #expect(run.status == 0, "git \(words): \(run.errorText)")
    return run.text
  }

  @discardableResult
  func bd(_ words: String..., in directory: String) throws -> String {
    let run = try run([bd] + words, in: directory)
    #expect(run.status == 0, "bd \(words): \(run.errorText)")
    return run.text
  }

  func sync(_ directory: String, failing plan: String) throws -> Int32 {
    try run([bd, "sync", "--full"], in: directory, failing: plan).status
  }

  func file(_ directory: String) throws -> String {
    try FileSystem.readText(Path.join(project.directory, directory, ".beads/issues.jsonl"))
  }
}
