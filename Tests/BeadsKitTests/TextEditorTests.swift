import BeadsKit
import BeadsTesting
import Foundation
import Testing

@Suite("The user's editor")
struct TextEditorTests {
  private func edit(
    _ project: TestProject, script: String, save: (String) throws -> String = { $0 }
  ) throws -> String {
    let program = Path.join(project.directory, "edit.sh")
    try FileSystem.replace(program, with: Array(script.utf8))
    var environment = project.environment
    environment.variables["EDITOR"] = "sh '\(program)'"
    environment.variables["PATH"] = ProcessInfo.processInfo.environment["PATH"]
    return try TextEditor.edit(
      "old\n", draft: Path.join(project.directory, "draft"), environment: environment, hint: "set one",
      save: save)
  }

  private func draft(_ project: TestProject) -> String? {
    try? FileSystem.readText(Path.join(project.directory, "draft"))
  }

  @Test func givesTheTextAndLeavesNothing() throws {
    let project = try TestProject()
    #expect(try edit(project, script: "printf new >> \"$1\"") == "old\nnew")
    #expect(draft(project) == nil)
  }

  @Test func whatWasTypedOutlivesARefusal() throws {
    let project = try TestProject()
    let error = #expect(throws: BeadsError.self) {
      try edit(project, script: "printf new > \"$1\"") { _ throws in
        throw BeadsError(.locked, "somebody writes")
      }
    }
    #expect(error?.code == .locked)
    #expect(error?.details == ["your text is kept in \(Path.join(project.directory, "draft"))"])
    #expect(draft(project) == "new")
  }

  @Test func whatWasTypedOutlivesTheEditor() throws {
    let project = try TestProject()
    #expect(throws: BeadsError.self) { try edit(project, script: "printf new > \"$1\"; kill -9 $$") }
    #expect(draft(project) == "new")
  }

  @Test(arguments: ["exit 1", ": > \"$1\"; exit 1"])
  func nothingTypedLeavesNothing(script: String) throws {
    let project = try TestProject()
    #expect(throws: BeadsError.self) { try edit(project, script: script) }
    #expect(draft(project) == nil)
  }
}
