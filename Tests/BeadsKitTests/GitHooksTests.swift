import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

extension GitProject {
  fileprivate func hooks(_ name: String) throws -> GitHooks {
    var environment = environment
    environment.currentDirectory = path(name)
    let workspace = try Workspace.locate(environment: environment)
    return try GitHooks(workspace: workspace, environment: environment)
  }

  @discardableResult
  fileprivate func install(
    _ name: String, _ change: (inout GitHooks.Options) -> Void = { _ in }
  ) throws -> GitHooks.Report {
    var options = GitHooks.Options()
    change(&options)
    return try hooks(name).install(options)
  }

  fileprivate func write(_ name: String, _ text: String, mode: UInt32) throws {
    try write(name, text)
    try FileSystem.setMode(path(name), mode)
  }

  func text(_ name: String) throws -> String { try FileSystem.readText(path(name)) }

  /// Every file below a directory with its kind, permissions and content.
  func tree(_ name: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for entry in try FileSystem.list(path(name)) {
      let inner = Path.join(name, entry)
      let status = try #require(try FileSystem.status(path(inner), followLinks: false))
      found[inner] = "\(status.kind) \(String(status.mode, radix: 8)) "
      switch status.kind {
      case .directory: found.merge(try tree(inner)) { first, _ in first }
      case .regular: found[inner]? += String(decoding: try FileSystem.read(path(inner)), as: UTF8.self)
      default: found[inner]? += try Subprocess(["readlink", path(inner)]).run().text
      }
    }
    return found
  }
}

