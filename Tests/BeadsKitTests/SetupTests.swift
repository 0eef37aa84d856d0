import BeadsFormats
import BeadsSystem
import BeadsTesting
import Foundation
import Testing

@testable import BeadsStore

@Suite("Setup")
struct SetupTests {
  // MARK: Law: what is added can be taken out again, byte for byte

  static let hooked = SetupRecipe.builtin.flatMap { recipe in
    recipe.parts.compactMap { part -> SessionHooks? in
      if case .hooks(let hooks) = part.content { hooks } else { nil }
    }
  }

  /// Random settings: any layout, `hooks` in every state that leaves room for ours.
  struct RandomSettings {
    var random: SeededRandom
    var newline: String
    var unit: String

    init(seed: UInt64) {
      random = SeededRandom(seed: seed)
      newline = random.pick(["\n", "\n", "\r\n", ""]) ?? ""
      unit = random.pick(["  ", "    ", "\t", ""]) ?? ""
    }

    mutating func text() -> String {
      var members = (0..<random.below(4)).map { ("k\($0)", value(depth: 1)) }
      if random.chance(70) { members.insert(("hooks", hooks()), at: random.below(members.count + 1)) }
      if random.chance(5) { members.append(("hooks", hooks())) }
      return blank() + object(members, depth: 0) + (random.pick(["", "\n", "\n\n", "\r\n", " "]) ?? "")
    }

    private mutating func hooks() -> String {
      var members: [(String, String)] = []
      for event in ["SessionStart", "PreCompact", "Stop"] where random.chance(40) {
        let groups = (0..<random.below(3)).map { _ in group() }
        members.append((event, array(groups, depth: 2)))
      }
      return object(members, depth: 1)
    }

    private mutating func group() -> String {
      let commands = [
        "make check", "bd primer", "bd ready", "bd prime | tee x", "echo \\u0022bd prime\\u0022",
      ]
      let actions = (0..<random.below(3)).map { _ in
        object([("type", "\"command\""), ("command", "\"\(random.pick(commands) ?? "")\"")], depth: 5)
      }
      return object([("matcher", "\"\""), ("hooks", array(actions, depth: 4))], depth: 3)
    }

    private mutating func value(depth: Int) -> String {
      switch random.below(depth > 3 ? 4 : 6) {
      case 0: return random.pick(["1", "-0.5e+9", "100000000000000000000"]) ?? ""
      case 1: return random.pick(["true", "false", "null"]) ?? ""
      case 2: return random.pick(["\"\"", "\"a\\\"]}\\u00e9 é\"", "\"bd prime\""]) ?? ""
      case 3: return random.pick(["{}", "[]", "[ ]", "{\n}"]) ?? ""
      case 4: return array((0..<random.below(3)).map { _ in value(depth: depth + 1) }, depth: depth)
      default: return object((0..<random.below(3)).map { ("m\($0)", value(depth: depth + 1)) }, depth: depth)
      }
    }

    private mutating func blank() -> String { random.pick(["", "", "", " ", "\n"]) ?? "" }

    private mutating func object(_ members: [(String, String)], depth: Int) -> String {
      container(members.map { "\"\($0.0)\"\(blank()):\(blank())\($0.1)" }, "{", "}", depth)
    }

    private mutating func array(_ items: [String], depth: Int) -> String { container(items, "[", "]", depth) }

    private mutating func container(_ items: [String], _ open: String, _ close: String, _ depth: Int)
      -> String
    {
      if items.isEmpty { return open + blank() + close }
      let isFlat = newline.isEmpty || random.chance(20)
      let line = isFlat ? (random.pick(["", " "]) ?? "") : newline
      let indent = isFlat ? "" : String(repeating: unit, count: depth)
      let body = items.map { line + (isFlat ? "" : indent + unit) + $0 + blank() }.joined(separator: ",")
      return open + body + line + indent + close
    }
  }

