import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Golden transcripts of `gt`: a file for each group of commands, replayed by ``TranscriptShell`` in a ``TestTown`` with
/// the rig `app`, in process, with a clock that moves a second with each command.
///
/// Nobody runs sessions there; `$ env GT_ROLE=app/polecats/nux` says who calls, `$ issue TITLE` makes an issue of the rig,
/// `$ issue --epic TITLE` an epic, and prints its ID. Run the tests with UPDATE_TRANSCRIPTS=1 to write what is printed now; then read the difference.
@Suite("Golden transcripts of gt")
struct TranscriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  static var all: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }

  @Test(arguments: all) func transcript(_ name: String) throws {
    let url = Self.folder.appendingPathComponent(name)
    let golden = try String(contentsOf: url, encoding: .utf8)
    let text = try Self.shell(TestTown(step: 0)).replay(golden)
    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      try text.write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(text == golden, "\(name) differs; UPDATE_TRANSCRIPTS=1 shows how")
    }
  }

  /// What is printed does not depend on where `gt` was built, and of all programs there is only git, so that it does not
  /// depend on what is installed here either.
  private static func shell(_ town: TestTown) throws -> TranscriptShell {
    town.environment.variables["GT_SESSIONS"] = "none"
    let program = try LiveTown.program()
    let programs = Path.join(town.project.directory, "bin")
    try FileSystem.makeDirectory(programs)
    let git = HostProgram(
      ["git"], directory: town.root, variables: town.environment.variables, timeout: .seconds(1))
    try FileSystem.makeLink(Path.join(programs, "git"), to: try #require(git.path))
    town.environment.variables["PATH"] = programs
    #expect(town.gt("config", "set", "default_agent", "scripted").status == 0)
    return TranscriptShell(
      town.project, root: town.root,
      programs: [
        "gt": { arguments in
          town.advance(seconds: 1)
          let result = gt(arguments, town.environment)
          let isWrong =
            arguments.contains("--json") && (result.status == 0 || !result.standardOutput.isEmpty)
            && JSONValue(parsing: result.standardOutput) == nil
          return TranscriptShell.printed(
            out: result.standardOutput, error: result.standardError, status: result.status)
            + (isWrong ? ["? not one JSON document"] : [])
        },
        "issue": { arguments in
          town.advance(seconds: 1)
          var words = arguments
          let isEpic = words.first == "--epic"
          if isEpic { words.removeFirst() }
          let made = try? town.makeIssue(words.joined(separator: " "), type: isEpic ? .epic : .task)
          return [made?.rawValue ?? "? failed"]
        },
      ],
      // The temporary directory of the town and the marks of its sessions differ from run to run.
      mask: {
        $0.replacing(town.project.directory, with: "").replacing(program, with: "/usr/local/bin/gt")
          .replacing(/GT_RUN=[0-9a-f]{32}/, with: "GT_RUN=MARK").replacing(
            /after [0-9]+ ms/, with: "after 0 ms")
      })
  }
}
