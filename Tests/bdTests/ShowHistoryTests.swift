import BeadsKit
import BeadsTesting
import Testing

/// Commands of issues that need a git repository or a second project.
@Suite struct ShowHistoryTests {
  @Test func showsTheIssueOfARevision() throws {
    let project = try TestProject()
    try project.makeStore().close()
    try git(["init", "-q"], project)
    #expect(bd(["create", "Before", "--id", "t-1", "-d", "x"], project).status == 0)
    #expect(bd(["create", "Blocked", "--id", "t-2", "-d", "x", "--deps", "t-1"], project).status == 0)
    try git(["add", ".beads/issues.jsonl"], project)
    try git(["commit", "-q", "-m", "one"], project)
    #expect(bd(["update", "t-1", "--title", "After"], project).status == 0)
    #expect(bd(["show", "t-1", "--short"], project).standardOutput == "○ t-1 ● P2 After\n")
    let text = bd(["show", "t-1", "--as-of", "HEAD"], project)
    #expect(text.standardOutput.hasPrefix("○ t-1 · Before "), "\(text)")
    #expect(text.standardOutput.contains("BLOCKS\n  ← ○ t-2"))
    let json = bd(["show", "t-1", "--as-of", "HEAD", "--json"], project)
    #expect(json.standardOutput.contains("\"title\": \"Before\""))
    let failure = bd(["show", "t-1", "--as-of", "no-such-branch"], project)
    #expect(failure.status == 1)
    #expect(failure.standardError.contains("no git revision 'no-such-branch'"))
  }

  @Test func createsInAnotherProject() throws {
    let (here, there) = (try TestProject(), try TestProject())
    try here.makeStore().close()
    try there.makeStore(prefix: "other").close()
    let made = bd(["create", "Elsewhere", "-d", "x", "--repo", there.directory, "--silent"], here)
    #expect(made.standardOutput.hasPrefix("other-"))
    #expect(here.exportedText.isEmpty)
    #expect(there.exportedText.contains("\"title\":\"Elsewhere\""))
    #expect(bd(["create", "Nowhere", "--repo", here.directory + "/nowhere"], here).status == 1)
  }

  private func git(_ arguments: [String], _ project: TestProject) throws {
    var variables = project.environment.variables
    for (name, value) in [("AUTHOR", "alice"), ("COMMITTER", "alice")] {
      variables["GIT_\(name)_NAME"] = value
      variables["GIT_\(name)_EMAIL"] = "alice@example.org"
    }
    variables["GIT_CONFIG_NOSYSTEM"] = "1"
    let result = try Subprocess(["git"] + arguments, directory: project.directory, variables: variables).run()
    #expect(result.succeeded, "\(result.errorText)")
  }
}