  @Test func hooksComeAndGoWithoutTrace() throws {
    for seed in 0..<3000 as Range<UInt64> {
      var settings = RandomSettings(seed: seed)
      let before = Array(settings.text().utf8)
      let hooks = Self.hooked[Int(seed) % Self.hooked.count]
      let after = try hooks.applied(to: before, "f")
      #expect(try hooks.applied(to: after, "f") == after, "idempotent")
      #expect(try hooks.removed(from: before, "f") == .untouched)
      let rest = try hooks.removed(from: after, "f")
      #expect(rest == .content(before), "\(seed): \(String(decoding: before, as: UTF8.self))")
      // What was there is still there, in its order; JSON readers see ours added.
      let old = try #require(JSONValue(parsing: String(decoding: before, as: UTF8.self)))
      let new = try #require(JSONValue(parsing: String(decoding: after, as: UTF8.self)))
      try checkAdded(old, new, hooks)
    }
  }

  private func checkAdded(_ old: JSONValue, _ new: JSONValue, _ hooks: SessionHooks) throws {
    var expected = old
    var events = old["hooks"] ?? .object([])
    for hook in hooks.hooks {
      events[hook.event] = .array((events[hook.event]?.arrayValue ?? []) + [hook.group])
    }
    expected["hooks"] = events
    #expect(new == expected)
  }

  @Test func sectionsComeAndGoWithoutTrace() throws {
    var random = SeededRandom(seed: 7)
    let pieces = ["", "\n", "# Rules\n", "x", "\r\n", "<!-- no marker -->\n", "é\u{0}", "\n\n", "read:\n"]
    for style in [MarkedSection.Comment.markdown, .hash] {
      for preamble in ["", "---\nx: y\n---\n"] {
        let section = MarkedSection(comment: style, text: "one\ntwo\n", preamble: preamble)
        for _ in 0..<1000 {
          let text = (0..<random.below(5)).map { _ in random.pick(pieces) ?? "" }.joined()
          let before = Array(text.utf8)
          let after = try section.applied(to: before, "f")
          #expect(try section.applied(to: after, "f") == after)
          #expect(try section.removed(from: before, "f") == .untouched)
          #expect(try section.removed(from: after, "f") == .content(before), "\(text.debugDescription)")
          // Also when another version of the text was in between.
          let other = MarkedSection(comment: style, text: "other\n", preamble: preamble)
          let changed = try other.applied(to: after, "f")
          #expect(try section.removed(from: changed, "f") == .content(before))
        }
        let fresh = try section.applied(to: nil, "f")
        #expect(try section.removed(from: fresh, "f") == .nothing)
      }
    }
  }

  /// Others write behind our section, above it, and what they write stays.
  @Test func whatOthersWriteStays() throws {
    let section = MarkedSection(comment: .markdown, text: "ours\n")
    for (before, added) in [("", "more\n"), ("a\n", "more\n"), ("a\n", "\nmore"), ("a", "\nmore\n")] {
      let after = try section.applied(to: Array(before.utf8), "f") + Array(added.utf8)
      let rest = try section.removed(from: after, "f")
      guard case .content(let bytes) = rest else {
        Issue.record("\(rest)")
        continue
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix(before) && text.hasSuffix(added))
      #expect(!text.contains("ours") && !text.contains("BEADS"))
    }
  }

  // MARK: Hooks of older versions and of users

  @Test(arguments: [
    // As the classic version wrote them.
    (
      #"{"hooks":{"SessionStart":[{"matcher":"","hooks":[{"type":"command","command":"bd prime"}]}]}}"#,
      #"{}"#
    ),
    // Beside another command in one group.
    (
      #"{"hooks":{"SessionStart":[{"hooks":[{"command":"x"},{"command":"bd prime --stealth"}]}]}}"#,
      #"{"hooks":{"SessionStart":[{"hooks":[{"command":"x"}]}]}}"#
    ),
    // In an event that we no longer use.
    (
      #"{"a":1,"hooks":{"Stop":[{"hooks":[{"command":"bd prime"}]}],"X":[]}}"#, #"{"a":1,"hooks":{"X":[]}}"#
    ),
  ])
  func olderHooksGo(_ before: String, _ rest: String) throws {
    let hooks = Self.hooked[0]
    #expect(try hooks.removed(from: Array(before.utf8), "f") == .content(Array(rest.utf8)))
    let after = try hooks.applied(to: Array(before.utf8), "f")
    #expect(try hooks.removed(from: after, "f") == .content(Array(rest.utf8)))
  }

