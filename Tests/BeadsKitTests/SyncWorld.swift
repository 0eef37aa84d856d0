import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// A bare repository and clones of it, each with a store, as on several machines.
final class SyncWorld {
  let project: TestProject
  private(set) var clones: [GitClone] = []

  /// Makes the clones; the first has a commit with the files of a new project, the others have it too.
  init(_ names: [String] = ["a", "b"], settings: [String] = [], tracksStore: Bool = true) throws {
    project = try TestProject()
    let bare = try GitClone("remote.git", in: project)
    try bare.git("init", "-q", "--bare", "-b", "main")
    for (index, name) in names.enumerated() {
      let clone = try GitClone(name, in: project)
      clones.append(clone)
      try clone.git("clone", "-q", bare.directory, ".")
      if index == 0 {
        try clone.git("symbolic-ref", "HEAD", "refs/heads/main")
        try clone.commit("code", "one\ntwo\nthree\n")
        if tracksStore {
          try clone.makeStore(settings)
          try clone.git("add", "--all")
          try clone.git("commit", "-qm", "a project")
        }
        try clone.git("push", "-q", "-u", "origin", "main")
      }
      if !FileSystem.exists(Path.join(clone.directory, ".beads/beads.db")) { try clone.makeStore(settings) }
    }
  }

  /// A path in the remote repository.
  var remote: String { Path.join(project.directory, "remote.git") }

  /// Runs a sync as its own process would, a second after what was before.
  @discardableResult
  func sync(
    _ index: Int, _ change: (inout SyncOptions) -> Void = { _ in }
  ) throws -> SyncReport {
    project.advance(seconds: 1)
    var options = SyncOptions()
    change(&options)
    return try clones[index].sync(options)
  }
}

extension GitClone {
  /// Makes the database, and the files of `.beads` that git did not bring.
  func makeStore(_ settings: [String] = []) throws {
    var options = WorkspaceInit.Options()
    options.prefix = "t"
    options.databasePath = Path.join(directory, ".beads/beads.db")
    let report = try WorkspaceInit(options, environment: environment).prepare()
    if !settings.isEmpty {
      let path = Path.join(directory, ".beads/config.local.yaml")
      try FileSystem.replace(path, with: Array((settings.joined(separator: "\n") + "\n").utf8))
    }
    let store = try Store.create(
      at: StoreLocation(report.workspace), prefix: try Prefix("t"), environment: environment)
    try store.importChanges()
    try store.flush(force: true)
    store.closeConnection()
  }

  /// Opens the store, takes over what the file has, runs the body and writes the file.
  @discardableResult
  func withStore<R>(_ body: (Store) throws -> R) throws -> R {
    let store = try Store.open(
      at: StoreLocation(try workspace()), actor: Path.name(of: directory), environment: environment)
    defer { store.closeConnection() }
    try store.importChanges()
    let result = try body(store)
    try store.flush()
    return result
  }

  @discardableResult
  func sync(_ options: SyncOptions = SyncOptions()) throws -> SyncReport {
    let workspace = try workspace()
    let configuration = Configuration(environment: environment, workspace: workspace)
    return try withStore { try GitSync.run($0, in: workspace, configuration, options: options) }
  }

  @discardableResult
  func create(_ title: String) throws -> IssueID {
    try withStore { store in
      try store.write("create") { tx throws(BeadsError) in try tx.create(IssueDraft(title: title)).id }
    }
  }

  func update(_ id: IssueID, _ edit: (inout BeadsModel.Issue) -> Void) throws {
    try withStore { store in
      try store.write("update") { tx throws(BeadsError) in
        try tx.update(id) { issue throws(BeadsError) in edit(&issue) }
      }
    }
  }

  func issue(_ id: IssueID) throws -> BeadsModel.Issue? { try withStore { try $0.issue(id) } }

  func titles() throws -> [String] { try withStore { try $0.issues(where: "1").map(\.title).sorted() } }

  var issueFile: String { (try? text(".beads/issues.jsonl")) ?? "" }

  /// What `git status` would show.
  func status() throws -> String { try git("status", "--porcelain") }
}
