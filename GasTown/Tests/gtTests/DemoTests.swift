import BeadsKit
import GasTownKit
import Testing

@testable import GtCommands

@Suite("The demonstration") struct DemoTests {
  @Test func endsWithEverythingAccountedFor() throws {
    let project = try TestTown(rig: false)
    var variables = project.environment.variables
    let folder = Path.directory(of: project.root)
    variables["TMPDIR"] = folder
    let run = try Subprocess(
      [LiveTown.program(), "demo", "--beads", "6", "--agents", "3"], directory: folder,
      variables: variables, timeout: .seconds(150)
    ).run()
    #expect(run.succeeded, "\(run.errorText)\n\(run.text)")
    #expect(run.text.contains("main passes its test."))
    #expect(run.text.contains("It breaks the test: – given up"))
    #expect(run.text.contains("An agent dies half-way: ✓ Merged"))
    #expect(try FileSystem.list(folder).allSatisfy { !$0.hasPrefix("gt-demo") })
  }
}

@Suite("The work of the demonstration") struct DemoIssueTests {
  @Test(arguments: 1...20) func isTheSameForTheSameSeed(seed: Int) throws {
    let issues = DemoIssue.wild(100, Dice(seed: seed))
    #expect(issues.count == 100)
    #expect(issues == DemoIssue.wild(100, Dice(seed: seed)))
    #expect(issues != DemoIssue.wild(100, Dice(seed: seed + 1)))
    for (place, issue) in issues.enumerated() {
      #expect(issue.blockers.allSatisfy { $0 < place && !issues[$0].isHopeless })
      let script = try Script(inDescription: issue.description)
      #expect(script?.lines.last?.words == ["done"])
    }
    for word in ["It breaks the test", "It breaks the test at first", "One way", "Another way"] {
      #expect(issues.contains { $0.title.hasPrefix(word) })
    }
    #expect(issues.contains { !$0.blockers.isEmpty })
  }
}
