import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

extension GitProject {
  fileprivate func workspace() throws -> Workspace { try Workspace.locate(environment: environment) }

  fileprivate func register(_ change: (inout WorkspaceInit.Options) -> Void = { _ in }) throws {
    var options = WorkspaceInit.Options()
    change(&options)
    let setup = WorkspaceInit(options, environment: environment)
    _ = try setup.register(try setup.prepare())
  }

  fileprivate func install(_ change: (inout GitHooks.Options) -> Void = { _ in }) throws {
    var options = GitHooks.Options()
    change(&options)
    _ = try GitHooks(workspace: try workspace(), environment: environment).install(options)
  }

  fileprivate func uninstall() throws -> Uninstall {
    Uninstall(workspace: try workspace(), environment: environment)
  }

  /// Everything outside `.beads`.
  fileprivate func outside() throws -> [String: String] {
    try tree("repo").filter { $0.key != "repo/.beads" && !$0.key.hasPrefix("repo/.beads/") }
  }
}

@Suite("Uninstall")
struct UninstallTests {
  /// Hooks, attributes, ignored names and settings such as repositories have before bd comes.
  private func decorate(_ project: GitProject, _ random: inout SeededRandom) throws {
    let ends = ["", "\n", "\n\n", "\r\n"]
    func write(_ name: String, _ lines: [String]) throws {
      guard random.chance(60) else { return }
      let count = random.below(4)
      let text = (0..<count).compactMap { _ in random.pick(lines) }.joined(separator: "\n")
      try project.write("repo/" + name, text + (random.pick(ends) ?? ""))
    }
    try write(".git/info/attributes", ["*.txt text", "# remark", "*.jsonl -diff"])
    try write(".git/info/exclude", ["*.o", "/build/", "# git ls-files"])
    try write(".gitattributes", ["*.png binary", "", "*.sh eol=lf"])
    if random.chance(50) {
      let settings = [
        "[user]\n\tname = x", "[merge]\n\tconflictstyle = diff3", "# last word", "[beads \"x\"]",
      ]
      let config = try project.text("repo/.git/config") + (random.pick(settings) ?? "")
      try project.write("repo/.git/config", config + (random.pick(["", "\n"]) ?? ""))
    }
    let directory = random.chance(25) ? ".githooks" : ".git/hooks"
    if directory == ".githooks" { try project.git("repo", "config", "core.hooksPath", directory) }
    for name in GitHook.allCases.map(\.rawValue) + ["commit-msg", "pre-commit.sample"] where random.chance(50)
    {
      let path = "repo/\(directory)/\(name)"
      let isForeign = random.chance(20)
      try FileSystem.makeDirectory(project.path("repo/" + directory))
      let bytes = isForeign ? Array("#!/usr/bin/env python3\nprint(1)".utf8) : HookSamples.script(&random)
      try FileSystem.replace(
        project.path(path), with: bytes, mode: random.pick([0o755, 0o775, 0o644, 0o700]))
    }
  }

  /// What was before bd is after it, byte for byte and with its permissions.
  @Test(arguments: 0..<60)
  func leavesNoTrace(_ seed: UInt64) throws {
    try withScratchDirectory { root in
      var random = SeededRandom(seed: seed)
      var project = GitProject(root)
      try project.repository("repo")
      project.stand("repo")
      try decorate(project, &random)
      let before = try project.outside()
      try project.store("repo")

      try project.register { options in
        options.isStealth = random.chance(25)
        options.role = random.chance(50) ? random.pick(Role.allCases) : nil
      }
      for _ in 0..<random.below(4) {
        let (chains, place) = (random.chance(30), random.below(4))
        try project.install { options in
          options.chains = chains
          options.place = place == 0 ? .shared : place == 1 ? .beads : .repository
        }
      }
      let beads = try project.tree("repo/.beads").filter { $0.key != "repo/.beads/manifest.json" }
      let planned = try project.uninstall().plan()
      let removed = try project.uninstall().run()
      #expect(try project.outside() == before)
      #expect(removed.count == planned.count)
      #expect(try project.tree("repo/.beads") == beads, "all that is left of the manifest is nothing")
      #expect(try project.uninstall().plan().isEmpty)
    }
  }

  @Test func aDryRunChangesNothing() throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      project.stand("repo")
      try project.store("repo")
      try project.register()
      try project.install { $0.place = .shared }
      try project.install()
      let before = try project.tree("repo")
      #expect(try project.uninstall().plan().count > 10)
      #expect(try project.tree("repo") == before)
    }
  }

  /// A clone whose manifest is gone is cleaned all the same, and one without `.beads` too.
  @Test(arguments: [true, false])
  func withoutAManifest(hasProject: Bool) throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      project.stand("repo")
      try project.write("repo/.git/hooks/pre-commit", "#!/bin/sh\nmake check\n")
      try FileSystem.setMode(project.path("repo/.git/hooks/pre-commit"), 0o755)
      try project.write("repo/.git/info/attributes", "*.png binary\n")
      try FileSystem.makeDirectory(project.path("repo/.git/info"))
      let before = try project.outside()
      try project.store("repo")
      try project.register { $0.role = .maintainer }
      try project.install()
      try project.git("repo", "config", "core.hooksPath", ".beads-hooks")
      try project.install { $0.place = .shared }
      try FileSystem.remove(project.path("repo/.beads/manifest.json"))
      let workspace = hasProject ? try project.workspace() : nil
      let uninstall = Uninstall(workspace: workspace, environment: project.environment)
      #expect(try uninstall.run().allSatisfy { !$0.isKept })
      var after = try project.outside()
      // An empty directory has nothing of ours in it.
      after["repo/.beads-hooks"] = nil
      #expect(after == before)
    }
  }

  @Test func whatWasChangedSinceStaysAndIsNamed() throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      project.stand("repo")
      try project.store("repo")
      try project.register()
      try project.install()
      try project.git("repo", "config", "merge.beads.driver", "mine %A")
      let hook = try project.text("repo/.git/hooks/pre-push")
      try project.write("repo/.git/hooks/pre-push", hook + "make check\n")
      let attributes = "*.o binary\n.beads/issues.jsonl merge=beads -diff\n"
      try project.write("repo/.git/info/attributes", attributes)

      let kept = try project.uninstall().run().filter(\.isKept).map(\.detail)
      #expect(
        kept == [
          ".beads/issues.jsonl merge=beads -diff, changed since",
          "merge.beads.driver = mine %A, changed since",
        ])
      #expect(try project.text("repo/.git/info/attributes") == attributes)
      #expect(try project.text("repo/.git/hooks/pre-push") == "#!/bin/sh\nmake check\n")
      #expect(try FileSystem.list(project.path("repo/.git/hooks")) == ["pre-push"])
    }
  }

  /// Lines that others added after ours do not hide it.
  @Test func othersWriteBehindUs() throws {
    try withScratchDirectory { root in
      var project = GitProject(root)
      try project.repository("repo")
      project.stand("repo")
      try project.write("repo/.git/info/exclude", "*.o")
      try project.store("repo")
      try project.register { $0.excludesFiles = true }
      let text = try project.text("repo/.git/info/exclude")
      try project.write("repo/.git/info/exclude", text + "*.tmp\n")
      _ = try project.uninstall().run()
      #expect(try project.text("repo/.git/info/exclude") == "*.o\n*.tmp\n")
    }
  }
}
