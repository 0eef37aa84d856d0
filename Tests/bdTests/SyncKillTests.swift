import BeadsKit
import BeadsTesting
import Testing

/// A sync that is killed anywhere is carried on by the next one.
@Suite struct SyncKillTests {
  @Test(
    .enabled(if: FailPoint.isAvailable), arguments: [nil, "beads-sync"] as [String?],
    [
      "sync.exported", "sync.committed", "sync.fetched", "sync.merged", "sync.imported", "sync.pushed",
    ])
  func killedSyncIsCarriedOn(_ syncBranch: String?, _ place: String) throws {
    let clones = try SyncedClones(syncBranch: syncBranch)
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
    let clones = try SyncedClones(syncBranch: nil)
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
