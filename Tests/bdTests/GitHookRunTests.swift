import BeadsKit
import Testing

@Suite("Git hooks: at work")
struct GitHookRunTests {
  /// However a commit is made, the issues are in it, and nothing is left over in the index.
  @Test(arguments: [
    ["add file", "commit -qm x"], ["commit -qam x"], ["commit -qm x file"], ["commit -qm x -o file"],
    ["commit -qm x -p"], ["add file", "commit -qm x --amend"], ["add file", "commit -qm x -i file"],
  ])
  func commitsCarryIssues(_ lines: [String]) throws {
    let world = try HookProject()
    try world.bd("create", "Second")
    try world.write("file", "two\n")
    for line in lines {
      let words = ["git"] + line.split(separator: " ").map(String.init)
      let result = try world.run(words, input: line.hasSuffix("-p") ? "y\ny\n" : nil)
      #expect(result.succeeded, "\(line): \(result.errorText)")
    }
    #expect(try world.committed().contains("\"Second\""))
    #expect(try world.git("show", "HEAD:file") == "two")
    #expect(try world.status().isEmpty)
  }

  @Test func nothingIsStagedThatGitDoesNotTrack() throws {
    let world = try HookProject()
    try world.git("rm", "-q", "--cached", ".beads/issues.jsonl")
    try world.git("commit", "-qm", "issues stay here")
    try world.bd("create", "Second")
    try world.write("file", "two\n")
    try world.git("commit", "-qam", "x")
    #expect(try world.git("ls-files", ".beads/issues.jsonl").isEmpty)
    #expect(try world.git("show", "--name-only", "--format=", "HEAD") == "file")
  }

  @Test(arguments: ["config set no-git-ops true", "config set sync-branch beads"])
  func settingsKeepOut(_ line: String) throws {
    let world = try HookProject()
    _ = try world.run(["bd"] + line.split(separator: " ").map(String.init))
    try world.git("commit", "-qam", "settings")
    try world.bd("create", "Second")
    try world.write("file", "two\n")
    try world.git("commit", "-qm", "x", "--", "file")
    #expect(try world.git("show", "--name-only", "--format=", "HEAD") == "file")
  }

  @Test func stagingByHandIsChecked() throws {
    let world = try HookProject()
    try world.bd("create", "Second")
    try world.write("file", "two\n")
    try world.git("add", "file")
    world.variables["BEADS_NO_AUTO_STAGE"] = "1"
    let refused = try world.run(["git", "commit", "-qm", "x"])
    #expect(refused.status == .exited(1))
    #expect(refused.errorText.contains("not staged for this commit: .beads/issues.jsonl"))
    try world.git("add", ".beads")
    try world.git("commit", "-qm", "x")
    #expect(try world.committed().contains("\"Second\""))
  }

  @Test func pushesLeaveNoIssueBehind() throws {
    let world = try HookProject()
    try world.git("init", "-q", "--bare", "../remote.git")
    try world.git("remote", "add", "origin", "../remote.git")
    try world.git("push", "-q", "origin", "main")
    try world.bd("create", "Second")
    let refused = try world.run(["git", "push", "-q", "origin", "main"])
    #expect(refused.status == .exited(1))
    #expect(refused.errorText.contains("not committed yet: .beads/issues.jsonl"))
    world.variables["BD_SYNC_IN_PROGRESS"] = "1"
    try world.git("push", "-q", "origin", "main")
    world.variables = [:]
    try world.git("commit", "-qam", "issues")
    try world.git("push", "-q", "origin", "main")
    #expect(try world.committed("origin/main").contains("\"Second\""))
  }

  // MARK: Not in the way

  /// Whatever `bd` is, git goes on.
  @Test(arguments: [nil, "exit 1", "exit 7", "kill -9 $$", "exec sleep 600"])
  func gitGoesOn(_ script: String?) throws {
    let world = try HookProject()
    try world.git("init", "-q", "--bare", "../remote.git")
    try world.replaceBd(script)
    world.variables["BEADS_HOOK_TIMEOUT"] = "0.2"
    try world.write("file", "two\n")
    try world.git("commit", "-qam", "x")
    try world.git("checkout", "-qb", "side")
    try world.git("merge", "-q", "main")
    // Only its own verdict on a push counts, which is a status of 1.
    let push = try world.run(["git", "push", "-q", "../remote.git", "side"])
    #expect(push.succeeded == (script != "exit 1"))
  }

  /// A check that was there before keeps its word, whatever comes after it.
  @Test(arguments: ["exit 3", "false", "exec false", "set -e\nfalse\ntrue"])
  func otherChecksStillRefuse(_ body: String) throws {
    let world = try HookProject(hooks: false)
    try world.write(".git/hooks/pre-commit", "#!/bin/sh\n" + body + "\n", mode: 0o755)
    try world.bd("hooks", "install")
    try world.write("file", "two\n")
    #expect(try !world.run(["git", "commit", "-qam", "x"]).succeeded)
  }

