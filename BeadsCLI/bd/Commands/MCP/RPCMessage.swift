import BeadsKit

/// Why a message is not answered with a result: the codes of JSON-RPC 2.0.
struct RPCFailure: Error {
  let code: Int
  let message: String

  static func parseError(_ what: String) -> RPCFailure { RPCFailure(code: -32700, message: what) }
  static func invalidRequest(_ what: String) -> RPCFailure { RPCFailure(code: -32600, message: what) }
  static func unknownMethod(_ name: String) -> RPCFailure {
    RPCFailure(code: -32601, message: "Method not found: \(quoted(name))")
  }
  static func invalidParameters(_ what: String) -> RPCFailure { RPCFailure(code: -32602, message: what) }
}

/// A request that wants an answer.
struct RPCRequest {
  /// The ID as JSON, to be given back as it came.
  let id: String
  let method: String
  let parameters: JSONValue?
}

extension RPCRequest {
  /// Understands one message; nil for one that wants no answer.
  static func read(_ message: JSONValue) -> Result<RPCRequest?, RPCFailure> {
    guard case .object = message else { return .failure(.invalidRequest("A message is a JSON object")) }
    guard message["jsonrpc"]?.stringValue == "2.0" else {
      return .failure(.invalidRequest("\"jsonrpc\" must be \"2.0\""))
    }
    guard let method = message["method"]?.stringValue else {
      // An answer, to a question that was never asked.
      if message["result"] != nil || message["error"] != nil { return .success(nil) }
      return .failure(.invalidRequest("\"method\" must be a string"))
    }
    switch message["id"] {
    case nil: return .success(nil)
    case .string?, .number?:
      return .success(
        RPCRequest(id: id(of: message), method: method, parameters: message["params"]))
    default: return .failure(.invalidRequest("\"id\" must be a string or a number"))
    }
  }

  /// The ID of a message as JSON; null when it has none that can be given back.
  static func id(of message: JSONValue) -> String {
    switch message["id"] {
    case .string(let text)?: JSONValue.string(text).compactText
    case .number(let text)?: text
    default: "null"
    }
  }
}

/// Answers as lines of JSON.
enum RPCAnswer {
  /// - Parameter result: JSON on one line.
  static func success(_ id: String, _ result: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#
  }

  static func failure(_ id: String, _ failure: RPCFailure) -> String {
    var writer = JSONWriter()
    writer.object {
      $0.member("code", failure.code)
      $0.member("message", failure.message)
    }
    return #"{"jsonrpc":"2.0","id":\#(id),"error":\#(writer.text)}"#
  }
}
