import BeadsSystem
import Testing

@testable import BeadsStore

/// One row of the decision table: a layout, where one stands in it, and the store that must be found.
struct Layout: Sendable, CustomTestStringConvertible {
  let name: String
  /// The current directory, relative to the fixture.
  var standing = "repo"
  var variables: [String: String] = [:]
  var databasePath: String?
  var directory: String?
  /// The store's directory, relative to the fixture; nil when there is none.
  let store: String?
  var redirectedFrom: String?
  /// The `.git` directory of the repository the store is in.
  var git: String?
  var warning: String?
  let build: @Sendable (WorkspaceFixture) throws -> Void

  var testDescription: String { name }
}

private let layouts: [Layout] = [
  Layout(name: "main checkout", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
  },
  Layout(name: "fresh clone: tracked files only", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.tracked("repo")
  },
  Layout(name: "subdirectory", standing: "repo/a/b", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("repo/a/b/c")
  },
  Layout(name: "nested store, from inside", standing: "repo/a/b", store: "repo/a/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.store("repo/a")
    try $0.write("repo/a/b/c")
  },
  Layout(name: "nested store, from beside", standing: "repo/other", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.store("repo/a")
    try $0.write("repo/other/c")
  },
  Layout(name: "the walk stops at the git root", store: nil) {
    try $0.store("")
    try $0.repository("repo")
  },
  Layout(name: "an empty .git directory is no root", store: ".beads") {
    try $0.store("")
    try $0.write("repo/.git/empty")
  },
  Layout(
    name: "a .beads without project files is passed by", standing: "repo/a", store: "repo/.beads",
    git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("repo/a/.beads/formulas/x.formula.toml")
  },
  Layout(name: "no git", standing: "plain/a", store: "plain/.beads") {
    try $0.store("plain")
    try $0.write("plain/a/b")
  },
  Layout(name: "settings in the home directory are no store", standing: "home/plain", store: nil) {
    try $0.write("home/.beads/config.yaml", "json: true")
    try $0.write("home/plain/a")
  },
  Layout(name: "a store in the home directory is one", standing: "home/plain", store: "home/.beads") {
    try $0.store("home")
    try $0.write("home/plain/a")
  },
  Layout(name: "linked worktree with tracked files", standing: "wt", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
  },
  Layout(
    name: "linked worktree inside the main checkout", standing: "repo/.trees/wt", store: "repo/.beads",
    git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("repo/.trees/wt", of: "repo/.git")
    try $0.tracked("repo/.trees/wt")
  },
  Layout(
    name: "linked worktree with a database of its own", standing: "wt/a", store: "wt/.beads",
    git: "repo/.git/worktrees/wt"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.store("wt")
    try $0.write("wt/a/b")
  },
  Layout(
    name: "an empty database or a backup is none", standing: "wt", store: "repo/.beads", git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
    try $0.write("wt/.beads/beads.db")
    try $0.write("wt/.beads/old.backup.db", "SQLite format 3")
  },
  Layout(
    name: "linked worktree with a redirect", standing: "wt", store: "other/.beads",
    redirectedFrom: "wt/.beads",
    git: "other/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.repository("other")
    try $0.store("other")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
    try $0.redirect("wt", to: "../other/.beads")
  },
  Layout(
    name: "nested store seen from a linked worktree", standing: "wt/a", store: "repo/a/.beads",
    git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.store("repo/a")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt/a")
    try $0.tracked("wt")
  },
  Layout(name: "linked worktree, nothing but tracked files anywhere", standing: "wt", store: nil) {
    try $0.repository("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
  },
  Layout(
    name: "worktree whose administrative files are gone", standing: "wt", store: "repo/.beads",
    git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("wt/.git", "gitdir: ../repo/.git/worktrees/wt\n")
    try $0.tracked("wt")
  },
  Layout(name: "bare repository with worktrees", standing: "proj/wt/a", store: "proj/.beads") {
    try $0.write("proj/repo.git/HEAD")
    try $0.store("proj")
    try $0.worktree("proj/wt", of: "proj/repo.git")
    try $0.tracked("proj/wt/a")
  },
  Layout(
    name: "hidden bare repository, .git file beside it", standing: "proj/wt", store: "proj/.beads",
    git: "proj/.bare"
  ) {
    try $0.write("proj/.bare/HEAD")
    try $0.write("proj/.git", "gitdir: ./.bare\n")
    try $0.store("proj")
    try $0.worktree("proj/wt", of: "proj/.bare")
    try $0.tracked("proj/wt")
  },
  Layout(
    name: "submodule with a store", standing: "repo/sub/a", store: "repo/sub/.beads",
    git: "repo/.git/modules/sub"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("repo/.git/modules/sub/HEAD")
    try $0.write("repo/sub/.git", "gitdir: ../.git/modules/sub\n")
    try $0.store("repo/sub")
    try $0.write("repo/sub/a/b")
  },
  Layout(name: "submodule without one", standing: "repo/sub", store: nil) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("repo/.git/modules/sub/HEAD")
    try $0.write("repo/sub/.git", "gitdir: ../.git/modules/sub\n")
  },
  Layout(
    name: "linked worktree of a submodule", standing: "wt", store: "repo/sub/.beads",
    git: "repo/.git/modules/sub"
  ) {
    try $0.repository("repo")
    try $0.write("repo/.git/modules/sub/HEAD")
    try $0.write("repo/.git/modules/sub/config", "[core]\n\tworktree = ../../../sub\n")
    try $0.write("repo/sub/.git", "gitdir: ../.git/modules/sub\n")
    try $0.store("repo/sub")
    try $0.worktree("wt", of: "repo/.git/modules/sub")
    try $0.tracked("wt")
  },
  Layout(name: "symbolic link to another project's store", store: "other/.beads", git: "other/.git") {
    try $0.repository("repo")
    try $0.repository("other")
    try $0.store("other")
    try FileSystem.makeLink($0.root + "/repo/.beads", to: "../other/.beads")
  },
  Layout(name: "worktree linked to the main store", standing: "wt", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.tracked("repo")
    try $0.worktree("wt", of: "repo/.git")
    try FileSystem.makeLink($0.root + "/wt/.beads", to: "../repo/.beads")
  },
  Layout(name: "broken symbolic link", store: nil) {
    try $0.repository("repo")
    try FileSystem.makeLink($0.root + "/repo/.beads", to: "nowhere")
  },
  Layout(
    name: "spaces and dots in names", standing: "my repo.v2/a b", store: "my repo.v2/.beads",
    git: "my repo.v2/.git"
  ) {
    try $0.repository("my repo.v2")
    try $0.store("my repo.v2")
    try $0.write("my repo.v2/a b/c")
  },
  Layout(
    name: "redirect in a clone", store: "rig/.beads", redirectedFrom: "repo/.beads"
  ) {
    try $0.repository("repo")
    try $0.store("rig")
    try $0.redirect("repo", to: "../rig/.beads")
  },
  Layout(
    name: "redirect to nowhere, other project files", store: "repo/.beads", git: "repo/.git",
    warning: "does not exist"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.redirect("repo", to: "../gone/.beads")
  },
  Layout(name: "redirect to nowhere alone", store: nil, warning: "does not exist") {
    try $0.repository("repo")
    try $0.redirect("repo", to: "../gone/.beads")
  },
  Layout(name: "redirects are followed once", store: nil, warning: "itself redirected") {
    try $0.repository("repo")
    try $0.redirect("repo", to: "../middle/.beads")
    try $0.redirect("middle", to: "../end/.beads")
    try $0.store("end")
  },
  Layout(name: "redirect to itself", store: "repo/.beads", git: "repo/.git", warning: "leads to itself") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.redirect("repo", to: ".beads")
  },
  Layout(
    name: "BEADS_DIR", variables: ["BEADS_DIR": "../other/.beads"], store: "other/.beads", git: "other/.git"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.repository("other")
    try $0.store("other")
  },
  Layout(
    name: "BEADS_DIR with a redirect", variables: ["BEADS_DIR": "../other/.beads"], store: "rig/.beads",
    redirectedFrom: "other/.beads"
  ) {
    try $0.repository("repo")
    try $0.redirect("other", to: "../rig/.beads")
    try $0.store("rig")
  },
  Layout(
    name: "BEADS_DIR to nowhere never falls back", variables: ["BEADS_DIR": "/nowhere/.beads"], store: nil
  ) {
    try $0.repository("repo")
    try $0.store("repo")
  },
  Layout(name: "empty BEADS_DIR", variables: ["BEADS_DIR": ""], store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
  },
  Layout(name: "BD_DB", variables: ["BD_DB": "../other/.beads/beads.db"], store: "other/.beads") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.store("other")
  },
  Layout(
    name: "BEADS_DIR before BEADS_DB",
    variables: ["BEADS_DIR": "../a/.beads", "BEADS_DB": "../b/.beads/beads.db"],
    store: "a/.beads"
  ) {
    try $0.repository("repo")
    try $0.store("a")
    try $0.store("b")
  },
  Layout(
    name: "--db before everything", variables: ["BEADS_DIR": "../a/.beads"],
    databasePath: "../b/.beads/beads.db",
    directory: "../a", store: "b/.beads"
  ) {
    try $0.repository("repo")
    try $0.store("a")
    try $0.store("b")
  },
  Layout(
    name: "--db of a fresh clone", databasePath: ".beads/beads.db", store: "repo/.beads", git: "repo/.git"
  ) {
    try $0.repository("repo")
    try $0.tracked("repo")
  },
  Layout(name: "--db to nowhere", databasePath: ".beads/mistyped.db", store: nil) {
    try $0.repository("repo")
    try $0.store("repo")
  },
  Layout(
    name: "-C", variables: ["BEADS_DIR": "../a/.beads"], directory: "../other/sub", store: "other/.beads"
  ) {
    try $0.repository("repo")
    try $0.store("a")
    try $0.store("other")
    try $0.write("other/sub/x")
  },
  Layout(name: "-C without a project", directory: "../other", store: nil) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.repository("other")
  },
  Layout(name: "foreign backend with an issue file", store: "repo/.beads", git: "repo/.git", warning: "dolt")
  {
    try $0.repository("repo")
    try $0.write("repo/.beads/metadata.json", #"{"database":"dolt","backend":"dolt"}"#)
    try $0.write("repo/.beads/issues.jsonl")
  },
]

