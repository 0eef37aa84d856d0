import BeadsFormats
import BeadsModel
import BeadsSystem
import Testing

@testable import BeadsStore

/// A project with its configuration files.
private func withProject(
  _ files: [String: String] = [:], variables: [String: String] = [:],
  _ body: (WorkspaceFixture, Workspace) throws -> Void
) throws {
  try withScratchDirectory { root in
    let fixture = WorkspaceFixture(root, variables: variables)
    try fixture.repository("repo")
    try fixture.store("repo")
    for (path, text) in files { try fixture.write(path, text) }
    try body(fixture, try Workspace.locate(environment: fixture.environment))
  }
}

@Suite("Configuration: precedence, types, changes")
struct ConfigurationTests {
  /// The places a YAML setting may come from, strongest first.
  static let places = [
    "option", "BEADS_SYNC_BRANCH", "BD_SYNC_BRANCH", "repo/.beads/config.local.yaml",
    "repo/.beads/config.yaml",
    "home/.config/bd/config.yaml", "home/.beads/config.yaml", "nothing",
  ]

  @Test("each place wins over those after it", arguments: places.indices)
  func precedence(first: Int) throws {
    let present = Self.places[first...]
    let files = Dictionary(
      uniqueKeysWithValues: present.filter { $0.hasSuffix(".yaml") }.map { ($0, "sync-branch: \"\($0)\"\n") })
    let variables = Dictionary(
      uniqueKeysWithValues: present.filter { $0.hasSuffix("BRANCH") }.map { ($0, $0) })
    try withProject(files, variables: variables) { fixture, workspace throws in
      let configuration = Configuration(
        environment: fixture.environment, workspace: workspace,
        options: present.contains("option") ? ["sync-branch": "option"] : [:])
      let value = try configuration.value("sync-branch")
      let expected = Self.places[first]
      #expect(value?.text == (expected == "nothing" ? nil : expected))
      let source: Configuration.Source =
        switch expected {
        case "option": .option
        case "nothing": .standard
        case _ where expected.hasSuffix(".yaml"): .file(fixture.root + "/" + expected)
        default: .variable(expected)
        }
      #expect(value?.source ?? .standard == source)
    }
  }

  @Test func databaseSettings() throws {
    let files = ["repo/.beads/config.yaml": "types.custom: [convoy]\nstatus.custom: \"qa:wip\"\n"]
    try withProject(files, variables: ["BD_TYPES_CUSTOM": "x", "BD_MAIL_DELEGATE": "gt mail"]) {
      fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      #expect(try configuration.value("types.custom", stored: "rig")?.source == .database)
      #expect(try configuration.list("types.custom") == ["convoy"])
      #expect(try configuration.string("mail.delegate", stored: "other") == "gt mail")
      #expect(try configuration.value("max_hash_length")?.text == "8")
      #expect(try configuration.value("made.up") == nil)
      let vocabulary = try configuration.vocabulary(stored: ["types.custom": "rig2"])
      #expect(vocabulary.isKnown(IssueType(rawValue: "rig2")))
      #expect(!vocabulary.isKnown(IssueType(rawValue: "convoy")))
      #expect(vocabulary.category(of: Status(rawValue: "qa")) == .wip)
      #expect(vocabulary.infrastructureTypes == IssueType.infrastructure)
    }
  }

  @Test("typed values")
  func typedValues() throws {
    let text = """
      no-push: Yes
      json: maybe
      lock-timeout: 90
      export.interval: 1m30s
      hierarchy:
        max-depth: 5
      repos:
        additional:
          - ../one
          - "../two, three"
      external_projects:
        beads: ../beads
        town: ../town
      directory.labels.web/app: frontend
      sync:
        branch: issues
      """
    let files = [
      "repo/.beads/config.yaml": text, "repo/.beads/config.local.yaml": "external_projects: {town: /t}\n",
    ]
    try withProject(files) { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      #expect(try configuration.bool("no-push"))
      #expect(try !configuration.bool("no-git-ops"))
      #expect(try configuration.bool("import.auto"))
      #expect(try configuration.duration("lock-timeout") == .seconds(90))
      #expect(try configuration.duration("export.interval") == .seconds(90))
      #expect(try configuration.int("hierarchy.max-depth") == 5)
      #expect(try configuration.list("repos.additional") == ["../one", "../two, three"])
      #expect(try configuration.map("external_projects").map(\.name) == ["beads", "town"])
      #expect(try configuration.map("external_projects").map(\.value) == ["../beads", "/t"])
      #expect(try configuration.map("directory.labels").map(\.name) == ["web/app"])
      #expect(try configuration.string("sync-branch") == "issues")
      let error = thrownError { () throws(BeadsError) in try configuration.bool("json") }
      #expect(error?.code == .invalid)
      #expect(error?.message.contains(workspace.configPath) == true)
    }
  }

