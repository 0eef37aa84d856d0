import CommandKit
import Foundation
import Testing

@testable import BdCommands

@Suite struct CommandTreeTests {
  @Test func treeIsConsistent() {
    #expect(CommandTree.root.validate() == [])
  }

  /// No text of ours mentions a verb that does not exist: README, help, hints and comments.
  @Test func mentionedVerbsExist() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var unknown: [String] = []
    for file in try texts(below: root) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?:`|\$ |"|: )bd ([a-z][a-z-]*)\b/) where !isVerb(String(match.1)) {
        unknown.append("\(file.lastPathComponent): bd \(match.1)")
      }
    }
    #expect(unknown.isEmpty)
  }

  private func isVerb(_ word: String) -> Bool {
    do throws(UsageError) {
      _ = try CommandRunner(CommandTree.root).parse([word])
      return true
    } catch {
      // Missing arguments are fine, an unknown command is not.
      return !error.message.hasPrefix("unknown command")
    }
  }

  private func texts(below root: URL) throws -> [URL] {
    var files = [root.appendingPathComponent("README.md")]
    for folder in ["BeadsKit", "BeadsCLI/bd"] {
      let found = FileManager.default.enumerator(
        at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
      while let file = found?.nextObject() as? URL {
        if file.pathExtension == "swift" { files.append(file) }
      }
    }
    return files
  }

  /// Every flag a historical client appends to any command is accepted.
  @Test(arguments: [
    "--no-daemon", "--no-auto-flush", "--no-auto-import", "--allow-stale", "--no-pager", "--sandbox",
  ])
  func historicalGlobalFlagsAreAccepted(_ flag: String) throws {
    let runner = CommandRunner(CommandTree.root)
    for line in [[flag, "version"], ["version", flag], ["version", flag, flag, "--json"]] {
      _ = try runner.parse(line)
    }
  }
}
