import BeadsSystem
import Testing

@testable import BeadsStore

@Suite("Git identity: reading git's configuration")
struct GitIdentityConfigTests {
  /// Files whose values git itself must agree on.
  static let samples = [
    "[user]\n\tname = Ann Lee\n",
    "[User]NAME=Ann\n",
    "[user]\r\n\tname = Ann Lee\r\n",
    "[user]\n name = \"Ann # Lee\" # comment\n",
    "[user]\n name = Ann \"the  boss\" Lee  \n",
    "[user]\n name = Ann ; comment\n",
    "[user]\n name = A\\tB\\\\C\\\"D\\n\n",
    "[user]\n name = Ann\\\n  Lee\n",
    "[user]\n name = first\n[core]\n bare = true\n[user]\n name = second\n",
    "[user]\n name =\n",
    "[user]\n name\n",
    "# comment\n; other\n\n[user \"x\"]\n name = wrong\n[user]\n email = e\n name = right\n",
    "[user]\n name = inner   spaces kept\n",
    "\u{FEFF}[user]\n name = after a byte order mark\n",
    "[user]\n name = Zoë Ł\n",
    "[user] name = one line\n",
    "[user]\n name = no newline at the end",
    "[branch \"a.b\\\"c\"]\n x = 1\n[user]\n name = after an escape\n",
  ]

  @Test("values are those git reads", arguments: samples)
  func agreesWithGit(text: String) throws {
    try withScratchDirectory { root in
      let fixture = WorkspaceFixture(root)
      try fixture.write("config", text)
      let file = try #require(GitConfigFile(path: root + "/config"))
      let asked = try Subprocess(["git", "config", "--file", root + "/config", "--get", "user.name"]).run()
      #expect(asked.succeeded)
      // Git prints nothing for a key without "=", which means true.
      let expected =
        text.contains(" name\n") ? "true" : String(decoding: asked.output.dropLast(), as: UTF8.self)
      #expect(file.value("user.name") == expected)
    }
  }

  @Test("subsections and unknown syntax") func syntax() {
    let text = """
      [remote "My Fork"]
        url = u
      [old.Style]
        key = v
      [broken
      [user
      name = lost
      [core]
        = nothing
        good-name2 = yes
        bad name = no
      """
    let file = GitConfigFile(Array(text.utf8))
    #expect(file.value("remote.My Fork.url") == "u")
    #expect(file.value("remote.my fork.url") == nil)
    #expect(file.value("old.style.key") == "v")
    #expect(file.value("core.good-name2") == "yes")
    #expect(file.value("core.bad") == nil)
    #expect(!file.hasIncludes)
  }

  @Test func damagedFilesAreReadToTheirEnd() {
    var random = TestRandom(seed: 28)
    let alphabet = Array("[]\"\\=#; \t\r\nu.".utf8)
    for _ in 0..<3000 {
      var bytes = Array(Self.samples.randomElement(using: &random)?.utf8 ?? "".utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let index = bytes.indices.randomElement(using: &random) ?? 0
        bytes[index] = alphabet.randomElement(using: &random) ?? 0
      }
      let marker = Array("\n\n[mark]\nhere = yes\n".utf8)
      // Only an escaped newline may swallow the line after it, and the second newline stops that.
      #expect(
        GitConfigFile(bytes + marker).value("mark.here") == "yes", "\(String(decoding: bytes, as: UTF8.self))"
      )
    }
  }

  @Test func strongerFilesWin() throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root, in: "wt")
      let value = { (fixture: WorkspaceFixture) in GitConfig(fixture.environment).value("user.name") }
      fixture.environment.variables["GIT_CONFIG_SYSTEM"] = root + "/system"
      #expect(value(fixture) == nil)
      try fixture.repository("repo")
      try fixture.worktree("wt", of: "repo/.git")
      for (path, name) in [
        ("system", "system"), ("home/.config/git/config", "xdg"), ("home/.gitconfig", "home"),
        ("repo/.git/config", "repository"), ("repo/.git/worktrees/wt/config.worktree", "worktree"),
      ] {
        try fixture.write(path, "[user]\n\tname = \(name)\n")
        #expect(value(fixture) == name)
      }
      fixture.environment.variables["GIT_CONFIG_COUNT"] = "2"
      fixture.environment.variables["GIT_CONFIG_KEY_0"] = "User.Name"
      fixture.environment.variables["GIT_CONFIG_VALUE_0"] = "variable"
      fixture.environment.variables["GIT_CONFIG_KEY_1"] = "core.bare"
      #expect(value(fixture) == "variable")
    }
  }

  @Test func globalFileIsReplaced() throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root)
      try fixture.write("home/.gitconfig", "[user]\nname = home\n")
      try fixture.write("elsewhere", "[user]\nname = elsewhere\n")
      fixture.environment.variables["GIT_CONFIG_GLOBAL"] = root + "/elsewhere"
      #expect(GitConfig(fixture.environment).value("user.name") == "elsewhere")
      fixture.environment.variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
      fixture.environment.variables["GIT_CONFIG_NOSYSTEM"] = "1"
      #expect(GitConfig(fixture.environment).value("user.name") == nil)
    }
  }

  @Test("includes are left to git", arguments: ["[include]", "[includeIf \"gitdir:**\"]"])
  func includes(section: String) throws {
    try withScratchDirectory { root in
      var fixture = WorkspaceFixture(root)
      fixture.environment.variables["HOME"] = root + "/home"
      try FileSystem.makeDirectory(root + "/repo")
      for name in ["HEAD", "objects/x", "refs/x"] {
        try fixture.write("repo/.git/" + name, "ref: refs/heads/main\n")
      }
      try fixture.write("home/.gitconfig", "[user]\nname = before\n\(section)\npath = more\n")
      try fixture.write("home/more", "[user]\nname = included\n")
      #expect(GitConfig(fixture.environment).value("user.name") == "included")
      // A stronger file without includes needs no git.
      try fixture.write("repo/.git/config", "[user]\nname = repository\n")
      #expect(GitConfig(fixture.environment).value("user.name") == "repository")
    }
  }
}
