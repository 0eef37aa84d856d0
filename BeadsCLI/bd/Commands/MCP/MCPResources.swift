import BeadsKit

/// Texts that a client may read, each the output of a command.
enum MCPResources {
  private static let guide = "beads://quickstart"

  /// The result of `resources/list`.
  static var listing: String {
    var writer = JSONWriter()
    writer.object {
      $0.key("resources")
      $0.beginArray()
      $0.object {
        $0.member("uri", guide)
        $0.member("name", "quickstart")
        $0.member("description", "The first steps with beads")
        $0.member("mimeType", "text/plain")
      }
      $0.endArray()
    }
    return writer.text
  }

  /// The result of `resources/read`.
  static func read(_ parameters: JSONValue?, _ runner: MCPRunner) throws(RPCFailure) -> String {
    guard let uri = parameters?["uri"]?.stringValue else {
      throw .invalidParameters("resources/read needs \"uri\"")
    }
    guard uri == guide else {
      throw RPCFailure(code: -32002, message: "Resource not found: \(quoted(uri)). There is \(guide)")
    }
    var writer = JSONWriter()
    writer.object {
      $0.key("contents")
      $0.beginArray()
      $0.object {
        $0.member("uri", guide)
        $0.member("mimeType", "text/plain")
        $0.member("text", runner.text(of: ["quickstart"]))
      }
      $0.endArray()
    }
    return writer.text
  }
}
