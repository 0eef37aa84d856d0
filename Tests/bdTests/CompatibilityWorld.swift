import BeadsFormats
import BeadsKit
import BeadsTesting

@testable import BdCommands

/// A project with issues of every kind, of which each test gets a copy of its own.
struct CompatibilityWorld {
  let project: TestProject

  init() throws {
    project = try TestProject(step: 0)
    try Self.made.get().copy(to: project.directory)
    project.advance(seconds: 3600)
  }

  /// Runs a command line written as for a shell.
  func run(_ line: String) -> BdResult { bd(Transcript.words(line[...]), project) }

  /// The IDs of the issues that a command line lists.
  func ids(_ line: String) -> [String] {
    (JSONValue(parsing: run(line).standardOutput)?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
  }

  /// The store, made once.
  private static let made = Result { try CompatWorld(in: TestProject(step: 0).environment) }
}
