import BeadsSystem
import Testing

@testable import BeadsStore

/// The sources of a name, strongest first.
private let actorSources: [(ActorIdentity.Source, String)] = [
  (.option, "by option"), (.configuration, "by setting"), (.variable("BEADS_ACTOR"), "by BEADS_ACTOR"),
  (.variable("BD_ACTOR"), "by BD_ACTOR"), (.git, "by git"), (.login, "by login"), (.none, "unknown"),
]

@Suite("Git identity: actor, owner, role")
struct GitIdentityTests {
  @Test("each source wins over those after it", arguments: actorSources.indices)
  func actorOrder(first: Int) throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root)
      let available = actorSources[first...]
      let name: (ActorIdentity.Source) -> String? = { source in available.first { $0.0 == source }?.1 }
      fixture.environment.variables["BEADS_ACTOR"] = name(.variable("BEADS_ACTOR"))
      fixture.environment.variables["BD_ACTOR"] = name(.variable("BD_ACTOR"))
      fixture.environment.userName = name(.login) ?? ""
      if let name = name(.git) { try fixture.write("home/.gitconfig", "[user]\nname = \(name)\n") }
      let actor = try ActorIdentity.resolve(
        option: name(.option), configured: { name(.configuration) }, environment: fixture.environment)
      #expect(actor == ActorIdentity(name: actorSources[first].1, source: actorSources[first].0))
    }
  }

  @Test(
    "blank names and control characters",
    arguments: [
      ("  ", nil), ("", nil), ("\u{1B}[31mEve\u{7}\n", "[31mEve"), (" Ann \t", "Ann"), ("Zoë", "Zoë"),
    ])
  func cleaning(option: String, expected: String?) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      let actor = try ActorIdentity.resolve(option: option, environment: fixture.environment)
      #expect(actor.name == expected ?? "tester")
    }
  }

  @Test func settingIsNotAskedForWithoutNeed() throws {
    let environment = Environment(variables: [:], currentDirectory: "/", homeDirectory: "", userName: "")
    let actor = try ActorIdentity.resolve(
      option: "ann", configured: { () throws(BeadsError) in throw BeadsError(.io, "read") },
      environment: environment)
    #expect(actor.name == "ann")
  }

  @Test func owner() throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root)
      #expect(ActorIdentity.owner(environment: fixture.environment) == nil)
      try fixture.write("home/.config/git/config", "[user]\n\temail = ann@example.org ; home\n")
      #expect(ActorIdentity.owner(environment: fixture.environment) == "ann@example.org")
      fixture.environment.variables["GIT_AUTHOR_EMAIL"] = "eve@example.org"
      #expect(ActorIdentity.owner(environment: fixture.environment) == "eve@example.org")
    }
  }

  @Test(
    "role by address",
    arguments: [
      ("git@host:a/b.git", Role.maintainer), ("ssh://host/a/b", .maintainer), ("/srv/repo.git", .maintainer),
      ("https://host/a/b", .contributor), ("http://host/a@b/c", .contributor),
      ("https://token@host/a/b", .maintainer),
    ])
  func roles(address: String, expected: Role) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.repository("repo")
      #expect(Role.guessed(GitConfig(fixture.environment)) == .maintainer)
      try fixture.write("repo/.git/config", "[remote \"origin\"]\n\turl = \(address)\n")
      #expect(Role.guessed(GitConfig(fixture.environment)) == expected)
      try fixture.write(
        "repo/.git/config", "[remote \"origin\"]\n\turl = https://x/y\n\tpushurl = \(address)\n")
      #expect(Role.guessed(GitConfig(fixture.environment)) == expected)
    }
  }

  @Test func roleIsWrittenByGitAndReadBack() throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      #expect(
        thrownError { () throws(BeadsError) in
          try Role.maintainer.save(GitConfig(fixture.environment))
        }?.code == .unsupported)
      try fixture.repository("repo")
      try FileSystem.makeDirectory(root + "/repo/.git/objects")
      try FileSystem.makeDirectory(root + "/repo/.git/refs")
      try fixture.write("repo/.git/config", "# mine\n[core]\n\tbare = false\n")
      #expect(Role.configured(GitConfig(fixture.environment)) == nil)
      try Role.contributor.save(GitConfig(fixture.environment))
      #expect(Role.configured(GitConfig(fixture.environment)) == .contributor)
      #expect(try fixture.text("repo/.git/config").hasPrefix("# mine\n"))
      try GitConfig(fixture.environment).unset(Role.key)
      try GitConfig(fixture.environment).unset(Role.key)
      #expect(Role.configured(GitConfig(fixture.environment)) == nil)
    }
  }
}
