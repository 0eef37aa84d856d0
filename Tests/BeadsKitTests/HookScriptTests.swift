import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// Hook files as people and tools write them.
enum HookSamples {
  static let shells = [
    "#!/bin/sh\n", "#!/bin/sh -e\n", "#!/usr/bin/env bash\n", "#!/usr/bin/env -S bash -eu\n", "#!/bin/dash\n",
    "",
  ]

  static let lines = [
    "npm test", "exit 0", "exit 1", "exec lefthook run pre-commit \"$@\"", ". \"$(dirname \"$0\")/h\"", "",
    "# a comment",
    "if true; then", "fi", "  cat <<'END'", "END", "case $1 in x) ;; esac", "echo \"$?\"",
    "\t# --- something else ---",
    "command -v bd >/dev/null || exit 0",
  ]

  /// A hook of lines in any order, with any line ends.
  static func script(_ random: inout SeededRandom) -> [UInt8] {
    var text = random.pick(shells) ?? ""
    let ending = random.chance(15) ? "\r\n" : "\n"
    for _ in 0..<random.below(8) { text += (random.pick(lines) ?? "") + ending }
    if random.chance(30), text.hasSuffix("\n") { text.removeLast() }
    return Array(text.utf8)
  }
}

@Suite("Git hooks: the section in a script")
struct HookScriptTests {
  private func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: 0..<400)
  func takingOutUndoesPuttingIn(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = HookSamples.script(&random)
    let section = HookSection(hook: random.pick(GitHook.allCases) ?? .preCommit, isChained: random.chance(20))
    let installed = HookScript(bytes).installing(section)
    #expect(HookScript(installed).holds(section))
    #expect(HookScript(installed).installing(section) == installed)
    #expect(HookScript(installed).removingSections() == bytes)
    #expect(HookScript(bytes).removingSections() == bytes)
    #expect(HookScript(installed).version == beadsVersion)
    #expect(HookScript(installed).isShell == HookScript(bytes).isShell)
  }

  /// Whatever happens to the markers, installing leaves one whole section and every line of others.
  @Test(arguments: 0..<400)
  func brokenSectionsAreRepaired(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    // Lines of others are told apart by their numbers, so that none is taken for one of ours.
    let others = (0..<6).map { "echo \($0)" }
    let section = HookSection(hook: .preCommit, isChained: false)
    let bytes = Array(("#!/bin/sh\n" + others.joined(separator: "\n") + "\n").utf8)
    var text = lines(HookScript(bytes).installing(section))
    let old = text.filter { line in !others.contains(line) && line != "#!/bin/sh" && !line.isEmpty }
    for _ in 0..<random.within(1...3) {
      let markers = text.indices.filter { text[$0].hasPrefix("# ---") }
      switch random.below(4) {
      case 0: if let marker = random.pick(markers) { text.remove(at: marker) }
      case 1: text.insert(contentsOf: old, at: random.within(1...text.count - 1))
      case 2: text = text.map { $0.hasSuffix("\r") || $0.isEmpty ? $0 : $0 + "\r" }
      default:
        text = text.map { $0.hasPrefix("# --- BEGIN") ? $0.replacing(beadsVersion, with: "0.9.0") : $0 }
      }
    }
    let repaired = HookScript(Array(text.joined(separator: "\n").utf8)).installing(section)
    #expect(HookScript(repaired).holds(section))
    let bare = { (line: String) in line.hasSuffix("\r") ? String(line.dropLast()) : line }
    #expect(lines(repaired).map(bare).filter(others.contains) == others)
    #expect(HookScript(repaired).installing(section) == repaired)
  }

  @Test func standsBelowTheHeading() {
    let section = HookSection(hook: .prePush, isChained: false)
    let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
    let heading = "#!/bin/sh\n# shellcheck disable=SC2034\n"
    let script = HookScript(Array((heading + "\nexec make check\n").utf8))
    #expect(text(script.installing(section)) == heading + section.text + "\nexec make check\n")
    #expect(text(HookScript([]).installing(section)) == section.text)
    #expect(
      text(HookScript(Array("#!/bin/sh".utf8)).installing(section)) == "#!/bin/sh\n" + section.text.dropLast()
    )
  }

  @Test(arguments: [
    ("#!/bin/sh\n", true), ("#!/usr/bin/env bash\n", true), ("#!/usr/bin/env -S FOO=1 zsh -e\n", true),
    ("ls\n", true),
    ("", true), ("#! /bin/busybox sh\n", true), ("#!/bin/sh\r\n", true), ("#!/usr/bin/python3\n", false),
    ("#!/usr/bin/env node\n", false), ("#!/usr/bin/fish\n", false), ("\u{7F}ELF\0\0", false),
    ("\u{FEFF}#!/bin/sh\n", false),
  ])
  func knowsShells(_ text: String, _ isShell: Bool) {
    #expect(HookScript(Array(text.utf8)).isShell == isShell)
  }

  @Test(arguments: [
    ("#!/bin/sh\n# bd-shim v1\nexec bd hooks run pre-commit\n", true, "1"),
    ("#!/bin/sh\n# bd-hooks-version: 0.49.6\n#\n# bd (beads) pre-commit hook\n", true, "0.49.6"),
    ("#!/bin/sh\n#\n# bd (beads) post-merge hook\n", true, nil),
    ("#!/bin/sh\nmake test # bd (beads)\n", false, nil),
  ])
  func knowsOlderTools(_ text: String, _ isShim: Bool, _ version: String?) {
    let script = HookScript(Array(text.utf8))
    #expect(script.isShim == isShim)
    #expect(script.version == version)
  }

  /// The words of the section are a program in every shell there is here.
  @Test(arguments: ["sh", "bash", "dash", "zsh", "ksh", "busybox"])
  func shellsUnderstandIt(_ shell: String) throws {
    for hook in GitHook.allCases {
      for isChained in [true, false] {
        let script = "set -eu\n" + HookSection(hook: hook, isChained: isChained).text
        let words = (shell == "busybox" ? ["busybox", "sh"] : [shell]) + ["-nc", script]
        guard let result = try? Subprocess(words).run() else { return }
        #expect(result.succeeded, "\(shell): \(result.errorText)")
      }
    }
  }
}
