import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// The library example of README.md, compiled and run; the README must say the same.
@Suite struct ReadmeTests {
  @Test func libraryExampleRuns() throws {
    let project = try TestProject()
    try project.makeStore().close()
    var printed: [String] = []
    func print(_ id: IssueID, _ title: String) { printed.append(title) }

    let store = try Store.open(at: StoreLocation(directory: project.beadsDirectory), actor: "alice")
    // README
    let (keys, login) = try store.write("plan") { tx throws(BeadsError) in
      (
        try tx.create(IssueDraft(title: "Rotate session keys")).id,
        try tx.create(IssueDraft(title: "Fix sign-in")).id
      )
    }
    try store.write("link") { tx throws(BeadsError) in try tx.addDependency(login, dependsOn: keys) }
    for issue in try store.ready() { print(issue.id, issue.title) }
    try store.write("claim") { tx throws(BeadsError) in try tx.claim(keys) }
    try store.close()
    // end

    #expect(printed == ["Rotate session keys"])
    let again = try project.openStore()
    #expect(try again.issue(keys)?.status == .inProgress)
    #expect(try again.issue(keys)?.assignee == "alice")
    #expect(project.exportedText.split(separator: "\n").count == 2)
  }

  @Test func readmeShowsThatExample() throws {
    let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let example = try #require(
      source.components(separatedBy: "    // README\n").dropFirst().first?
        .components(separatedBy: "    // end\n").first)
    let lines = example.split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: "\n")
    #expect(readme.contains(lines))
  }

  private var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }
}
