import BeadsKit
import Testing

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
