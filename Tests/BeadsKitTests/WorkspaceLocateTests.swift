import BeadsSystem
import Testing

@testable import BeadsStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Workspace: finding the store")
struct WorkspaceLocateTests {
  @Test("decision table", arguments: layouts)
  func decision(_ layout: Layout) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: layout.standing, variables: layout.variables)
      try layout.build(fixture)
      let before = try listing(root)
      let absolute: (String) -> String = { Path.join(root, $0) }
      let search = WorkspaceSearch(
        environment: fixture.environment, databasePath: layout.databasePath, directory: layout.directory)
      let result = Result { () throws(BeadsError) in
        try Workspace.locate(
          environment: fixture.environment, databasePath: layout.databasePath, directory: layout.directory)
      }
      #expect(search.result == result)
      let taken = search.candidates.filter { $0.outcome == .taken }
      #expect(taken.count == (layout.store == nil ? 0 : 1))
      #expect(
        search.candidates.allSatisfy { !$0.reason.isEmpty && ($0.path == nil) == ($0.outcome == .unset) })
      if let reason = layout.passed {
        #expect(search.candidates.contains { $0.outcome == .passed && $0.reason.contains(reason) })
      }
      switch result {
      case .success(let workspace):
        let path = taken[0].path ?? ""
        let place = (try? FileSystem.realPath(path)) ?? path
        #expect([workspace.beadsDirectory, workspace.databasePath].contains(place))
        #expect(workspace.beadsDirectory == layout.store.map(absolute))
        #expect(workspace.redirectedFrom == layout.redirectedFrom.map(absolute))
        #expect(workspace.gitDirectory == layout.git.map(absolute))
        #expect(workspace.databasePath == Path.join(workspace.beadsDirectory, "beads.db"))
        #expect(workspace.jsonlPath == Path.join(workspace.beadsDirectory, "issues.jsonl"))
        #expect(workspace.warnings.isEmpty == (layout.warning == nil))
        if let warning = layout.warning { #expect(workspace.warnings.contains { $0.contains(warning) }) }
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

  /// In a directory like /tmp anybody can leave a project for others to fall into.
  @Test(
    .enabled(if: geteuid() == 0, "giving files away needs root"), arguments: [(0o1777, false), (0o755, true)])
  func projectsOfOthersInSharedDirectories(mode: UInt32, isFound: Bool) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "shared/mine")
      try fixture.store("shared")
      try fixture.write("shared/mine/file")
      try FileSystem.setMode(root + "/shared", mode)
      #expect(chown(root + "/shared/.beads", 12_345, 12_345) == 0)
      let search = WorkspaceSearch(environment: fixture.environment)
      #expect(((try? search.result.get()) != nil) == isFound)
      #expect(search.candidates.contains { $0.reason.contains("another user's") } != isFound)
      let named = try Workspace.locate(
        environment: fixture.environment, databasePath: root + "/shared/.beads/beads.db")
      #expect(named.beadsDirectory == root + "/shared/.beads")
    }
  }

  /// What is beyond a directory that may not be read is somebody else's project.
  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func unreadableDirectories() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root, in: "repo/a")
      try fixture.store("repo")
      try fixture.store("repo/a")
      try FileSystem.setMode(root + "/repo/a/.beads", 0)
      defer { try? FileSystem.setMode(root + "/repo/a/.beads", 0o755) }
      let error = thrownError { () throws(BeadsError) in
        try Workspace.locate(environment: fixture.environment)
      }
      #expect(error?.code == .noStore && error?.message.contains("permission denied") == true)
    }
  }

  @Test func whatIsOverruledIsTold() throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(
        root, variables: ["BEADS_DIR": "../a/.beads", "BD_DB": "../b/.beads/beads.db"])
      try fixture.store("a")
      try fixture.store("b")
      try fixture.repository("repo")
      let outcomes = { (fixture: WorkspaceFixture, database: String?) in
        WorkspaceSearch(environment: fixture.environment, databasePath: database).candidates.map {
          "\($0.source) \($0.outcome.rawValue)"
        }
      }
      #expect(
        outcomes(fixture, nil)
          == ["--db unset", "-C unset", "BEADS_DIR taken", "BD_DB overruled"])
      #expect(
        outcomes(fixture, "../b/.beads/beads.db") == ["--db taken", "BEADS_DIR overruled", "BD_DB overruled"])
      fixture.environment.variables = [:]
      #expect(
        outcomes(fixture, nil).prefix(5)
          == ["--db unset", "-C unset", "BEADS_DIR unset", "BEADS_DB unset", "BD_DB unset"])
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
