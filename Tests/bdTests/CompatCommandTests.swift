import BeadsFormats
import BeadsKit
import BeadsTesting
import CommandKit
import Testing

@testable import BdCommands

/// `bd compat`: what it finds, what it leaves behind, and that a check can fail.
@Suite struct CompatCommandTests {
  @Test func everythingPassesAndNothingIsLeft() throws {
    let project = try TestProject()
    project.environment.variables["TMPDIR"] = project.directory
    let before = try FileSystem.list(project.directory).sorted()
    let result = bd(["compat", "--json"], project)
    #expect(result.status == 0 && result.standardError.isEmpty, "\(result.standardError)")
    let value = try #require(JSONValue(parsing: result.standardOutput))
    #expect(value["failed"]?.intValue == 0)
    let checks = try #require(value["checks"]?.arrayValue)
    #expect(checks.count == ClientCall.all.count + ReaderQuery.all.count)
    #expect(value["passed"]?.intValue == checks.count)
    for check in checks {
      #expect(check["passed"] == .bool(true), "\(check.compactText)")
      #expect(check["problems"]?.arrayValue == [])
    }
    #expect(try FileSystem.list(project.directory).sorted() == before)
  }

  @Test func oneClientCanBeChosen() throws {
    let project = try TestProject()
    let result = bd(["compat", "--client", "perles"], project)
    #expect(result.status == 0 && result.standardOutput.contains("perles"))
    #expect(!result.standardOutput.contains("beads-mcp"))
    #expect(bd(["compat", "--client", "nosuch"], project).status == 1)
  }

  /// Checks that cannot fail would be worth nothing.
  @Test(arguments: [
    (0 as Int32, "null", ""), (0, "[]\nwarning", ""), (0, "[{\"id\":\"t-1\"}]", ""), (1, "[]", "broken"),
    (0, "{}", ""), (0, "", "remark"),
  ]) func wrongAnswersAreNoticed(status: Int32, output: String, errorOutput: String) {
    let call = ClientCall("test", "list", .json(.array(.counted)))
    #expect(!call.complaints(status: status, output: output, errorOutput: errorOutput).isEmpty)
    #expect(call.complaints(status: 0, output: "[]", errorOutput: "").isEmpty)
  }

  @Test func wrongTextsAndRowsAreNoticed() throws {
    let text = ClientCall("test", "version", .text("bd version"), addsFlag: false)
    #expect(!text.complaints(status: 0, output: "other", errorOutput: "").isEmpty)
    let id = ClientCall("test", "q x", .id, addsFlag: false)
    #expect(id.complaints(status: 0, output: "t-1\n", errorOutput: "").isEmpty)
    for output in ["Created t-1\n", "t-1", "t-1\nt-2\n"] {
      #expect(!id.complaints(status: 0, output: output, errorOutput: "").isEmpty, "\(output)")
    }
    let says = ClientCall("test", "list", .json(.array(.counted)), says: ["t-9"])
    #expect(!says.complaints(status: 0, output: "[]", errorOutput: "").isEmpty)
    let world = try CompatibilityWorld()
    let path = world.project.location.databasePath
    for query in ["SELECT id FROM issues WHERE 0", "SELECT nosuch FROM issues"] {
      let reader = ReaderQuery(client: "test", sql: query, line: "t-one")
      for hasShell in Set([false, ReaderQuery.hasShell]) {
        #expect(!reader.complaints(database: path, hasShell: hasShell).isEmpty)
      }
    }
  }
}
