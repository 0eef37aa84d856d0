import BeadsKit
import BeadsTesting
import Testing

@Suite("The commands of gt")
struct CommandTreeTests {
  @Test func versionIsThatOfTheLibrary() throws {
    let project = try TestProject()
    #expect(gt(["version", "--short"], project.environment).standardOutput == "\(beadsVersion)\n")
    #expect(gt(["--version"], project.environment).status == 0)
  }

  @Test func outsideOfATownSaysSo() throws {
    let project = try TestProject()
    let result = gt(["no-such-command"], project.environment)
    #expect(result.status == 1)
    #expect(result.standardError.contains("no-such-command"))
  }
}