@Suite("Workspace: finding the store")
struct WorkspaceLocateTests {
  @Test("decision table", arguments: layouts)
  func decision(_ layout: Layout) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: layout.standing, variables: layout.variables)
      try layout.build(fixture)
      let before = try listing(root)
      let absolute: (String) -> String = { Path.join(root, $0) }
      let result = Result { () throws(BeadsError) in
        try Workspace.locate(
          environment: fixture.environment, databasePath: layout.databasePath, directory: layout.directory)
      }
      switch result {
      case .success(let workspace):
        #expect(workspace.beadsDirectory == layout.store.map(absolute))
        #expect(workspace.redirectedFrom == layout.redirectedFrom.map(absolute))
        #expect(workspace.gitDirectory == layout.git.map(absolute))
        #expect(workspace.databasePath == Path.join(workspace.beadsDirectory, "beads.db"))
        #expect(workspace.jsonlPath == Path.join(workspace.beadsDirectory, "issues.jsonl"))
        #expect(workspace.warnings.isEmpty == (layout.warning == nil))
        if let warning = layout.warning { #expect(workspace.warnings.contains { $0.contains(warning) }) }
        #expect(!workspace.explanation.isEmpty)
      case .failure(let error):
        #expect(layout.store == nil, "\(error)")
        #expect(error.code == .noStore)
        #expect(error.message.contains("no beads database found"))
        #expect(!error.description.contains("--force"))
        if let warning = layout.warning { #expect(error.hint?.contains(warning) == true) }
      }
      #expect(try listing(root) == before, "looking must create nothing")
    }
  }

  @Test func absenceIsNilAndOtherFailuresAreNot() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.repository("repo")
      #expect(try Workspace.locateIfPresent(environment: fixture.environment) == nil)
      let missing = thrownError { () throws(BeadsError) in
        try Workspace.locateIfPresent(environment: fixture.environment, directory: "gone")
      }
      #expect(missing?.code == .invalid)
      try fixture.write("repo/.beads/metadata.json", #"{"backend":"dolt"}"#)
      let foreign = thrownError { () throws(BeadsError) in
        try Workspace.locateIfPresent(environment: fixture.environment)
      }
      #expect(foreign?.code == .unsupported)
    }
  }

  @Test(
    "names of the store's files",
    arguments: [
      (#"{"database":"x.db","jsonl_export":"y.jsonl"}"#, nil, "x.db", "y.jsonl"),
      (#"{"database":"../../x.db","jsonl_export":"/etc/y.jsonl"}"#, nil, "beads.db", "issues.jsonl"),
      (#"{"database":"passwd","jsonl_export":".jsonl"}"#, nil, "beads.db", "issues.jsonl"),
      ("not json", "--db beside", "other.db", "issues.jsonl"),
      (#"{"database":"beads.db"}"#, "--db beside", "other.db", "other.jsonl"),
    ])
  func names(metadata: String, option: String?, database: String, jsonl: String) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.repository("repo")
      try fixture.write("repo/.beads/config.yaml")
      try fixture.write("repo/.beads/other.db", "SQLite format 3")
      try fixture.write("repo/.beads/metadata.json", metadata)
      let workspace = try Workspace.locate(
        environment: fixture.environment, databasePath: option == nil ? nil : ".beads/other.db")
      #expect(Path.name(of: workspace.databasePath) == database)
      #expect(Path.name(of: workspace.jsonlPath) == jsonl)
    }
  }

  @Test func theFirstIssueFileNameIsStillRead() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.write("repo/.beads/beads.jsonl")
      let workspace = try Workspace.locate(environment: fixture.environment)
      #expect(Path.name(of: workspace.jsonlPath) == "beads.jsonl")
    }
  }

  @Test func strayDatabasesDoNotShareAnIssueFile() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.write("repo/test.db", "SQLite format 3")
      let workspace = try Workspace.locate(environment: fixture.environment, databasePath: "test.db")
      #expect(workspace.jsonlPath == root + "/repo/test.jsonl")
    }
  }

  private func listing(_ root: String) throws -> [String] {
    var found: [String] = []
    for name in try FileSystem.list(root) {
      let path = Path.join(root, name)
      found.append(path)
      if try FileSystem.status(path, followLinks: false)?.kind == .directory { found += try listing(path) }
    }
    return found
  }
}
