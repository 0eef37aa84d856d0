import BeadsKit
import GasTownKit
import Testing

@Suite("Protected branches")
struct PushGuardTests {
  let town: TestTown
  let rig: Rig
  let polecat: AgentRecord
  let path: String

  init() throws {
    town = try TestTown()
    rig = try town.rig()
    polecat = try DoneTests.give(try town.makeIssue("Write it"), town)
    path = try #require(polecat.worktree)
    #expect(town.gt("crew", "add", "max", "--rig", "app").status == 0)
    try GitHookFolder(rig, town.town, program: LiveTown.program()).install()
  }

  private func push(
    _ directory: String, _ arguments: [String], as role: String, _ more: [String: String] = [:]
  ) throws
    -> Subprocess.Result
  {
    try GitCommand(directory, town.environment, adding: ["GT_ROLE": role].merging(more) { $1 }).ask(
      ["push", "origin"] + arguments)
  }

  private func commit(_ directory: String, _ file: String) throws {
    try town.write(directory + "/" + file, file)
    try town.git(directory, "add", "--", file)
    try town.git(directory, "commit", "-q", "-m", file)
  }

  private func main() throws -> String { try town.git(town.originPath("app"), "rev-parse", "main") }

  @Test func polecatsPushBranchesOfTheirOwnOnly() throws {
    try commit(path, "a.txt")
    let before = try main()
    for target in ["HEAD:main", "HEAD:refs/heads/other", "HEAD:polecat/slit/x", ":main"] {
      let result = try push(path, [target], as: polecat.address.text)
      #expect(!result.succeeded && result.errorText.contains("gt done"), "\(target): \(result.errorText)")
    }
    #expect(try main() == before)
    let own = try #require(polecat.branch?.rawValue)
    let result = try push(path, ["HEAD:refs/heads/\(own)"], as: polecat.address.text)
    #expect(result.succeeded, "\(result.errorText)")
    // The way that is meant works, and so does the merge engine.
    let done = town.gt(["done"], as: polecat.address.text)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(town.gt("config", "show").status == 0)
    try RigSettings.set("merge_queue.require_gates", to: "false", in: rig, of: town.town, command: "test")
    #expect(town.gt("mq", "run", "app").status == 0)
    #expect(try main() != before)
  }

  @Test func theCrewFollowsThePolicyOfTheRig() throws {
    let clone = rig.crewClone(try AgentName("max"))
    try commit(clone, "a.txt")
    func push() throws -> Subprocess.Result { try self.push(clone, ["HEAD:main"], as: "app/crew/max") }
    try RigSettings.set("merge_queue.crew_push", to: "false", in: rig, of: town.town, command: "test")
    let refused = try push()
    #expect(!refused.succeeded && refused.errorText.contains("gt mq submit"), "\(refused.errorText)")
    try RigSettings.set("merge_queue.crew_push", to: nil, in: rig, of: town.town, command: "test")
    #expect(try push().succeeded)
    #expect(try !self.push(clone, [":main"], as: "app/crew/max").succeeded)
    #expect(
      try !self.push(clone, ["HEAD:main"], as: "mayor").succeeded
        || main() == town.git(clone, "rev-parse", "HEAD"))
  }

  @Test func anIntegrationBranchIsLandedAsAWhole() throws {
    let clone = rig.crewClone(try AgentName("max"))
    try town.git(clone, "checkout", "-q", "-b", "epic")
    try commit(clone, "epic.txt")
    #expect(try push(clone, ["HEAD:integration/epic"], as: "overseer").succeeded)
    try town.git(clone, "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    let refused = try push(clone, ["HEAD:main"], as: "app/crew/max")
    #expect(!refused.succeeded && refused.errorText.contains("integration/epic"), "\(refused.errorText)")
    #expect(try push(clone, ["HEAD:main"], as: "app/crew/max", ["GT_INTEGRATION_LAND": "1"]).succeeded)
  }

  @Test func hooksOfTheProjectGoOnWorking() throws {
    let marks = Path.join(town.root, "marks.txt")
    func hook(_ path: String) throws {
      try town.write(path, "#!/bin/sh\necho \"$0 $1 $(cat | wc -l)\" >> '\(marks)'\n")
      try FileSystem.setMode(Path.absolute(path, in: town.root), 0o755)
    }
    try hook(rig.repository + "/hooks/pre-push")
    try hook(rig.repository + "/hooks/commit-msg")
    try commit(path, "a.txt")
    let own = try #require(polecat.branch?.rawValue)
    #expect(try push(path, ["HEAD:refs/heads/\(own)"], as: polecat.address.text).succeeded)
    let said = try FileSystem.readText(marks)
    #expect(said.contains("hooks/commit-msg") && said.contains("hooks/pre-push origin 1"), "\(said)")
    // A project that names a folder of its own later is asked first all the same, once the hooks are looked at.
    let folder = GitHookFolder(rig, town.town, program: try LiveTown.program())
    #expect(try folder.unguarded().isEmpty)
    try hook(path + "/.husky/pre-push")
    try town.git(path, "config", "core.hooksPath", ".husky")
    #expect(try folder.unguarded() == [rig.repository])
    try folder.install()
    try commit(path, "b.txt")
    #expect(try push(path, ["HEAD:refs/heads/\(own)"], as: polecat.address.text).succeeded)
    #expect(try FileSystem.readText(marks).contains(".husky/pre-push origin 1"))
    #expect(try !push(path, ["HEAD:main"], as: polecat.address.text).succeeded)
    // To name the folder of gt itself as the next one does not switch it off.
    try town.git(path, "config", "gastown.hooksPath", rig.path(".runtime/git-hooks"))
    #expect(try !push(path, ["HEAD:main"], as: polecat.address.text).succeeded)
  }
}
