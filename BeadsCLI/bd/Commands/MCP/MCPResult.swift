import BeadsKit

/// What a tool says.
struct MCPResult {
  /// The result, or the error.
  var text: String
  /// Remarks that came with it: warnings, how much was cut.
  var remarks = ""
  /// The result as JSON text of an object, when it is JSON.
  var structure: String?
  var isError = false

  /// An error in the words that a command would use.
  static func failure(_ error: BeadsError) -> MCPResult {
    var writer = JSONWriter()
    writer.object {
      $0.member("error", error.message)
      $0.member("code", error.code.name)
      if let hint = error.hint { $0.member("hint", hint) }
    }
    return MCPResult(text: writer.text, structure: writer.text, isError: true)
  }

  /// The result of `tools/call`, JSON on one line.
  func text(isStructured: Bool) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("content")
      writer.array([text, remarks].filter { !$0.isEmpty }) { writer, text in
        writer.object {
          $0.member("type", "text")
          $0.member("text", text)
        }
      }
      if isStructured, let structure {
        writer.key("structuredContent")
        writer.raw(structure)
      }
      if isError { writer.member("isError", true) }
    }
    return writer.text
  }
}
