import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BdCommands

/// What transcripts cannot show: the directory the user is in, types that files brought, odd hierarchies.
@Suite struct ViewsTests {
  @Test(arguments: [
    ("web", ["t-2"]), ("web/admin", ["t-2"]), ("website", ["t-1", "t-2"]), ("", ["t-1", "t-2"]),
  ])
  func labelsOfTheDirectoryNarrowLists(directory: String, expected: [String]) throws {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      for (number, labels) in [(1, []), (2, ["ui"])] {
        var draft = IssueDraft(title: "Issue \(number)")
        draft.id = try IssueID("t-\(number)")
        draft.labels = labels
        try transaction.create(draft)
      }
    }
    try store.close()
    let settings = Path.join(project.beadsDirectory, "config.yaml")
    try FileSystem.replace(settings, with: Array("directory:\n  labels:\n    web: ui\n".utf8))
    project.environment.currentDirectory = Path.join(project.directory, directory)
    for command in [["list", "--format", "id", "--sort", "id"], ["ready", "--plain", "--sort", "oldest"]] {
      let output = bd(command, project).standardOutput
      #expect(["t-1", "t-2"].filter(output.contains) == expected, "\(output)")
    }
    // Asking for labels replaces those of the directory.
    #expect(bd(["count", "--label-any", "ui,x"], project).standardOutput == "1\n")
    #expect(bd(["list", "--no-labels", "--format", "id"], project).standardOutput == "t-1\n")
  }

  @Test func typesThatFilesBroughtCanBeAskedFor() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var issue = BeadsModel.Issue(id: try IssueID("t-1"), title: "Foreign", createdAt: Timestamp(seconds: 1))
    issue.type = IssueType(rawValue: "alien")
    try FileSystem.replace(project.location.jsonlPath, with: Array((issue.jsonLine + "\n").utf8))
    store.closeConnection()
    #expect(bd(["list", "--type", "alien", "--format", "id"], project).standardOutput == "t-1\n")
    #expect(bd(["list", "--type", "other"], project).status == 1)
  }

  @Test func jsonStaysOneDocumentInAnEnvelope() throws {
    let project = try TestProject()
    try project.makeStore().close()
    project.environment.variables["BD_JSON_ENVELOPE"] = "1"
    let result = bd(["ready", "--json"], project)
    #expect(result.standardOutput == "{\n  \"schema_version\": 1,\n  \"data\": []\n}\n")
    #expect(result.standardError.isEmpty)
  }

  /// Parents that form a circle, missing parents and deep chains: every issue appears once.
  @Test func treesHoldEveryIssueOnce() throws {
    func issue(_ id: Int, parent: Int?) -> BeadsModel.Issue {
      var issue = BeadsModel.Issue(
        id: IssueID(unchecked: "t-\(id)"), title: "", createdAt: Timestamp(seconds: 0))
      if let parent {
        let edge = Dependency(
          issue.id, dependsOn: IssueID(unchecked: "t-\(parent)"), type: .parentChild,
          createdAt: issue.createdAt)
        issue.dependencies = [edge]
      }
      return issue
    }
    let chain = (0..<50_000).map { issue($0, parent: $0 + 1) }
    let circle = [
      issue(60_001, parent: 60_002), issue(60_002, parent: 60_001), issue(60_003, parent: 60_003),
    ]
    let rows = IssueTree(circle + chain).rows
    #expect(rows.count == circle.count + chain.count)
    #expect(Set(rows.map(\.issue.id)).count == rows.count)
    #expect(rows.first?.issue.id.rawValue == "t-60003", "an issue that is its own parent is at the top")
    let small = IssueTree([
      issue(1, parent: nil), issue(2, parent: 1), issue(3, parent: 2), issue(4, parent: 1),
    ])
    #expect(small.rows.map(\.branches) == ["", "├── ", "│   └── ", "└── "])
  }
}