  @Test func emptyVariablesAreUnset() throws {
    try withProject(variables: ["BD_NO_PUSH": ""]) { fixture, workspace throws in
      #expect(try !Configuration(environment: fixture.environment, workspace: workspace).bool("no-push"))
    }
  }

  @Test func brokenFilesAreNamedWithTheLine() throws {
    try withProject(["repo/.beads/config.yaml": "a: 1\nb: &x\n"]) { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      let error = thrownError { () throws(BeadsError) in try configuration.string("no-push") }
      #expect(error?.code == .invalid)
      #expect(error?.message.hasPrefix("\(workspace.configPath), line 2") == true)
      #expect(try configuration.problems(stored: [:]) == [error?.message])
    }
  }

  @Test func filesAreReadOnceAndOnlyWhenNeeded() throws {
    try withProject(["repo/.beads/config.yaml": "actor: [broken\n"], variables: ["BD_JSON": "1"]) {
      fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      #expect(try configuration.bool("json"))
      try fixture.write("repo/.beads/config.yaml", "actor: ann\n")
      #expect(try configuration.actor(option: nil).name == "ann")
      try fixture.write("repo/.beads/config.yaml", "actor: eve\n")
      #expect(try configuration.actor(option: nil).name == "ann")
      #expect(try configuration.actor(option: "bob").source == .option)
    }
  }

  // MARK: Changes

  @Test func settingsKeepTheFilesText() throws {
    let text = "# top\nno-push: false # why\n# lock-timeout: 30s\n\nsync:\n  branch: old\n# end\n"
    try withProject(["repo/.beads/config.yaml": text]) { fixture, workspace throws in
      try FileSystem.setMode(workspace.configPath, 0o640)
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      #expect(try configuration.set("no-push", to: "true")?.text == "true")
      try configuration.set("lock-timeout", to: "5s")
      try configuration.set("sync-branch", to: "new")
      try configuration.set("repos.additional", to: "../a, ../b")
      try configuration.set("external_projects.town", to: "../town")
      let expected = """
        # top
        no-push: true # why
        lock-timeout: 5s

        sync:
          branch: new
        # end
        repos.additional: [../a, ../b]
        external_projects.town: ../town

        """
      #expect(try fixture.text("repo/.beads/config.yaml") == expected)
      #expect(try FileSystem.status(workspace.configPath)?.mode == 0o640)
      #expect(try configuration.list("repos.additional") == ["../a", "../b"])
      #expect(try configuration.map("external_projects").first?.value == "../town")
      #expect(try configuration.unset("sync-branch"))
      #expect(try !configuration.unset("sync-branch"))
      #expect(try configuration.value("sync-branch") == nil)
    }
  }

  @Test func aStrongerPlaceIsReported() throws {
    try withProject(["repo/.beads/config.local.yaml": "no-push: true\n"]) { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      #expect(try configuration.set("no-push", to: "false")?.source == .file(workspace.localConfigPath))
      #expect(try FileSystem.status(workspace.configPath)?.mode == 0o600)
    }
  }

  @Test(
    "changes that are refused",
    arguments: [
      ("issue-prefix", "x", "when a project is started"), ("no-push", "maybe", "cannot be 'maybe'"),
      ("lock-timeout", "soon", "cannot be"), ("routing.mode", "magic", "cannot be"),
      ("hierarchy.max-depth", "3.5", "cannot be"), ("status.custom", "Bad", "no name"),
      ("", "x", "no name of a setting"), ("a b", "x", "no name of a setting"),
      ("daemon.", "x", "no name of a setting"),
      ("ai.api_key", "sk-1", "secret"), ("issue_prefix", "x", "not kept in config.yaml"),
    ])
  func refused(key: String, value: String, reason: String) throws {
    try withProject { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      let error = thrownError { () throws(BeadsError) in try configuration.set(key, to: value) }
      #expect(error?.code == .invalid)
      #expect(error?.message.contains(reason) == true)
      #expect(!FileSystem.exists(workspace.configPath))
    }
  }

