import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

@Suite("Giving out work half-way")
struct SlingStageTests {
  let quiet: QuietTown
  var town: TestTown { quiet.town }

  init() throws { quiet = try QuietTown() }

  private func sling() throws -> Sling {
    let database = try town.database()
    let launcher = try AgentLauncher(town: town.town, database: database, program: nil)
    return Sling(
      town: town.town, database: database, ledgers: town.ledgers(), launcher: launcher, caller: .overseer)
  }

  @Test("a stage that fails leaves nothing", arguments: Sling.Stage.allCases)
  func failure(stage: Sling.Stage) throws {
    let id = try town.makeIssue("Greeting")
    try quiet.change(id) { $0.metadata = "{\"theirs\":7}" }
    let before = try quiet.issue(id)
    var sling = try sling()
    sling.onStage = { reached throws(BeadsError) in
      if reached == stage { throw BeadsError(.io, "disk full") }
    }
    #expect(throws: BeadsError(.io, "disk full")) { try sling.run(SlingRequest([id.rawValue], to: "app")) }
    try quiet.expectUntouched(before)
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    try quiet.expectGiven(id)
  }

  @Test("after a crash the same command completes it", arguments: Sling.Stage.allCases)
  func crash(stage: Sling.Stage) throws {
    let id = try town.makeIssue("Greeting")
    var variables = town.environment.variables
    variables["BD_FAILPOINT"] = "sling.\(stage.rawValue)=kill"
    let program = try GtBinary.path()
    let crashed = try Subprocess(
      [program, "sling", id.rawValue, "app"], directory: town.root, variables: variables
    ).run()
    #expect(crashed.status == .signaled(9), "\(crashed.errorText)")
    #expect(try town.database().agent(on: id) != nil)
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    // Whether the agent runs cannot be told here once it was told how to be started.
    if stage == .started { try quiet.change(id) { $0.status = .inProgress } }
    if stage != .started { try quiet.expectGiven(id) }
    #expect(try quiet.polecats().count == 1)
    #expect(try town.database().attempts(of: id) == 1)
  }

  /// Scenario 24 of the contract's appendix D; too little space: `PolecatsTests.waitsForDiskSpace`.
  @Test("on a full disk nothing is given out", arguments: ["file.write", "directory.make", "file.rename"])
  func fullDisk(place: String) throws {
    let id = try town.makeIssue("Greeting")
    let before = try quiet.issue(id)
    var failures = 0
    for count in [1, 2, 3, 5, 8, 13, 21] {
      let result = withFailures("\(place)#\(count)+=ENOSPC") { town.gt("sling", id.rawValue, "app") }
      if result.status == 0 { break }
      failures += 1
      #expect(result.standardError.contains("the disk is full"), "\(result.standardError)")
      let after = try quiet.issue(id)
      #expect(after.status == .open && after.assignee == "" && after.metadata == before.metadata)
      #expect(try quiet.polecats().allSatisfy { $0.bead == nil })
      #expect(try town.database().attempts(of: id) == 0)
      #expect(try town.database().openSessions().isEmpty)
    }
    #expect(failures > 0)
    #expect(town.gt("sling", id.rawValue, "app").status == 0)
    try quiet.expectGiven(id)
  }

  /// Scenario 10 of the contract's appendix D.
  @Test func ofTwentyAtOnceExactlyOneGivesOutAnIssue() throws {
    let id = try town.makeIssue("Greeting")
    let runs = try GtBinary.run(Array(repeating: ["sling", id.rawValue, "app"], count: 20), in: town)
    #expect(runs.contains { $0.succeeded })
    for run in runs where !run.succeeded {
      #expect(run.errorText.contains("is being given out"), "\(run.errorText)")
    }
    try quiet.expectGiven(id)
    #expect(try quiet.polecats().count == 1)
    #expect(try quiet.events().count { $0["type"] == .string("spawn") && $0["source"] == .string("gt") } == 1)
  }

  /// Scenario 11 of the contract's appendix D.
  @Test func twentyAtOnceGoToTwentyPolecats() throws {
    let ids = try (1...20).map { try town.makeIssue("Issue \($0)") }
    let runs = try GtBinary.run(ids.map { ["sling", $0.rawValue, "app"] }, in: town)
    for run in runs { #expect(run.succeeded, "\(run.errorText)") }
    let polecats = try quiet.polecats()
    #expect(Set(polecats.compactMap(\.bead)) == Set(ids))
    #expect(Set(polecats.compactMap(\.worktree)).count == 20)
    #expect(Set(polecats.compactMap(\.branch)).count == 20)
    for polecat in polecats {
      let branch = try town.git(try #require(polecat.worktree), "branch", "--show-current")
      #expect(branch == polecat.branch?.rawValue)
      let bead = try #require(polecat.bead)
      #expect(try quiet.issue(bead).assignee == polecat.address.text)
    }
    #expect(try quiet.everything(rig: nil).count == 20)
  }
}

/// The program as it was built beside the tests.
enum GtBinary {
  static func path() throws -> String {
    let path = Path.join(Path.directory(of: try #require(executablePath())), "gt")
    try #require(FileSystem.exists(path), "\(path) is not built")
    return path
  }

  /// Runs command lines in processes of their own, all at once.
  static func run(_ commands: [[String]], in town: TestTown) throws -> [Subprocess.Result] {
    let program = try path()
    let (root, variables) = (town.root, town.environment.variables)
    let results = Results(count: commands.count)
    let group = DispatchGroup()
    for (index, command) in commands.enumerated() {
      group.enter()
      Thread.detachNewThread {
        let request = Subprocess([program] + command, directory: root, variables: variables)
        results.set(index, try? request.run())
        group.leave()
      }
    }
    group.wait()
    return try results.all.map { try #require($0) }
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Subprocess.Result?]
    init(count: Int) { values = Array(repeating: nil, count: count) }
    func set(_ index: Int, _ value: Subprocess.Result?) { lock.withLock { values[index] = value } }
    var all: [Subprocess.Result?] { lock.withLock { values } }
  }
}
