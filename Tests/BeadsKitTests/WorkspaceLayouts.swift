import BeadsSystem
import Testing

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
  /// Part of the reason that one place that was passed by gives.
  var passed: String?
  let build: @Sendable (WorkspaceFixture) throws -> Void

  var testDescription: String { name }
}

let layouts: [Layout] = [
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
    git: "repo/.git", passed: "holds no project"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.write("repo/a/.beads/formulas/x.formula.toml")
  },
  Layout(name: "no git", standing: "plain/a", store: "plain/.beads") {
    try $0.store("plain")
    try $0.write("plain/a/b")
  },
  Layout(
    name: "settings in the home directory are no store", standing: "home/plain", store: nil,
    passed: "user's settings"
  ) {
    try $0.write("home/.beads/config.yaml", "json: true")
    try $0.write("home/plain/a")
  },
  Layout(name: "a store in the home directory is one", standing: "home/plain", store: "home/.beads") {
    try $0.store("home")
    try $0.write("home/plain/a")
  },
  Layout(
    name: "linked worktree with tracked files", standing: "wt", store: "repo/.beads", git: "repo/.git",
    passed: "tracked files only"
  ) {
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
    name: "linked worktree with another tool's database", standing: "wt", store: "repo/.beads",
    git: "repo/.git", passed: "another tool's"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
    try $0.write("wt/.beads/beads.db", "SQLite format 3\0" + String(repeating: "\0", count: 84))
  },
  Layout(
    name: "linked worktree with a damaged database", standing: "wt", store: "wt/.beads",
    git: "repo/.git/worktrees/wt"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
    try $0.write("wt/.beads/beads.db", String(repeating: "\0", count: 4096))
  },
  Layout(
    name: "linked worktree with a redirect to itself", standing: "wt", store: "repo/.beads", git: "repo/.git",
    warning: "leads to itself", passed: "tracked files only"
  ) {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.worktree("wt", of: "repo/.git")
    try $0.tracked("wt")
    try $0.redirect("wt", to: "./.beads/")
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
  Layout(name: "a link to itself", store: nil, passed: "a link to nowhere") {
    try $0.repository("repo")
    try FileSystem.makeLink($0.root + "/repo/.beads", to: ".beads")
  },
  Layout(name: "a file called .beads", standing: "repo/a", store: "repo/.beads", passed: "no directory") {
    try $0.store("repo")
    try $0.write("repo/a/.beads", "text")
  },
  Layout(name: "broken symbolic link", store: nil, passed: "a link to nowhere") {
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
    name: "other letters in names", standing: "söhne/日本 語", store: "söhne/.beads", git: "söhne/.git"
  ) {
    try $0.repository("söhne")
    try $0.store("söhne")
    try $0.write("söhne/日本 語/c")
  },
  Layout(
    name: "absolute redirect between names with spaces", store: "the rig.2/.beads",
    redirectedFrom: "repo/.beads", passed: "redirected to"
  ) {
    try $0.repository("repo")
    try $0.store("the rig.2")
    try $0.redirect("repo", to: $0.root + "/the rig.2/.beads")
  },
  Layout(name: "redirect into the home directory", store: "home/x/.beads", redirectedFrom: "repo/.beads") {
    try $0.repository("repo")
    try $0.store("home/x")
    try $0.redirect("repo", to: "~/x/.beads")
  },
  Layout(
    name: "redirect to a link", store: "rig/.beads", redirectedFrom: "repo/.beads"
  ) {
    try $0.repository("repo")
    try $0.store("rig")
    try FileSystem.makeLink($0.root + "/shortcut", to: "rig/.beads")
    try $0.redirect("repo", to: "../shortcut")
  },
  Layout(
    name: "redirect to a directory without a project", store: nil, warning: "holds no project"
  ) {
    try $0.repository("repo")
    try $0.write("rig/.beads/formulas/x")
    try $0.redirect("repo", to: "../rig/.beads")
  },
  Layout(name: "a redirect file with nothing in it", store: "repo/.beads", git: "repo/.git") {
    try $0.repository("repo")
    try $0.store("repo")
    try $0.redirect("repo", to: "# nothing")
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