  @Test(arguments: [
    "", " \n", "{", "[1,]", "// remark\n{}", "{}{}", "\u{FEFF}{}", "[]", "3", #"{"hooks":[]}"#,
    #"{"hooks":{"SessionStart":{}}}"#, #"{"hooks":null}"#, String(repeating: "[", count: 100_000),
  ])
  func settingsOfAnotherShapeAreRefused(_ text: String) {
    let error = thrownError { () throws(BeadsError) in
      try Self.hooked[0].applied(to: Array(text.utf8), "f.json")
    }
    #expect(error.map { [.corrupt, .conflict].contains($0.code) && $0.message.contains("f.json") } == true)
  }

  @Test(arguments: [
    "<!-- BEGIN BEADS INTEGRATION -->\n", "<!-- END BEADS INTEGRATION -->\n",
    "<!-- BEGIN BEADS INTEGRATION -->\n<!-- BEGIN BEADS INTEGRATION -->\n<!-- END BEADS INTEGRATION -->\n",
  ])
  func halfASectionIsRefused(_ text: String) {
    let section = MarkedSection(comment: .markdown, text: "ours\n")
    let error = thrownError { () throws(BeadsError) in try section.applied(to: Array(text.utf8), "A.md") }
    #expect(error?.code == .conflict)
  }

  // MARK: Whole recipes

  @Test(arguments: SetupRecipe.builtin.map { $0.name }, [false, true])
  func recipesComeAndGo(_ name: String, _ isStealthy: Bool) throws {
    try withProject { project in
      try project.write("repo/AGENTS.md", "# Agents\r\nNo final newline")
      try project.write("repo/.claude/settings.json", "{\n\t\"model\": \"x\"\n}")
      let before = try project.outside()
      let workspace = try Workspace.locate(environment: project.environment)
      let recipe = try SetupRecipe.find(name, workspace)
      let root = workspace.checkoutRoot(of: project.environment.currentDirectory)
      let setup = try Setup(recipe, in: .project(root: root, workspace), isStealthy: isStealthy)
      #expect(try setup.check().allSatisfy { $0.state == .missing })
      #expect(try setup.apply().allSatisfy { [.created, .updated].contains($0.state) })
      let after = try project.outside()
      #expect(after != before)
      #expect(try setup.check().allSatisfy { $0.state == .installed })
      #expect(try setup.apply().allSatisfy { $0.state == .installed })
      #expect(try project.outside() == after)
      let manifest = try FileSystem.read(workspace.manifestPath)
      if name != "aider" {
        _ = try setup.remove()
        #expect(try project.outside() == before)
        #expect(try setup.remove().isEmpty)
        _ = try setup.apply()
      }
      #expect(try FileSystem.read(workspace.manifestPath) == manifest)
      // What the manifest knows is enough.
      _ = try Uninstall(workspace: workspace, environment: project.environment).run()
      #expect(try project.outside() == before)
    }
  }

