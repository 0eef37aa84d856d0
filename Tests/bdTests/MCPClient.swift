import BeadsFormats
import BeadsKit
import BeadsTesting
import Testing

@testable import BdCommands

/// A client that speaks to the server in process, as `beads-mcp` and the programs of agents do.
final class MCPClient {
  let server: MCPServer
  private var lastID = 0

  init(_ project: TestProject, flags: [String] = []) {
    server = MCPServer(MCPRunner(environment: project.environment, flags: flags, program: nil))
  }

  /// The answer to a request, which has to be one of JSON-RPC and on one line.
  func request(_ method: String, _ parameters: String? = nil) throws -> JSONValue {
    lastID += 1
    let rest = parameters.map { #","params":\#($0)"# } ?? ""
    let answer = try #require(send(#"{"jsonrpc":"2.0","id":\#(lastID),"method":"\#(method)"\#(rest)}"#))
    #expect(answer["id"] == .number("\(lastID)"))
    return answer
  }

  /// The answer to a line, or nil when it has none.
  func send(_ line: String) -> JSONValue? { send(Array(line.utf8)) }

  func send(_ bytes: [UInt8]) -> JSONValue? {
    guard let answer = server.answer(.message(bytes)) else { return nil }
    #expect(!answer.contains("\n"))
    let value = JSONValue(parsing: answer)
    #expect(value != nil, "\(answer)")
    return value
  }

  func initialize(_ version: String = "2025-06-18") throws -> JSONValue {
    let answer = try request(
      "initialize",
      #"{"protocolVersion":"\#(version)","capabilities":{},"clientInfo":{"name":"test","version":"1"}}"#)
    #expect(send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#) == nil)
    return answer
  }

  /// What a tool says.
  struct Said {
    let value: JSONValue
    let text: String
    let remarks: String
    let isError: Bool
    /// What programs read instead of the text.
    let structure: JSONValue?

    /// The IDs of an array of issues.
    var ids: [String] { (value.arrayValue ?? []).compactMap { $0["id"]?.stringValue } }
    subscript(key: String) -> JSONValue? { (value.arrayValue?.first ?? value)[key] }
  }

  func call(_ tool: String, _ arguments: String = "{}") throws -> Said {
    let answer = try request("tools/call", #"{"name":"\#(tool)","arguments":\#(arguments)}"#)
    let result = try #require(answer["result"], "\(answer.compactText)")
    let texts = (result["content"]?.arrayValue ?? []).compactMap { content -> String? in
      #expect(content["type"]?.stringValue == "text")
      return content["text"]?.stringValue
    }
    let text = texts.first ?? ""
    return Said(
      value: JSONValue(parsing: text) ?? .null, text: text, remarks: texts.dropFirst().joined(),
      isError: result["isError"] == .bool(true), structure: result["structuredContent"])
  }

  /// As `call`, for one that has to succeed.
  func must(_ tool: String, _ arguments: String = "{}") throws -> Said {
    let said = try call(tool, arguments)
    #expect(!said.isError, "\(tool) \(arguments): \(said.text)")
    return said
  }
}
