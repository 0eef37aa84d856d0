import BeadsKit
import GasTownKit
import Testing

/// Scenario 25 of the contract's appendix D.
@Suite("What is in a worktree that goes away")
struct SalvageTests {
  let town: TestTown
  let rig: Rig
  let worktrees: RigWorktrees
  let nux: AgentName
  let path: String

  init() throws {
    town = try TestTown()
    rig = try town.rig()
    worktrees = RigWorktrees(rig, in: town.town)
    nux = try AgentName("nux")
    path = rig.polecatWorktree(nux)
    _ = try worktrees.create(
      nux, on: try BranchName("polecat/nux/app-1@x"), at: try worktrees.start(rig.defaultBranch))
    try worktrees.furnish(nux, branch: try BranchName("polecat/nux/app-1@x"))
  }

  private func remove() throws -> Salvage.Saved { try worktrees.remove(nux, because: "of a test") }

  /// What a file had in what was saved.
  private func saved(_ file: String, _ saved: Salvage.Saved, at index: Int = 0, parent: String = "") throws
    -> String
  {
    try town.git(rig.repository, "show", "\(saved.references[index])\(parent):\(file)")
  }

  @Test func isNothingWhenAllIsPushed() throws {
    #expect(try remove().isEmpty)
    #expect(!FileSystem.exists(rig.polecatFolder(nux)))
    #expect(try town.git(rig.repository, "branch", "--list", "polecat/*") == "")
    #expect(try town.git(rig.repository, "worktree", "list").split(separator: "\n").count == 2)
  }

  @Test func isSavedStagedOrNot() throws {
    try town.write(path + "/main.txt", "changed, not staged\n")
    try town.write(path + "/staged.txt", "as staged\n")
    try town.git(path, "add", "staged.txt")
    try town.write(path + "/staged.txt", "changed since\n")
    try town.write(path + "/dir/new\nline ü.txt", "a name of two lines\n")
    try town.write(path + "/.gitignore", "build/\n")
    try town.write(path + "/build/x.o", "ignored by the project\n")
    try town.write(path + "/CLAUDE.local.md", "excluded, but not by the project\n")
    let result = try remove()
    #expect(try saved("main.txt", result) == "changed, not staged")
    #expect(try saved("staged.txt", result) == "changed since")
    #expect(try saved("staged.txt", result, parent: "^2") == "as staged")
    #expect(try saved("dir/new\nline ü.txt", result) == "a name of two lines")
    #expect(try saved("CLAUDE.local.md", result) == "excluded, but not by the project")
    let files = try town.git(rig.repository, "ls-tree", "-r", "--name-only", result.references[0])
    #expect(!files.contains("build/"))
    #expect(!files.contains("redirect"))
    #expect(!FileSystem.exists(path))
  }

  @Test func isSavedFromAFileThatGitWasToldNotToLookAt() throws {
    try town.git(path, "update-index", "--assume-unchanged", "main.txt")
    try town.write(path + "/main.txt", "nobody looks\n")
    #expect(try saved("main.txt", try remove()) == "nobody looks")
  }

  @Test func isSavedOfADetachedHeadAndOfWhatWasAmended() throws {
    try town.git(path, "checkout", "-q", "--detach")
    try commit("a.txt", "first")
    let first = try town.git(path, "rev-parse", "HEAD")
    try town.write(path + "/a.txt", "second")
    try town.git(path, "commit", "-q", "-a", "--amend", "-m", "amended")
    let second = try town.git(path, "rev-parse", "HEAD")
    let result = try remove()
    for commit in [first, second] {
      try town.git(rig.repository, "merge-base", "--is-ancestor", commit, result.references[0])
    }
  }

  @Test func isSavedInTheMiddleOfAMerge() throws {
    try town.git(path, "checkout", "-q", "-b", "polecat/nux/side")
    try commit("main.txt", "theirs")
    let theirs = try town.git(path, "rev-parse", "HEAD")
    try town.git(path, "checkout", "-q", "polecat/nux/app-1@x")
    try commit("main.txt", "ours")
    _ = try town.town.git(path).ask("merge", "polecat/nux/side")
    let result = try remove()
    #expect(try saved("conflict-stage-2/main.txt", result, parent: "^2") == "ours")
    #expect(try saved("conflict-stage-3/main.txt", result, parent: "^2") == "theirs")
    try town.git(rig.repository, "merge-base", "--is-ancestor", theirs, "polecat/nux/side")
  }

