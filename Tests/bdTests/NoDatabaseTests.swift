import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

/// Projects without a database: `--no-db`, and directories where none can be made (contract 4.8).
@Suite struct NoDatabaseTests {
  private func project() throws -> TestProject {
    let project = try TestProject()
    #expect(bd(["init", "--prefix", "t", "--no-db", "--quiet"], project).status == 0)
    return project
  }

  private func names(_ project: TestProject) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: project.beadsDirectory))
  }

  @Test func theSettingStaysAndNoDatabaseIsEverMade() throws {
    let project = try project()
    for command in [["create", "One", "--id", "t-1"], ["update", "t-1", "--claim"], ["list"], ["init"]] {
      #expect(bd(command, project).status == 0, "\(command)")
    }
    #expect(try !names(project).contains { $0.contains(".db") })
    #expect(bd(["show", "t-1", "--json"], project).standardOutput.contains("\"assignee\": \"alice\""))
  }

  @Test func wispsAndSettingsStayInTheClone() throws {
    let project = try project()
    #expect(bd(["create", "Step", "--ephemeral", "--id", "t-wisp-1"], project).status == 0)
    #expect(bd(["config", "set", "status.custom", "review:wip"], project).status == 0)
    #expect(bd(["kv", "set", "note", "two\nlines"], project).status == 0)
    #expect(project.exportedText == "")
    #expect(bd(["update", "t-wisp-1", "--status", "review"], project).status == 0)
    #expect(bd(["kv", "get", "note"], project).standardOutput == "two\nlines\n")
    #expect(bd(["list", "--status", "review"], project).standardOutput.contains("t-wisp-1"))
    // Promoted, it travels.
    #expect(bd(["promote", "t-wisp-1"], project).status == 0)
    #expect(project.exportedText.contains("\"id\":\"t-wisp-1\""))
    #expect(try FileSystem.readText(Path.join(project.beadsDirectory, "local.jsonl")) == "")
  }

  @Test func aChangeThatCannotBeWrittenIsRefused() throws {
    let project = try project()
    #expect(bd(["create", "One", "--id", "t-1"], project).status == 0)
    // A directory in the place of the lock: nothing can be written, whoever runs the test.
    _ = try FileSystem.remove(Path.join(project.beadsDirectory, ".jsonl.lock"))
    try FileSystem.makeDirectory(Path.join(project.beadsDirectory, ".jsonl.lock"))
    let before = project.exportedText
    let result = bd(["close", "t-1"], project)
    #expect(result.status != 0)
    #expect(project.exportedText == before)
    #expect(bd(["list"], project).standardOutput.contains("t-1"))
  }

  @Test func bothModesWorkOnOneProject() throws {
    let project = try TestProject()
    #expect(bd(["init", "--prefix", "t", "--quiet"], project).status == 0)
    #expect(bd(["create", "One", "--id", "t-1"], project).status == 0)
    #expect(bd(["update", "t-1", "--no-db", "--priority", "0"], project).status == 0)
    #expect(bd(["label", "add", "t-1", "x", "--no-db"], project).status == 0)
    #expect(bd(["update", "t-1", "--title", "Two"], project).status == 0)
    let shown = bd(["show", "t-1", "--json", "--no-db"], project).standardOutput
    for part in ["\"title\": \"Two\"", "\"priority\": 0", "\"x\""] { #expect(shown.contains(part)) }
  }

  @Test func takingOverTheFileCannotBeUndone() throws {
    let project = try project()
    #expect(bd(["create", "One", "--id", "t-1"], project).status == 0)
    #expect(bd(["undo"], project).status == 1)
    #expect(bd(["list"], project).standardOutput.contains("t-1"))
  }

  @Test func aReadOnlyStoreAnswersWithWhatTheFileBrought() throws {
    let project = try TestProject()
    #expect(bd(["init", "--prefix", "t", "--quiet"], project).status == 0)
    #expect(bd(["create", "One", "--id", "t-1"], project).status == 0)
    let changed = project.exportedText.replacingOccurrences(of: "One", with: "Uno")
      .replacingOccurrences(of: "\"updated_at\":\"2026", with: "\"updated_at\":\"2027")
    try changed.write(toFile: project.location.jsonlPath, atomically: true, encoding: .utf8)
    let database = try FileSystem.read(project.location.databasePath)
    #expect(bd(["list", "--readonly"], project).standardOutput.contains("Uno"))
    #expect(bd(["update", "t-1", "--priority", "0", "--readonly"], project).status != 0)
    #expect(try FileSystem.read(project.location.databasePath) == database)
    // Without a database the file alone answers.
    _ = try FileSystem.remove(project.location.databasePath)
    let result = bd(["list", "--readonly"], project)
    #expect(result.standardOutput.contains("Uno"))
    #expect(!FileSystem.exists(project.location.databasePath))
  }

  @Test func writersWithoutDatabaseDoNotLoseEachOthersChanges() async throws {
    let project = try project()
    let location = project.location
    let environment = project.environment
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<5 {
            let store = try Store.openFile(at: location, prefix: try Prefix("t"), environment: environment)
            try store.write("create") { tx throws(BeadsError) in
              var draft = IssueDraft(title: "\(writer).\(number)")
              draft.id = try IssueID("t-w\(writer)n\(number)")
              _ = try tx.create(draft)
            }
            store.closeConnection()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(project.exportedText.split(separator: "\n").count == 20)
  }
}
