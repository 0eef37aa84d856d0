import BeadsKit
import BeadsTesting
import Testing

/// A sync that is killed anywhere is carried on by the next one.
@Suite struct SyncKillTests {
  private struct Clones {
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

    private func run(_ words: [String], in directory: String, failing plan: String? = nil) throws
      -> ObservedProgram.Run
    {
      var variables = project.environment.variables
      variables["BD_FAILPOINT"] = plan
      variables["GIT_CONFIG_NOSYSTEM"] = "1"
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

  @Test(
    .enabled(if: FailPoint.isAvailable), arguments: [nil, "beads-sync"] as [String?],
    [
      "sync.exported", "sync.committed", "sync.fetched", "sync.merged", "sync.imported", "sync.pushed",
    ])
  func killedSyncIsCarriedOn(_ syncBranch: String?, _ place: String) throws {
    let clones = try Clones(syncBranch: syncBranch)
    // The sync branch is there before the interesting part.
    if syncBranch != nil { for name in ["a", "b"] { try clones.bd("sync", "--full", in: name) } }
    try clones.bd("create", "From b", in: "b")
    try clones.bd("sync", "--full", in: "b")
    try clones.bd("create", "From a", in: "a")
    #expect(try clones.sync("a", failing: "\(place)=kill") == 128 + 9)
    for name in ["a", "b", "a"] { try clones.bd("sync", "--full", in: name) }
    #expect(try clones.file("a") == clones.file("b"))
    for name in ["a", "b"] {
      #expect(try clones.bd("count", in: name) == "2\n")
      let directory = Path.join(clones.project.directory, name)
      #expect(try FileSystem.list(Path.join(directory, ".beads")).allSatisfy { !$0.hasSuffix(".tmp") })
      #expect(try FileSystem.list(Path.join(directory, ".git")).allSatisfy { !$0.hasSuffix(".lock") })
      if syncBranch == nil { #expect(try clones.git("status", "--porcelain", in: name) == "") }
    }
  }

  @Test func twoSyncsAtOnceGoOneAfterTheOther() throws {
    let clones = try Clones(syncBranch: nil)
    try clones.bd("create", "One", in: "a")
    let pool = ProgramPool()
    var statuses: [Int32] = []
    var left = 3
    var variables = clones.project.environment.variables
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "alice"
      variables["GIT_\(role)_EMAIL"] = "alice@example.org"
    }
    try pool.run(width: 3) { _ throws(BeadsError) in
      guard left > 0 else { return nil }
      left -= 1
      return Subprocess(
        [clones.bd, "sync", "--full"], directory: Path.join(clones.project.directory, "a"),
        variables: variables)
    } ended: { _, run throws(BeadsError) in
      statuses.append(run.status)
    }
    #expect(statuses == [0, 0, 0])
    #expect(try clones.git("log", "--oneline", in: "a").split(separator: "\n").count == 2)
  }
}
