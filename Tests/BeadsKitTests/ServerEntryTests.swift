import BeadsFormats
import BeadsSystem
import Testing

@testable import BeadsStore

/// The entry of `bd mcp` in an agent's list of servers.
@Suite struct ServerEntryTests {
  private let entry = ServerEntry()

  @Test(arguments: [
    "{}", "{\"mcpServers\": {}}", "{\n  \"mcpServers\": {\n    \"other\": {\"command\": \"x\"}\n  }\n}\n",
    "{\"a\":1,\"mcpServers\":{\"other\":{}}}", "{\n\t\"b\": [1, 2]\n}",
    "{\"mcpServers\":{\"z\":{}},\"k\":\"\\u00e9\"}",
  ])
  func comesAndGoesWithoutTrace(text: String) throws {
    let before = Array(text.utf8)
    let after = try entry.applied(to: before, "mcp.json")
    let value = JSONValue(parsing: String(decoding: after, as: UTF8.self))
    #expect(value?["mcpServers"]?["beads"]?["command"]?.stringValue == "bd")
    #expect(try entry.applied(to: after, "mcp.json") == after)
    #expect(try entry.removed(from: after, "mcp.json") == .content(before))
  }

  @Test func aFileMadeForItGoesWithIt() throws {
    let made = try entry.applied(to: nil, "mcp.json")
    #expect(try entry.removed(from: made, "mcp.json") == .nothing)
  }

  @Test(arguments: ["{}", "{\"mcpServers\":{\"beads\":{\"command\":\"mine\"}}}", "{\"mcpServers\":[]}"])
  func whatIsNotOursStays(text: String) throws {
    #expect(try entry.removed(from: Array(text.utf8), "mcp.json") == .untouched)
  }

  @Test(arguments: ["", "{", "[]", "{\"mcpServers\":[]}", "{\"mcpServers\":1}"])
  func refusals(text: String) {
    #expect(throws: BeadsError.self) { try entry.applied(to: Array(text.utf8), "mcp.json") }
  }
}
