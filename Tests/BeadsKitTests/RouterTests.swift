import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("Routing") struct RouterTests {
  private func town(_ root: String, _ lines: String) throws -> (WorkspaceFixture, Workspace) {
    let fixture = WorkspaceFixture(root, in: "town/rig")
    try fixture.write("town/mayor/town.json", "{}")
    try fixture.store("town")
    try fixture.repository("town/rig")
    try fixture.store("town/rig")
    try fixture.write("town/.beads/routes.jsonl", lines)
    return (fixture, try Workspace.locate(environment: fixture.environment))
  }

  private func line(_ prefix: String, _ path: String) -> String {
    #"{"prefix":"\#(prefix)","path":"\#(path)"}"# + "\n"
  }

  /// The naive reference: of all routes whose prefix and a hyphen begin the ID, the longest.
  @Test func theLongestPrefixWins() throws {
    let words = ["a", "b", "a-b", "a-b-c", "hq", "hq-cv", "x9", "a.b"]
    var random = SeededRandom(seed: 41)
    try withScratchDirectory { root in
      for _ in 0..<40 {
        let prefixes = words.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
        let lines = prefixes.map { line($0 + "-", "of-" + $0) }.joined()
        let (fixture, home) = try town(root, lines)
        let router = Router(environment: fixture.environment, home: home)
        #expect(router.routes.count == prefixes.count && router.warnings.isEmpty)
        for _ in 0..<30 {
          let head = words.randomElement(using: &random) ?? "a"
          let id = head + ["-1", "-b-2", "-", "1", "-c.1"][Int.random(in: 0..<5, using: &random)]
          let expected = prefixes.filter { id.hasPrefix($0 + "-") && id.count > $0.count + 1 }
            .max { $0.count < $1.count }
          #expect(router.route(for: id)?.prefix.rawValue == expected, "\(id) among \(prefixes)")
        }
      }
    }
  }

  @Test func linesThatAreNoRoutesAreNamed() throws {
    try withScratchDirectory { root in
      let lines =
        "# a remark\n\n" + line("gt-", "rig") + "nonsense\n" + line("", "rig") + line("x-", "")
        + "[]\n{\"prefix\":1,\"path\":\"rig\"}\r\n" + line("gt", "other")
      let (fixture, home) = try town(root, lines)
      let router = Router(environment: fixture.environment, home: home)
      #expect(router.routes.map(\.name) == ["other"], "the later line for a prefix counts")
      #expect(router.routes[0].line == 9)
      let named = router.warnings.map { $0.contains("routes.jsonl, line ") }
      #expect(named == Array(repeating: true, count: 5))
      #expect(router.warnings[0].contains("line 4"))
    }
  }

  @Test func theOutermostTownCounts() throws {
    try withScratchDirectory { root in
      let (fixture, _) = try town(root, line("gt-", "rig"))
      try fixture.write("town/rig/mayor/town.json", "{}")
      try fixture.write("town/rig/deep/file")
      #expect(Router.townRoot(above: root + "/town/rig/deep") == root + "/town")
      #expect(Router.townRoot(above: root) == nil)
      let router = Router(environment: fixture.environment, townRoot: root + "/town")
      #expect(
        try router.workspace(of: #require(router.route(for: "gt-1"))).projectDirectory == root + "/town/rig")
    }
  }

  /// Where a route may lead, and where not.
  @Test(
    "targets",
    arguments: [
      ("rig", "town/rig/.beads"), (".", "town/.beads"), ("gone", nil), ("empty", nil), ("rig/inside", nil),
      ("led", "town/rig/.beads"), ("circle", nil), ("link", "town/rig/.beads"),
      ("~/mine", "home/mine/.beads"),
      ("rig.trees/one", "town/rig/.beads"),
    ])
  func targets(path: String, store: String?) throws {
    try withScratchDirectory { root in
      let (fixture, home) = try town(root, line("gt-", path))
      try fixture.write("town/empty/file")
      try fixture.write("town/rig/inside/file")
      try fixture.redirect("town/led", to: "../rig/.beads")
      try fixture.redirect("town/circle", to: ".beads")
      try fixture.store("home/mine")
      try FileSystem.makeLink(root + "/town/link", to: "rig")
      try fixture.worktree("town/rig.trees/one", of: "town/rig/.git")
      var places = IssuePlaces(environment: fixture.environment, home: home)
      let route = try #require(places.router.route(for: "gt-1"))
      let found = places.workspace(of: route)
      #expect(found?.beadsDirectory == store.map { Path.join(root, $0) })
      #expect(places.warnings.isEmpty == (store != nil))
      if store == nil { #expect(places.warnings[0].contains("routes.jsonl, line 1")) }
    }
  }

  @Test func aProjectsOwnPrefixIsItsOwn() throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      try project.store("home", prefix: "gt-web")
      try project.store("other", prefix: "gt")
      try project.write("home/.beads/routes.jsonl", line("gt-", "../other") + line("gt-web-api-", "../other"))
      let home = try Workspace.locate(environment: project.environment, directory: project.path("home"))
      var places = IssuePlaces(environment: project.environment, home: home)
      for (id, directory) in [
        ("gt-1", "other"), ("gt-web-1", "home"), ("gt-web-api-1", "other"), ("x-1", "home"), ("1", "home"),
      ] {
        #expect(places.place(of: id)?.projectDirectory == project.path(directory), "\(id)")
      }
      #expect(places.log.count == 5)
    }
  }
}

