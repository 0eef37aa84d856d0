import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

/// Forms that programs write for `bd create-form`.
@Suite struct CreateFormTests {
  @Test func readsFieldsAndTheDescription() throws {
    let form = try IssueForm(
      parsing:
        "Title: Fix login: now\r\nPRIORITY: p1\nDeps: t-1, t-2\nExternal reference: gh-9\n\nOne\n\nTwo\n")
    #expect(form[.title] == "Fix login: now")
    #expect(form[.priority] == "p1")
    #expect(form[.dependencies] == "t-1, t-2")
    #expect(form[.externalRef] == "gh-9")
    #expect(form[.description] == "One\n\nTwo")
    #expect(form[.type] == nil)
  }

  @Test(arguments: [
    ("Titel: x", "line 1 of the form is no field"), ("Title: x\nhello", "line 2 of the form is no field"),
    ("Title: x\nTitle: y", "line 2 of the form answers title again"),
    ("Title: x\nDescription: a\n\nb", "two descriptions"),
  ])
  func badForms(text: String, words: String) {
    let error = #expect(throws: BeadsError.self) { try IssueForm(parsing: text) }
    #expect(error?.message.contains(words) == true)
  }

  @Test func makesTheIssue() throws {
    let program = try #require(StressProject.program, "bd is not beside the tests")
    let project = try TestProject()
    project.environment.variables["USER"] = "alice"
    try project.makeStore().close()
    func run(_ words: [String], _ input: String) throws -> Subprocess.Result {
      var request = Subprocess(
        [program] + words, directory: project.directory, variables: project.environment.variables,
        timeout: .seconds(60))
      request.input = .bytes(Array(input.utf8))
      return try request.run()
    }
    let made = try run(["create-form", "--json"], "Title: One\nType: bug\nLabels: b, a\n\nText\n")
    #expect(made.succeeded)
    let id = try #require(JSONValue(parsing: made.text)?["id"]?.stringValue)
    let child = try run(["create-form", "--parent", id], "Title: Two\nDeps: external:web:login\n")
    #expect(child.text.hasPrefix("✓ Created issue: \(id).1"))
    let store = try project.openStore()
    let issue = try #require(try store.issue(IssueID(id)))
    #expect(issue.type == .bug && issue.labels == ["a", "b"] && issue.description == "Text")
    #expect(try store.issue(IssueID("\(id).1"))?.dependencies.count == 2)
    for bad in [
      "", "Title:\n", "Title: x\nPriority: 9\n", "Title: x\nDeps: t-nope\n", "Title: x\nType: nope\n",
    ] {
      let refused = try run(["create-form", "--json"], bad)
      #expect(refused.status == .exited(1))
      #expect(JSONValue(parsing: refused.text)?["error"] != nil)
    }
    #expect(try store.count() == 2)
    try store.close()
  }
}