  @Test func isSavedWithALockedIndex() throws {
    try town.write(path + "/new.txt", "new")
    let state = try town.git(path, "rev-parse", "--absolute-git-dir")
    try town.write(state + "/index.lock", "")
    #expect(try saved("new.txt", try remove()) == "new")
  }

  @Test(arguments: ["short", "wrong", "empty"])
  func isSavedWithADamagedIndex(damage: String) throws {
    try town.write(path + "/staged.txt", "only in the index\n")
    try town.git(path, "add", "staged.txt")
    try FileSystem.remove(path + "/staged.txt")
    try town.write(path + "/new.txt", "new")
    let index = try town.git(path, "rev-parse", "--absolute-git-dir") + "/index"
    let bytes = try FileSystem.read(index)
    let damaged: [UInt8] =
      switch damage {
      case "short": Array(bytes.prefix(bytes.count / 2))
      case "wrong": Array("XXXX".utf8) + bytes.dropFirst(4)
      default: []
      }
    try FileSystem.replace(index, with: damaged)
    let result = try remove()
    #expect(try saved("new.txt", result) == "new")
    let all = try town.git(rig.repository, "rev-list", "--objects", result.references[0])
    let name = try hash("only in the index\n")
    #expect(all.contains(name))
  }

  @Test func isSavedWithoutItsLinkToTheRepository() throws {
    try town.write(path + "/new.txt", "new")
    try commit("a.txt", "committed")
    let head = try town.git(path, "rev-parse", "HEAD")
    try FileSystem.remove(path + "/.git")
    let result = try remove()
    #expect(try saved("new.txt", result) == "new")
    try town.git(rig.repository, "merge-base", "--is-ancestor", head, result.references[0])
  }

  @Test func isSavedOfRepositoriesWithin() throws {
    try town.git(path, "init", "-q", "within")
    try town.write(path + "/within/a.txt", "committed")
    try town.git(path + "/within", "add", ".")
    try town.git(path + "/within", "commit", "-q", "-m", "one")
    try town.write(path + "/within/b.txt", "not committed")
    let result = try remove()
    #expect(result.references.count == 1)
    #expect(try saved("a.txt", result) == "committed")
    #expect(try saved("b.txt", result) == "not committed")
  }

  @Test func isSavedOfASubmodule() throws {
    try town.makeOrigin("part")
    try town.git(
      path, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", town.originPath("part"), "part"
    )
    try town.git(path, "commit", "-q", "-m", "submodule")
    try town.write(path + "/part/main.txt", "changed in the submodule")
    let result = try remove()
    #expect(result.references.count == 2)
    #expect(try saved("main.txt", result, at: 1) == "changed in the submodule")
  }

  @Test func isPutAsideWhenGitCannotSaveIt() throws {
    try town.write(path + "/.gitattributes", "*.x filter=broken\n")
    try town.git(path, "config", "filter.broken.clean", "false")
    try town.git(path, "config", "filter.broken.required", "true")
    try town.write(path + "/a.x", "cannot be added")
    let result = try remove()
    let folder = try #require(result.folder)
    #expect(try town.text(folder + "/a.x") == "cannot be added")
    #expect(!FileSystem.exists(path))
    // The name is free again.
    _ = try worktrees.create(
      nux, on: try BranchName("polecat/nux/app-2@x"), at: try worktrees.start(rig.defaultBranch))
    #expect(try worktrees.state(of: nux).isDisposable)
  }

  @Test func isSavedBeforeTheWorktreeGetsNewWork() throws {
    try commit("a.txt", "committed, not pushed")
    let head = try town.git(path, "rev-parse", "HEAD")
    try town.write(path + "/b.txt", "not committed")
    try town.write(path + "/.gitignore", "cache/\n")
    try town.write(path + "/cache/x", "built")
    let result = try worktrees.create(
      nux, on: try BranchName("polecat/nux/app-2@y"), at: try worktrees.start(rig.defaultBranch))
    #expect(try saved("b.txt", result) == "not committed")
    try town.git(rig.repository, "merge-base", "--is-ancestor", head, result.references[0])
    #expect(try worktrees.state(of: nux).isDisposable)
    #expect(!FileSystem.exists(path + "/b.txt"))
    #expect(try worktrees.state(of: nux).branch?.rawValue == "polecat/nux/app-2@y")
  }

  private func commit(_ file: String, _ text: String) throws {
    try town.write(path + "/" + file, text)
    try town.git(path, "add", file)
    try town.git(path, "commit", "-q", "-m", "change \(file)")
  }

  private func hash(_ text: String) throws -> String {
    let result = try town.town.git(rig.repository).ask(["hash-object", "--stdin"], input: Array(text.utf8))
    return result.text
  }
}
