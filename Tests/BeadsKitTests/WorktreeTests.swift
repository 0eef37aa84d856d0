import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// A repository with a store, in one of the ways they occur.
private struct Arrangement: Sendable, CustomTestStringConvertible {
  let name: String
  /// Where one stands, relative to the project.
  var standing = "repo"
  let store: String
  /// Where in a worktree the store is looked for.
  var inside = ""
  /// Whether the link that git has leads to the store.
  var isLink = false
  let build: @Sendable (GitProject) throws -> Void

  var testDescription: String { name }
}

private let arrangements: [Arrangement] = [
  Arrangement(name: "tracked store", store: "repo/.beads") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.commit("repo")
  },
  Arrangement(name: "store that git does not have yet", store: "repo/.beads") {
    try $0.repository("repo")
    try $0.commit("repo")
    try $0.store("repo")
    try $0.git("repo", "config", "status.showUntrackedFiles", "no")
  },
  Arrangement(name: "store that git ignores", store: "repo/.beads") {
    try $0.repository("repo")
    try $0.commit("repo")
    try $0.store("repo")
    try $0.write("repo/.git/info/exclude", "/.beads/\n")
  },
  Arrangement(name: "nested store", standing: "repo/a b", store: "repo/a b/.beads", inside: "/a b") {
    try $0.repository("repo")
    try $0.store("repo/a b")
    try $0.commit("repo")
  },
  Arrangement(name: "store behind a link", store: "elsewhere/.beads", isLink: true) {
    try $0.repository("repo")
    try $0.store("elsewhere")
    try FileSystem.makeLink($0.path("repo/.beads"), to: "../elsewhere/.beads")
    try $0.commit("repo")
  },
  Arrangement(name: "bare repository beside its worktrees", standing: "proj/main", store: "proj/.beads") {
    try $0.repository("first")
    try $0.commit("first")
    try $0.git("first", "clone", "-q", "--bare", ".", "../proj/repo.git")
    try $0.store("proj")
    try $0.git("proj/repo.git", "worktree", "add", "-q", "../main")
  },
  Arrangement(
    name: "names with spaces, dots and letters", standing: "my söhne.v2", store: "my söhne.v2/.beads"
  ) {
    try $0.repository("my söhne.v2")
    try $0.store("my söhne.v2")
    try $0.commit("my söhne.v2")
  },
]

@Suite("Worktrees")
struct WorktreeTests {
  @Test("a new worktree works on the same store and dirties nothing", arguments: arrangements)
  private func create(_ arrangement: Arrangement) throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try arrangement.build(project)
      project.stand(arrangement.standing)
      let workspace = try Workspace.locate(environment: project.environment)
      #expect(workspace.beadsDirectory == project.path(arrangement.store))
      for name in ["../new one", "inside/üben.x"] {
        let before = try project.state(arrangement.standing)
        let worktrees = try Worktrees(environment: project.environment)
        let made = try worktrees.create(name, branch: BranchName("b/\(name.utf8.count)"), sharing: workspace)
        let found = try Workspace.locate(
          environment: project.environment, directory: made.worktree.path + arrangement.inside)
        #expect(found.beadsDirectory == workspace.beadsDirectory)
        #expect(
          arrangement.isLink ? made.redirectTarget == nil : made.redirectTarget == workspace.beadsDirectory)
        #expect(try project.git(in: made.worktree.path, "status", "--porcelain") == "")
        #expect(try project.git(in: project.standing, "status", "--porcelain") == before.status)
        #expect(worktrees.list().contains(made.worktree))
        let removed = try worktrees.remove(Path.name(of: name))
        #expect(removed.worktree == made.worktree && removed.keptBranch == nil)
        #expect(!FileSystem.exists(made.worktree.path))
        #expect(try project.state(arrangement.standing).status == before.status)
        #expect(worktrees.list().count == before.worktrees)
      }
    }
  }

  /// The list is read from files; git is the reference.
  @Test func listAgreesWithGit() throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      try project.commit("repo")
      try project.git("repo", "worktree", "add", "-q", "../one")
      try project.git("repo", "worktree", "add", "-q", "-b", "f/two", "trees/two x")
      try project.git("repo", "worktree", "add", "-q", "--detach", "../three")
      try project.git("repo", "worktree", "add", "-q", "../gone")
      try project.git("repo", "worktree", "lock", "--reason", "why", "../one")
      _ = try FileSystem.remove(project.path("gone/.git"))
      _ = try FileSystem.remove(project.path("gone/file"))
      _ = try FileSystem.remove(project.path("gone"))
      for place in ["repo", "one", "repo/trees/two x"] {
        project.stand(place)
        let worktrees = try Worktrees(environment: project.environment)
        let ours = worktrees.list().map { tree in
          "\(tree.path) \(tree.branch ?? "-") \(tree.lockReason ?? "-") \(tree.isMissing)"
        }
        #expect(ours.sorted() == (try project.listByGit()).sorted())
        #expect(worktrees.current().path == project.path(place))
        #expect(worktrees.current().isMain == (place == "repo"))
        #expect(try worktrees.find("gone").isMissing)
      }
      project.stand("repo")
      let worktrees = try Worktrees(environment: project.environment)
      #expect(try worktrees.remove("gone").worktree.branch == "gone")
      #expect(throws: BeadsError.self) { try worktrees.remove("one", force: true) }
    }
  }

  @Test("commits stay whatever is removed", arguments: [true, false])
  func commitsStay(isDetached: Bool) throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      try project.commit("repo")
      project.stand("repo")
      let arguments = ["worktree", "add", "-q"] + (isDetached ? ["--detach"] : [])
      try project.git(arguments + ["../tree"], in: project.standing)
      try project.write("tree/more", "more")
      try project.git("tree", "add", "more")
      try project.git("tree", "commit", "-qm", "lonely")
      let commit = try project.git(in: project.path("tree"), "rev-parse", "HEAD")
      let worktrees = try Worktrees(environment: project.environment)
      let refusal = thrownError { () throws(BeadsError) in try worktrees.remove("tree") }
      #expect(refusal?.code == .conflict && FileSystem.exists(project.path("tree/more")))
      let removed = try worktrees.remove("tree", force: true)
      #expect((removed.keptBranch != nil) == isDetached)
      let branches = try project.git(
        in: project.standing, "branch", "--format=%(refname)", "--contains", commit)
      #expect(!branches.isEmpty)
    }
  }

  @Test func namesThatMatchSeveralAreRefused() throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      try project.commit("repo")
      try project.git("repo", "worktree", "add", "-q", "-b", "a", "../x/same")
      try project.git("repo", "worktree", "add", "-q", "-b", "b", "../y/same")
      project.stand("repo")
      let worktrees = try Worktrees(environment: project.environment)
      let error = thrownError { () throws(BeadsError) in try worktrees.find("same") }
      #expect(error?.code == .ambiguous)
      #expect(try worktrees.find("../y/same").branch == "b")
      #expect(try worktrees.find(project.path("x/same")).branch == "a")
    }
  }
}
