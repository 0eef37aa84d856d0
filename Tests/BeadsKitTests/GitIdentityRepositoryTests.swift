import BeadsSystem
import Testing

@testable import BeadsStore

@Suite("Git identity: looking into history")
struct GitIdentityRepositoryTests {
  private struct Scratch {
    let root: String
    var location: GitLocation? { GitLocation.find(from: root) }

    @discardableResult
    func git(_ arguments: String..., at time: Int = 1_000_000_000) throws -> String {
      let variables = [
        "PATH": Environment.process["PATH"] ?? "", "HOME": root, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
        "GIT_AUTHOR_DATE": "@\(time) +0000", "GIT_COMMITTER_DATE": "@\(time) +0000",
      ]
      let result = try Subprocess(["git"] + arguments, directory: root, variables: variables).run()
      #expect(result.succeeded, "git \(arguments): \(result.errorText)")
      return result.text
    }

    func commit(_ path: String, _ text: String, at time: Int) throws {
      try FileSystem.makeDirectory(Path.directory(of: Path.join(root, path)))
      try FileSystem.replace(Path.join(root, path), with: Array(text.utf8))
      try git("add", "-A", at: time)
      try git("commit", "-qm", "x", at: time)
    }
  }

  @Test func historyOfAPath() throws {
    try withScratchDirectory { root in
      let scratch = Scratch(root: root)
      try scratch.git("init", "-q", "-b", "main")
      let location = try #require(scratch.location)
      let empty = try GitRepository(location)
      #expect(try empty.head() == nil)
      #expect(try empty.commitCount(touching: "x", since: 0) == 0)

      try scratch.commit(".beads/issues.jsonl", "1\n", at: 1_000_000_000)
      try scratch.commit("other", "1", at: 1_000_000_100)
      try scratch.commit(".beads/issues.jsonl", "2\n", at: 1_000_000_200)
      try scratch.git("checkout", "-qb", "topic", "HEAD~1", at: 1_000_000_300)
      try scratch.commit("more", "1", at: 1_000_000_300)
      try scratch.git("merge", "-q", "--no-edit", "main", at: 1_000_000_400)
      try scratch.commit(".beads/issues.jsonl", "3\n", at: 1_000_000_500)

      let repository = try GitRepository(location)
      #expect(
        try repository.head() == .init(branch: "topic", commit: try scratch.git("rev-parse", "HEAD")))
      for since in [900_000_000, 1_000_000_000, 1_000_000_001, 1_000_000_201, 1_000_000_501] {
        let expected = try scratch.git(
          "rev-list", "--count", "--since=@\(since)", "HEAD", "--", ".beads/issues.jsonl")
        let count = try repository.commitCount(touching: ".beads/issues.jsonl", since: Int64(since))
        #expect("\(count)" == expected, "since \(since)")
      }
      #expect(try repository.content(of: ".beads/issues.jsonl", at: "HEAD") == Array("3\n".utf8))
      #expect(try repository.content(of: ".beads/issues.jsonl", at: "main") == Array("2\n".utf8))
      #expect(try repository.content(of: "more", at: "main") == nil)
      let error = thrownError { () throws(BeadsError) in
        try GitRepository(location).content(of: "more", at: "nowhere")
      }
      #expect(error?.code == .notFound)

      try scratch.git("checkout", "-q", "--detach")
      #expect(try repository.head()?.branch == nil)
      try scratch.git("worktree", "add", "-q", root + "/wt", "main")
      let worktree = try #require(GitLocation.find(from: root + "/wt"))
      #expect(worktree.isLinkedWorktree)
      #expect(worktree.mainDirectory == root)
      #expect(try GitRepository(worktree).head()?.branch == "main")
    }
  }

  @Test func noRepositoryIsAnError() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.repository("repo")
      let location = try #require(GitLocation.find(from: root + "/repo"))
      let error = thrownError { () throws(BeadsError) in _ = try GitRepository(location) }
      #expect(error?.code == .io)
      #expect(error?.message.contains(root) == true)
    }
  }
}