  @Test func secretsMayGoWhereGitDoesNotLook() throws {
    try withProject { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      for name in ["objects/x", "refs/x"] { try fixture.write("repo/.git/" + name) }
      try fixture.write("repo/.git/info/exclude", "/.beads/\n")
      #expect(try configuration.set("ai.api_key", to: "sk-1")?.text == "sk-1")
      try fixture.write("repo/.git/info/exclude", "")
      let error = thrownError { () throws(BeadsError) in try configuration.set("ai.api_key", to: "sk-2") }
      #expect(error?.hint?.contains("config.local.yaml") == true)
      #expect(error?.description.contains("sk-2") == false)
      #expect(try configuration.set("ai.api_key", to: "sk-3", allowingSecrets: true)?.text == "sk-3")
    }
  }

  @Test(
    "where a setting is kept",
    arguments: [
      ("no-push", .yaml), ("sync.branch", .yaml), ("external_projects.x", .yaml), ("dolt.mode", .yaml),
      ("validation.metadata.fields.team", .yaml), ("issue_prefix", .database), ("kv.x", .database),
      ("kv.memory.x", .database), ("jira.api_token", .database), ("unheard.of", .database),
      ("beads.role", .git),
    ] as [(String, ConfigurationKey.Storage)])
  func storage(key: String, expected: ConfigurationKey.Storage) {
    #expect(Configuration.storage(of: key) == expected)
  }

  // MARK: The table

  @Test func tableIsConsistent() throws {
    let names = ConfigurationKey.all.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    for key in ConfigurationKey.all where !key.isFamily {
      #expect(ConfigurationKey.find(key.name) == key)
      if let value = key.defaultValue { #expect(throws: Never.self) { try key.check(value) } }
      #expect(!key.summary.hasSuffix("."))
    }
  }

  @Test func templateShowsEverySettingInEffectAndSetsNone() throws {
    let template = ConfigurationTemplate.text
    #expect(try YAMLDocument(Array(template.utf8)).leaves.isEmpty)
    #expect(!template.split(separator: "\n").contains { $0.utf8.count > 110 })
    var file = try ConfigurationFile(template: template)
    for key in ConfigurationKey.yaml where key.isInEffect {
      #expect(template.contains("\n# \(key.name): "))
      if key.kind == .map { continue }
      try file.set(key.name, to: key.defaultValue ?? "x", isList: key.kind == .list)
    }
    let lines = file.document.bytes.split(separator: UInt8(ascii: "\n")).count
    #expect(lines == template.split(separator: "\n").count, "each setting must take the place of its comment")
  }

  // MARK: Reports

  @Test func settingsWithSources() throws {
    let files = [
      "repo/.beads/config.yaml": "sync.branch: issues\nteam: red\n",
      "home/.gitconfig": "[beads]\nrole = maintainer\n",
    ]
    try withProject(files, variables: ["BD_NO_AUTO_FLUSH": "1"]) { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      let settings = try configuration.settings(stored: ["issue_prefix": "t", "custom.x": "y"])
      let source = { (key: String) in settings.first { $0.key == key }?.source }
      #expect(source("sync-branch") == .file(workspace.configPath))
      #expect(source("sync.branch") == nil)
      #expect(source("team") == .file(workspace.configPath))
      #expect(source("no-auto-flush") == .variable("BD_NO_AUTO_FLUSH"))
      #expect(source("issue_prefix") == .database)
      #expect(source("custom.x") == .database)
      #expect(source("beads.role") == .git)
      #expect(source("lock-timeout") == .standard)
      #expect(settings.map(\.key) == settings.map(\.key).sorted())
    }
  }

  @Test func problemsAreAllNamed() throws {
    let text = "no-psuh: true\nlock-timeout: soon\nrouting:\n  mode: magic\nkv.x: 1\n"
    try withProject(["repo/.beads/config.yaml": text]) { fixture, workspace throws in
      let configuration = Configuration(environment: fixture.environment, workspace: workspace)
      let problems = try configuration.problems(stored: ["status.custom": "Bad", "min_hash_length": "x"])
      #expect(problems.count == 5)
      for part in [
        "did you mean no-push?", "lock-timeout cannot", "routing.mode cannot", "'Bad'", "min_hash_length",
      ] {
        #expect(problems.contains { $0.contains(part) }, "\(part)")
      }
      #expect(try Configuration(environment: fixture.environment, workspace: nil).problems(stored: [:]) == [])
    }
  }
}
