import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Whatever a command refuses, it changes nothing: neither the file, nor the database, nor what was touched last.
@Suite struct RefusalTests {
  static let transcripts = [
    "close", "comments", "create", "create-many", "defer", "delete", "edit", "label", "rename", "reopen",
    "shortcuts",
    "state", "todo", "update",
  ]

  @Test(arguments: transcripts) func refusedCommandsChangeNothing(_ name: String) throws {
    let url = Transcript.folder.appendingPathComponent(name + ".txt")
    let project = try TestProject()
    var refusals = 0
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") where line.hasPrefix("$ ")
    {
      let words = Transcript.words(line.dropFirst(2))
      let before = try words.first == "bd" ? state(project) : []
      let output = Transcript.run(words, project)
      guard let last = output.last, last.hasPrefix("? ") else { continue }
      refusals += 1
      #expect(try state(project) == before, "\(line) failed and left a trace")
      #expect(output.contains { $0.hasPrefix("! Error: ") }, "\(line) failed without saying why")
    }
    #expect(refusals > 1)
  }

  private func state(_ project: TestProject) throws -> [String] {
    guard let store = try? project.openStore(access: .readOnly) else { return [] }
    defer { store.closeConnection() }
    let newest = try store.operations(limit: 1).first.map { "\($0.id)" } ?? ""
    let touched = project.beadsDirectory + "/last-touched"
    return [project.exportedText, newest, (try? String(contentsOfFile: touched, encoding: .utf8)) ?? ""]
  }
}