@Suite("Git hooks: installing")
struct GitHooksTests {
  private func withProject(_ body: (GitProject) throws -> Void) throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      try project.repository("repo")
      try project.store("repo")
      try body(project)
    }
  }

  @Test func fiveNewHooks() throws {
    try withProject { project in
      let config = try project.text("repo/.git/config")
      let before = try project.tree("repo/.git")
      let report = try project.install("repo")
      #expect(report.directory == project.path("repo/.git/hooks"))
      #expect(report.hooks.map(\.summary) == Array(repeating: "new", count: 5))
      for hook in GitHook.allCases {
        let path = "repo/.git/hooks/\(hook.rawValue)"
        #expect(try FileSystem.status(project.path(path))?.mode == 0o755)
        #expect(
          try project.text(path) == "#!/bin/sh\n" + HookSection(hook: hook, isChained: false).text)
      }
      #expect(try project.text("repo/.git/config") == config)

      let installed = try project.tree("repo")
      #expect(try project.install("repo").hooks.allSatisfy { $0.summary == "installed already" })
      #expect(try project.tree("repo") == installed)
      #expect(try project.hooks("repo").list().allSatisfy { $0.isInstalled && !$0.isOutdated && !$0.isShim })

      #expect(try project.hooks("repo").uninstall().hooks.count == 5)
      #expect(try project.hooks("repo").list().allSatisfy { !$0.isInstalled })
      #expect(try project.hooks("repo").uninstall().hooks.isEmpty)
      var after = try project.tree("repo/.git")
      after["repo/.git/hooks"] = nil
      #expect(after == before)
    }
  }

  /// A hook that cannot be edited is left byte for byte, unless it is to be chained; then it gets its name back.
  @Test(arguments: [
    (
      "#!/usr/bin/env python3\nprint()\n", UInt32(0o755),
      "it is a python3 script; --chain runs it beside ours"
    ),
    ("\u{7F}ELF\0\u{1}", 0o700, "it is no shell script; --chain runs it beside ours"),
    ("#!/bin/sh\nexit 1\n", 0o644, "it is switched off: not executable"),
  ])
  func leftAlone(_ text: String, _ mode: UInt32, _ reason: String) throws {
    try withProject { project in
      try project.write("repo/.git/hooks/pre-commit", text, mode: mode)
      let before = try project.tree("repo/.git/hooks")
      let report = try project.install("repo")
      #expect(report.hooks.first?.isRefused == true)
      #expect(report.hooks.first?.summary == "left alone: \(reason)")
      #expect(try project.text("repo/.git/hooks/pre-commit") == text)

      #expect(try project.install("repo") { $0.chains = true }.hooks.first?.isRefused == false)
      #expect(try project.text("repo/.git/hooks/pre-commit.old") == text)
      #expect(try project.hooks("repo").list().first?.isInstalled == true)
      let chained = try project.tree("repo/.git/hooks")
      try project.install("repo")
      #expect(try project.tree("repo/.git/hooks") == chained)
      _ = try project.hooks("repo").uninstall()
      #expect(try project.tree("repo/.git/hooks") == before)
    }
  }

  @Test func aLinkIsNotWrittenThrough() throws {
    try withProject { project in
      try project.write("repo/scripts/check", "#!/bin/sh\nmake check\n", mode: 0o755)
      try FileSystem.makeDirectory(project.path("repo/.git/hooks"))
      try FileSystem.makeLink(project.path("repo/.git/hooks/pre-push"), to: "../../scripts/check")
      #expect(try project.install("repo").hooks.filter(\.isRefused).map(\.hook) == [.prePush])
      #expect(try project.text("repo/scripts/check") == "#!/bin/sh\nmake check\n")
      try project.install("repo") { $0.forces = true }
      #expect(try project.text("repo/scripts/check") == "#!/bin/sh\nmake check\n")
      #expect(try project.text("repo/.git/hooks/pre-push").contains("pre-push.old") == false)
      #expect(try project.text("repo/.git/hooks/pre-push.old") == "#!/bin/sh\nmake check\n")
    }
  }

  @Test func nothingIsOverwrittenByChaining() throws {
    try withProject { project in
      try project.write("repo/.git/hooks/pre-commit", "#!/usr/bin/perl\n", mode: 0o755)
      try project.write("repo/.git/hooks/pre-commit.old", "precious", mode: 0o755)
      let report = try project.install("repo") { $0.chains = true }
      #expect(report.hooks.first?.isRefused == true)
      #expect(try project.text("repo/.git/hooks/pre-commit.old") == "precious")
    }
  }

  @Test func olderToolsAreReplaced() throws {
    try withProject { project in
      let old = "#!/bin/sh\n# bd-hooks-version: 0.49.6\nbd sync --flush-only\n"
      try project.write("repo/.git/hooks/pre-commit", old, mode: 0o755)
      try project.write("repo/.git/hooks/pre-commit.old", "#!/bin/sh\nmake lint\n", mode: 0o755)
      let listed = try #require(try project.hooks("repo").list().first)
      #expect(listed.isShim && listed.isOutdated && listed.version == "0.49.6")
      try project.install("repo")
      // What the older tool ran from its hook still runs.
      let section = HookSection(hook: .preCommit, isChained: true)
      #expect(try project.text("repo/.git/hooks/pre-commit") == "#!/bin/sh\n" + section.text)
      #expect(try project.text("repo/.beads/backup/git-hooks/pre-commit") == old)
      _ = try project.hooks("repo").uninstall()
      #expect(try project.text("repo/.git/hooks/pre-commit") == "#!/bin/sh\nmake lint\n")
    }
  }

  // MARK: Where git looks

  @Test(arguments: [".githooks", "$ROOT/repo/.githooks", ".git/my-hooks"])
  func respectsHooksPath(_ setting: String) throws {
    try withProject { project in
      let value = setting.replacing("$ROOT", with: project.root)
      try project.git("repo", "config", "core.hooksPath", value)
      try project.write("repo/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n", mode: 0o755)
      let config = try project.text("repo/.git/config")
      let report = try project.install("repo")
      let directory = value.hasPrefix("/") ? value : project.path("repo/" + value)
      #expect(report.directory == directory)
      #expect(report.notes.isEmpty == setting.hasPrefix(".git/"))
      #expect(try FileSystem.list(directory).count == 5)
      #expect(try project.text("repo/.git/config") == config)
      #expect(try project.text("repo/.git/hooks/pre-commit") == "#!/bin/sh\nexit 1\n")
    }
  }

  @Test func aDirectoryOfOthersIsNotTakenUnasked() throws {
    try withProject { project in
      try FileSystem.makeDirectory(project.path("global"))
      try project.git("repo", "config", "core.hooksPath", project.path("global"))
      let error = #expect(throws: BeadsError.self) { try project.install("repo") }
      #expect(error?.code == .conflict)
      #expect(try FileSystem.list(project.path("global")).isEmpty)
      #expect(try project.install("repo") { $0.forces = true }.directory == project.path("global"))
      #expect(try FileSystem.list(project.path("global")).count == 5)

      try project.git("repo", "config", "core.hooksPath", "/dev/null")
      #expect(throws: BeadsError.self) { try project.install("repo") { $0.forces = true } }
    }
  }

  @Test func worktreesShareHooks() throws {
    try withProject { project in
      try project.commit("repo")
      try project.git("repo", "worktree", "add", "-q", "../tree")
      #expect(try project.install("tree").directory == project.path("repo/.git/hooks"))
      #expect(try project.hooks("repo").list().allSatisfy(\.isInstalled))
    }
  }

  @Test func scriptsForEverybody() throws {
    try withProject { project in
      try project.write("repo/.gitattributes", "*.png binary")
      let report = try project.install("repo") { $0.place = .shared }
      #expect(report.directory == project.path("repo/.beads-hooks"))
      #expect(try project.text("repo/.gitattributes") == "*.png binary\n.beads/issues.jsonl merge=beads\n")
      #expect(try FileSystem.list(project.path("repo/.beads-hooks")).count == 5)
      #expect(!FileSystem.exists(project.path("repo/.git/hooks")))
      let config = try #require(GitConfigFile(path: project.path("repo/.git/config")))
      #expect(config.value("merge.beads.driver") == WorkspaceInit.mergeDriver)
      #expect(config.value("core.hookspath") == nil)
      #expect(report.notes.contains { $0.contains("git config core.hooksPath .beads-hooks") })

      let inside = try project.install("repo") { $0.place = .beads }
      #expect(inside.directory == project.path("repo/.beads/hooks"))
      #expect(
        Manifest(try #require(try project.hooks("repo").workspace)).entries.allSatisfy {
          !$0.path.hasPrefix(".beads/")
        })
      #expect(try project.hooks("repo").uninstall().changes.count == 10)
    }
  }
}
