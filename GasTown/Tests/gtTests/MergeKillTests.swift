import BeadsKit
import Foundation
import GasTownKit
import Testing

/// The engine as a process, killed wherever it is.
@Suite("A merge engine that is killed", .serialized)
struct MergeKillTests {
  @Test("moves the target to tested commits only, and accounts for every branch", arguments: [1, 2, 3])
  func kills(round: Int) throws {
    let town = try MergeTown()
    try town.base.git(town.base.originPath("app"), "config", "core.logAllRefUpdates", "always")
    var made: [(request: IssueID, issue: IssueID)] = []
    for index in 0..<6 {
      let files: [String: String] =
        index == 2
        ? ["broken": "x"]
        : index == 4 ? ["main.txt": "four\n"] : index == 5 ? ["main.txt": "five\n"] : ["f\(index)": "x"]
      made.append(try town.submit("n\(index)", files))
    }
    var kills = 0
    for _ in 0..<12 {
      let engine = Process()
      engine.executableURL = try URL(fileURLWithPath: LiveTown.program())
      engine.arguments = ["mq", "run", "app"]
      engine.currentDirectoryURL = URL(fileURLWithPath: town.base.root)
      engine.environment = town.base.environment.variables
      engine.standardOutput = FileHandle.nullDevice
      engine.standardError = FileHandle.nullDevice
      try engine.run()
      usleep(UInt32.random(in: 1_000...250_000))
      if engine.isRunning {
        kill(engine.processIdentifier, SIGKILL)
        kills += 1
      }
      engine.waitUntilExit()
    }
    #expect(kills > 0)
    town.merge()
    town.merge()
    // Every value that main ever had was let pass by the gate, or was there before.
    let values = try town.origin("reflog", "show", "--format=%T", "refs/heads/main").split(separator: "\n")
      .map(String.init)
    let passed = Set(town.passes)
    for tree in values.dropLast() { #expect(passed.contains(tree), "main had a tree that was not tested") }
    var merged = 0
    for (index, entry) in made.enumerated() {
      let request = try town.issue(entry.request)
      let issue = try town.issue(entry.issue)
      if request.status == .closed {
        merged += 1
        #expect(issue.closeReason == "Merged in \(entry.request)")
        #expect(try town.files().contains(index < 4 ? "f\(index)" : "main.txt"))
      } else {
        #expect(request.status == .open && request.assignee.isEmpty)
        #expect(request.labels.contains(index == 2 ? "needs-fix" : "needs-rebase"))
      }
    }
    #expect(merged == 4)
    let database = try town.base.database()
    #expect(try database.merges(rig: RigName("app"), limit: 100).allSatisfy { $0.phase == .done })
  }
}