@Suite("Routing of new issues") struct CreationPlaceTests {
  /// The settings, and the directory that new issues go to; nil for here.
  struct Case: Sendable, CustomTestStringConvertible {
    let settings: String
    var role: String?
    let directory: String?
    var testDescription: String { "\(settings) \(role ?? "")" }
  }

  @Test(arguments: [
    Case(settings: "", directory: nil),
    Case(settings: "", role: "maintainer", directory: nil),
    Case(settings: "", role: "contributor", directory: ".home/.beads-planning"),
    Case(settings: "routing.mode: explicit", role: "contributor", directory: nil),
    Case(settings: "routing.mode: contributor", directory: ".home/.beads-planning"),
    Case(settings: "routing.mode: maintainer", role: "contributor", directory: nil),
    Case(settings: "routing.contributor: ../plans", role: "contributor", directory: "plans"),
    Case(settings: "routing.contributor: .", role: "contributor", directory: nil),
    Case(settings: "routing.maintainer: ../plans", role: "contributor", directory: ".home/.beads-planning"),
    Case(settings: "routing.maintainer: ../plans", role: "maintainer", directory: "plans"),
    Case(settings: "routing.default: ../plans", directory: "plans"),
    Case(settings: "routing.default: ../plans", role: "maintainer", directory: "plans"),
    Case(settings: "routing.mode: explicit\nrouting.default: ../plans", directory: nil),
  ])
  func settings(_ row: Case) throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      try project.store("repo")
      project.stand("repo")
      if let role = row.role { try project.git("repo", "config", "beads.role", role) }
      try project.write("repo/.beads/config.yaml", row.settings + "\n")
      let home = try Workspace.locate(environment: project.environment)
      var places = IssuePlaces(environment: project.environment, home: home)
      let settings = Configuration(environment: project.environment, workspace: home)
      let place = try places.creationPlace(CreationPlace.Request(), settings)
      #expect(place?.directory == row.directory.map(project.path))
    }
  }

  @Test func planningIsMadeOnce() throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      let directory = project.path("home/plans")
      let make = {
        try PlanningProject.make(at: directory, prefix: Prefix("web"), environment: project.environment)
      }
      #expect(try make() && !make())
      let found = try Workspace.locate(environment: project.environment, directory: directory)
      let store = try Store.open(at: StoreLocation(found), environment: project.environment)
      #expect(try store.prefixes().primary == Prefix("web"))
      try store.close()
    }
  }
}
