import BeadsKit
import CommandKit

/// Answers the messages of one client of the Model Context Protocol, one after the other.
final class MCPServer {
  /// The versions of the protocol that are spoken, the newest first.
  static let versions = ["2025-06-18", "2025-03-26", "2024-11-05"]
  /// How many messages one array may hold.
  static let batchLimit = 100

  private let runner: MCPRunner
  private var version = versions[0]

  init(_ runner: MCPRunner) { self.runner = runner }

  /// The answer to a line of input without a line feed, or nil when it wants none.
  func answer(_ frame: Frame) -> String? {
    switch frame {
    case .message(let bytes): answer(bytes)
    case .oversized:
      RPCAnswer.failure(
        "null", .invalidRequest("A message has at most \(FrameReader.limit) bytes; this one was dropped"))
    }
  }

  private func answer(_ bytes: [UInt8]) -> String? {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
    let message: JSONValue
    do throws(JSONError) { message = try JSONValue(wholeText: bytes) } catch {
      return RPCAnswer.failure(
        "null", .parseError("This is not JSON: \(error.reason) at byte \(error.offset)"))
    }
    guard case .array(let batch) = message else { return answer(message) }
    guard (1...Self.batchLimit).contains(batch.count) else {
      return RPCAnswer.failure("null", .invalidRequest("An array holds 1 to \(Self.batchLimit) messages"))
    }
    let answers = batch.compactMap { answer($0) }
    return answers.isEmpty ? nil : "[\(answers.joined(separator: ","))]"
  }

  private func answer(_ message: JSONValue) -> String? {
    switch RPCRequest.read(message) {
    case .failure(let failure): return RPCAnswer.failure(RPCRequest.id(of: message), failure)
    case .success(nil): return nil
    case .success(let request?):
      do throws(RPCFailure) { return RPCAnswer.success(request.id, try result(of: request)) } catch {
        return RPCAnswer.failure(request.id, error)
      }
    }
  }

  private func result(of request: RPCRequest) throws(RPCFailure) -> String {
    switch request.parameters {
    case nil, .object?: break
    default: throw .invalidParameters("\"params\" must be an object")
    }
    switch request.method {
    case "initialize": return try initialize(request.parameters)
    case "ping", "logging/setLevel": return "{}"
    case "tools/list": return MCPTool.listing
    case "tools/call": return try call(request.parameters)
    case "resources/list": return MCPResources.listing
    case "resources/templates/list": return #"{"resourceTemplates":[]}"#
    case "resources/read": return try MCPResources.read(request.parameters, runner)
    default: throw .unknownMethod(request.method)
    }
  }

  private func initialize(_ parameters: JSONValue?) throws(RPCFailure) -> String {
    guard let wanted = parameters?["protocolVersion"]?.stringValue else {
      throw .invalidParameters("initialize needs \"protocolVersion\"")
    }
    version = Self.versions.contains(wanted) ? wanted : Self.versions[0]
    var writer = JSONWriter()
    writer.object {
      $0.member("protocolVersion", version)
      $0.key("capabilities")
      $0.raw(#"{"tools":{"listChanged":false},"resources":{},"logging":{}}"#)
      $0.key("serverInfo")
      $0.object {
        $0.member("name", "beads")
        $0.member("version", beadsVersion)
      }
      $0.member("instructions", MCPTool.instructions)
    }
    return writer.text
  }

  private func call(_ parameters: JSONValue?) throws(RPCFailure) -> String {
    guard let name = parameters?["name"]?.stringValue else {
      throw .invalidParameters("tools/call needs \"name\"")
    }
    guard let tool = MCPTool.all.first(where: { $0.name == name }) else {
      throw .invalidParameters(
        "Unknown tool: \(quoted(name)). Tools: \(MCPTool.all.map(\.name).joined(separator: ", ")); "
          + "`bd` runs every other command")
    }
    let given: [JSONValue.Member]
    switch parameters?["arguments"] {
    case nil, .null?: given = []
    case .object(let members)?: given = members
    default: throw .invalidParameters("\"arguments\" must be an object")
    }
    // Version strings are dates, which sort as text.
    return runner.run(tool, given).text(isStructured: version >= "2025-06-18")
  }
}

extension JSONValue {
  /// The one value that the bytes spell.
  fileprivate init(wholeText bytes: [UInt8]) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var reader = JSONReader(buffer)
      let value = try JSONValue(from: &reader)
      try reader.expectEnd()
      return value
    }
  }
}