  /// What git writes to a hook reaches the commands that were in it.
  @Test(arguments: [false, true])
  func otherHooksGetTheirInput(isChained: Bool) throws {
    let world = try HookProject(hooks: false)
    let script = "#!/bin/sh\ncat > ../pushed\necho \"$1\" >> ../pushed\n"
    try world.write(".git/hooks/pre-push", script, mode: 0o755)
    if isChained { try world.bd("hooks", "install", "--chain") } else { try world.bd("hooks", "install") }
    try world.git("init", "-q", "--bare", "../remote.git")
    try world.git("push", "-q", "../remote.git", "main")
    let written = try world.text("../pushed")
    #expect(written.hasPrefix("refs/heads/main "))
    #expect(written.hasSuffix("../remote.git\n"))
  }

  @Test func aDamagedStoreStopsNobody() throws {
    let world = try HookProject()
    try world.write(".beads/beads.db", "not a database")
    try world.write("file", "two\n")
    let result = try world.run(["git", "commit", "-qam", "x"])
    #expect(result.succeeded)
    #expect(result.errorText.contains("git goes on"))
  }

  @Test func outsideAProjectNothingHappens() throws {
    let world = try HookProject()
    try FileSystem.makeDirectory(world.path("other"))
    try world.git("init", "-q", in: "other")
    let result = try world.run(["bd", "hooks", "run", "pre-commit"], in: "other")
    #expect(result.succeeded && result.output.isEmpty && result.errorOutput.isEmpty)
  }

  // MARK: What comes is taken over

  @Test func mergesAndSwitchesAreTakenOver() throws {
    let world = try HookProject()
    let ours = ["--no-auto-import", "--json"]
    try world.git("checkout", "-qb", "side")
    try world.bd("create", "On the side")
    try world.git("commit", "-qam", "side")
    try FileSystem.remove(world.path("repo/.git/hooks/post-checkout"))
    try world.git("checkout", "-q", "main")
    let title =
      #"{"id":"t-zzz","title":"By hand","status":"open","priority":1,"issue_type":"task","created_at":"2026-03-02T09:00:00Z","updated_at":"2026-03-02T09:00:00Z"}"#
    try world.git("checkout", "-qb", "hand")
    try world.write(".beads/issues.jsonl", try world.text(".beads/issues.jsonl") + title + "\n")
    try world.git("commit", "-qam", "hand", "--no-verify")
    try world.git("checkout", "-q", "main")
    #expect(try !world.run(["bd", "list"] + ours).text.contains("By hand"))
    try world.git("merge", "-q", "hand")
    #expect(try world.run(["bd", "list"] + ours).text.contains("By hand"))
  }

  /// While git replays commits, the working tree is not the user's.
  @Test func rebasesAreLeftAlone() throws {
    let world = try HookProject()
    try world.git("checkout", "-qb", "side")
    for name in ["a", "b"] {
      try world.write(name, name)
      try world.git("add", name)
      try world.git("commit", "-qm", name)
    }
    try world.git("checkout", "-q", "main")
    try world.bd("create", "Newer than the side")
    try world.git("commit", "-qam", "issues")
    try world.git("checkout", "-q", "side")
    world.variables["GIT_SEQUENCE_EDITOR"] = "sed -i 's/^pick/edit/'"
    try world.git("rebase", "-qi", "main")
    try world.bd("create", "While rebasing")
    try world.git("commit", "-q", "--amend", "--no-edit")
    #expect(try world.git("show", "--name-only", "--format=", "HEAD") == "a")
  }

  @Test func aWorktreeCommitsItsOwnFilesOnly() throws {
    let world = try HookProject()
    try world.git("worktree", "add", "-q", "../tree")
    try world.bd("create", "Kept in the main checkout", in: "tree")
    try world.write("file", "two\n", in: "tree")
    try world.git("commit", "-qam", "x", in: "tree")
    #expect(try world.git("show", "--name-only", "--format=", "HEAD", in: "tree") == "file")
    #expect(try world.status(in: "tree").isEmpty)
    #expect(try world.text(".beads/issues.jsonl").contains("Kept in the main checkout"))
  }

  // MARK: Trailers

  @Test(arguments: [
    (
      "gastown/polecats/max",
      "Executed-By: gastown/polecats/max\nRig: gastown\nRole: polecats\nMolecule: t-mol"
    ),
    ("gastown/witness", "Executed-By: gastown/witness\nRig: gastown\nRole: witness"), ("mayor", nil),
    ("a/b/c/d", nil),
    ("a//b", nil), ("a\n/b", nil),
  ])
  func namesTheAgent(_ role: String, _ trailers: String?) throws {
    let world = try HookProject()
    world.variables = ["GT_ROLE": role, "BD_ACTOR": role == "gastown/polecats/max" ? role : "bob"]
    if role == "gastown/polecats/max" {
      try world.bd(
        "create", "Work", "--description", "Do it\nattached_molecule: t-mol\nattached_at: now", "--id",
        "t-work")
      try world.bd("update", "t-work", "--claim")
    }
    try world.write("file", "two\n")
    try world.git("commit", "-qam", "Subject\n\nBody")
    let message = try world.git("log", "-1", "--format=%B")
    #expect(message == "Subject\n\nBody" + (trailers.map { "\n\n" + $0 } ?? ""))
    try world.git("commit", "-q", "--amend", "--no-edit")
    #expect(try world.git("log", "-1", "--format=%B") == message)
  }
}
