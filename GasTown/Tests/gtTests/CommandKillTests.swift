import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Commands that are killed half-way and called again; `gt sling` is in `SlingStageTests`, `gt done` in `DoneKillTests`.
@Suite("Commands that are killed")
struct CommandKillTests {
  /// A command line in a town of its own, and what must hold when it has been called until it is done.
  private struct Scene {
    let town: TestTown
    let line: [String]
    var role: String?
    let holds: () throws -> Void
  }

  @Test(
    "are ended by the same command", arguments: ["install", "rig add", "polecat nuke", "handoff"],
    [30, 60, 95])
  func sameCommand(_ name: String, _ percent: Int) throws {
    // The places are the same for each run of the same work, so a first one tells where the second one is killed.
    let plan = try place(of: scene(name), percent)
    let scene = try scene(name)
    let killed = try run(scene, failing: plan)
    #expect(killed.status == .signaled(9), "\(plan): \(killed.errorText)")
    let again = try run(scene)
    // One that had done everything before it was killed says so.
    #expect([.exited(0), .exited(1), .exited(2)].contains(again.status), "\(plan): \(again.outcome)")
    try scene.holds()
    #expect(scene.town.gt("doctor").standardOutput.contains(": 0 errors"), "\(plan)")
  }

  private func scene(_ name: String) throws -> Scene {
    let town = try TestTown(rig: ["polecat nuke", "handoff"].contains(name))
    town.environment.variables["GT_SESSIONS"] = "none"
    switch name {
    case "install":
      let other = town.root + "2"
      return Scene(town: town, line: ["install", other]) { () throws in
        let doctor = gt(["doctor"], town.environment.at(other))
        #expect(doctor.standardOutput.contains(": 0 errors"), "\(doctor.standardOutput)")
      }
    case "rig add":
      try town.makeOrigin("app")
      return Scene(town: town, line: ["rig", "add", "app", town.originPath("app")]) { () throws in
        #expect(try town.town.rigs().map(\.name.rawValue) == ["app"])
        #expect(try town.makeIssue("Greeting").rawValue.hasPrefix("app-"))
      }
    case "polecat nuke":
      let id = try town.makeIssue("Greeting")
      let record = try DoneTests.give(id, town)
      let worktree = try #require(record.worktree)
      try town.write(worktree + "/precious.txt", "mine")
      return Scene(town: town, line: ["polecat", "nuke", record.address.text, "--force"]) { () throws in
        #expect(try town.database().agent(record.address)?.bead == nil && !FileSystem.exists(worktree))
        let repository = try town.rig().repository
        let saved = try town.git(repository, "for-each-ref", "--format=%(refname)", "refs/gt/salvage")
          .split(separator: "\n")
        let texts = try saved.map { try town.git(repository, "ls-tree", "-r", "--name-only", String($0)) }
        #expect(texts.contains { $0.contains("precious.txt") }, "\(saved)")
        let ledgers = town.ledgers()
        defer { ledgers.close() }
        #expect(try ledgers.store(for: id).issue(id)?.status == .open)
      }
    default:
      let id = try town.makeIssue("Greeting")
      try #require(town.gt("sling", id.rawValue, "app").status == 0)
      let agent = try #require(try town.database().agent(on: id)).address
      return Scene(town: town, line: ["handoff", "-m", "tests next"], role: agent.text) { () throws in
        #expect(try town.database().agent(on: id)?.address == agent)
        #expect(town.gt(["prime"], as: agent.text).standardOutput.contains("tests next"))
      }
    }
  }

  /// A place a part of the way through a command, as a fail plan.
  private func place(of scene: Scene, _ percent: Int) throws -> String {
    let trace = scene.town.project.directory + "/trace"
    let whole = try run(scene, trace: trace)
    #expect(whole.status == .exited(0), "\(whole.errorText)")
    try scene.holds()
    let places = try FileSystem.readText(trace).split(separator: "\n")
    let index = places.count * percent / 101
    let count = places[...index].count { $0 == places[index] }
    return "\(places[index])#\(count)=kill"
  }

  private func run(
    _ scene: Scene, failing plan: String? = nil, trace: String? = nil
  ) throws -> Subprocess.Result {
    var variables = scene.town.environment.variables
    variables["GT_ROLE"] = scene.role
    variables["BD_FAILPOINT"] = plan
    variables["BD_FAILPOINT_TRACE"] = trace
    return try Subprocess(
      [LiveTown.program()] + scene.line, directory: scene.town.root, variables: variables
    ).run()
  }
}

extension Environment {
  fileprivate func at(_ directory: String) -> Environment {
    var environment = self
    environment.currentDirectory = directory
    return environment
  }
}