  /// The stealthy file takes the place of the shared one, so that nothing is said twice.
  @Test func stealthMovesTheHooks() throws {
    try withProject { project in
      let workspace = try Workspace.locate(environment: project.environment)
      let recipe = try SetupRecipe.find("claude", workspace)
      let root = workspace.projectDirectory
      _ = try Setup(recipe, in: .project(root: root, workspace)).apply()
      _ = try Setup(recipe, in: .project(root: root, workspace), isStealthy: true).apply()
      #expect(!FileSystem.exists(Path.join(root, ".claude/settings.json")))
      let text = try FileSystem.readText(Path.join(root, ".claude/settings.local.json"))
      #expect(text.contains("bd prime --hook-json --stealth"))
      #expect(
        try Setup(recipe, in: .project(root: root, workspace)).check().allSatisfy { $0.state == .installed })
    }
  }

  @Test func linksOutOfTheProjectAreRefused() throws {
    try withProject { project in
      try project.write("elsewhere/settings.json", "{}")
      let workspace = try Workspace.locate(environment: project.environment)
      let root = workspace.projectDirectory
      try FileSystem.makeLink(
        Path.join(root, ".claude"), to: Path.join(Path.directory(of: root), "elsewhere"))
      let setup = try Setup(try SetupRecipe.find("claude", workspace), in: .project(root: root, workspace))
      #expect(thrownError { () throws(BeadsError) in try setup.apply() }?.code == .conflict)
      #expect(try project.text("elsewhere/settings.json") == "{}")
    }
  }

  /// One file that cannot be done leaves the others as they were.
  @Test func allFilesOrNone() throws {
    try withProject { project in
      try project.write("repo/.codex/hooks.json", "no JSON")
      let before = try project.outside()
      let workspace = try Workspace.locate(environment: project.environment)
      let setup = try Setup(
        try SetupRecipe.find("codex", workspace), in: .project(root: workspace.projectDirectory, workspace))
      #expect(thrownError { () throws(BeadsError) in try setup.apply() }?.code == .corrupt)
      #expect(try project.outside() == before)
    }
  }

  @Test(arguments: [
    "recipes = 1", "[recipes.x]\npath = 1", "[recipes.x]\nname = \"x\"", "[recipes.x]\npath = \"../x\"",
    "[recipes.x]\npath = \"/etc/x\"", "[recipes.x]\npath = \"a/../../x\"", "[recipes.claude]\npath = \"x\"",
    "[recipes.x]\npath = \"x\"\ntype = \"magic\"", "[recipes.x", "[recipes]\nx = 3",
  ])
  func badRecipesAreNamed(_ text: String) throws {
    try withProject { project in
      try project.write("repo/.beads/recipes.toml", text)
      let workspace = try Workspace.locate(environment: project.environment)
      let error = thrownError { () throws(BeadsError) in try SetupRecipe.all(workspace) }
      #expect(error?.code == .invalid)
      #expect(error?.message.contains("recipes.toml, line ") == true)
    }
  }

  @Test func recipesOfTheProject() throws {
    try withProject { project in
      let workspace = try Workspace.locate(environment: project.environment)
      try SetupRecipe.add("my-editor", path: ".my/\"rules\".md", workspace)
      try SetupRecipe.add("other", path: "rules.txt", workspace)
      let recipes = try SetupRecipe.all(workspace).filter(\.isOwn)
      #expect(recipes.map(\.name) == ["my-editor", "other"])
      #expect(recipes.map(\.paths) == [[".my/\"rules\".md"], ["rules.txt"]])
      let code = thrownError { () throws(BeadsError) in try SetupRecipe.add("other", path: "x", workspace) }?
        .code
      #expect(code == .exists)
      let before = try project.outside()
      let setup = try Setup(recipes[0], in: .project(root: workspace.projectDirectory, workspace))
      _ = try setup.apply()
      _ = try Uninstall(workspace: workspace, environment: project.environment).run()
      #expect(try project.outside() == before)
    }
  }
}

/// A repository with a project.
private func withProject(_ body: (GitProject) throws -> Void) throws {
  try withScratchDirectory { root in
    var project = GitProject(root)
    try project.repository("repo")
    project.stand("repo")
    try project.store("repo")
    try body(project)
  }
}

extension GitProject {
  /// Everything outside `.beads`.
  fileprivate func outside() throws -> [String: String] {
    try tree("repo").filter { $0.key != "repo/.beads" && !$0.key.hasPrefix("repo/.beads/") }
  }
}
