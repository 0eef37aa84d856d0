import BeadsKit

/// A tool: some commands of `bd` under one name, with the arguments that agents need most.
struct MCPTool: Sendable {
  /// One command that the tool runs.
  struct Form: Sendable {
    /// The words that lead to the command.
    let command: [String]
    /// The argument that asks for this form, and with which value, if not any; nil for the usual form.
    var choice: (parameter: String, value: String?)?
    /// What arguments become here, where that differs; nothing for those that do not fit.
    var flags: [String: [String]] = [:]
  }

  let name: String
  let help: String
  let parameters: [MCPParameter]
  /// The forms, the usual one first.
  let forms: [Form]
  /// Whether it never changes anything.
  var isReadOnly = false

  /// What an agent asks of `bd`.
  struct Call {
    var line: [String]
    var directory: String?
    var isFull = true
  }

  /// The command line for the arguments of a call.
  func call(_ given: [JSONValue.Member]) throws(BeadsError) -> Call {
    let values = try values(given)
    let form = form(for: values)
    var call = Call(line: form.command)
    call.directory = values["workspace_root"]?.last
    if parameters.contains(where: { $0.name == "full" }) { call.isFull = values["full"]?.last == "true" }
    var positionals: [String] = []
    for parameter in parameters {
      guard let words = values[parameter.name] else { continue }
      switch parameter.place {
      case .server: continue
      case .positional: positionals += words
      case .flags(let usual):
        if parameter.kind == .bool, words == ["false"] { continue }
        let flags = form.flags[parameter.name] ?? usual
        if flags.isEmpty {
          throw BeadsError(
            .invalid, "\(parameter.name) does not go with \(form.choice?.parameter ?? form.command[0])",
            hint: "leave one of them out")
        }
        for flag in flags { call.line += words.map { "--\(flag)=\($0)" } }
      }
    }
    if !positionals.isEmpty { call.line += ["--"] + positionals }
    return call
  }

  /// The arguments by the names of the parameters; one that is null was not given.
  private func values(_ given: [JSONValue.Member]) throws(BeadsError) -> [String: [String]] {
    var values: [String: [String]] = [:]
    for member in given where member.value != .null {
      guard let parameter = parameters.first(where: { $0.answers(to: member.key) }) else {
        throw BeadsError(
          .invalid, "\(name) takes no argument \(quoted(member.key))",
          hint: "it takes \(parameters.map(\.name).joined(separator: ", ")); the tool bd takes every flag")
      }
      let words = try parameter.words(member.value)
      if !parameter.values.isEmpty, let wrong = words.first(where: { !parameter.values.contains($0) }) {
        throw BeadsError(
          .invalid, "\(parameter.name) is \(quoted(wrong))",
          hint: "one of \(parameter.values.joined(separator: ", "))")
      }
      values[parameter.name] = words
    }
    for parameter in parameters where parameter.isRequired && values[parameter.name, default: []].isEmpty {
      throw BeadsError(.invalid, "\(name) needs \(parameter.name)")
    }
    return values
  }

  private func form(for values: [String: [String]]) -> Form {
    let chosen = forms.first { form in
      guard let choice = form.choice, let words = values[choice.parameter] else { return false }
      return choice.value.map { words == [$0] } ?? true
    }
    return chosen ?? forms[0]
  }
}

extension MCPTool {
  /// The result of `tools/list`.
  static var listing: String {
    var writer = JSONWriter()
    writer.object {
      $0.key("tools")
      $0.array(all) { $1.write(to: &$0) }
    }
    return writer.text
  }

  private func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("name", name)
      $0.member("description", help)
      $0.key("inputSchema")
      $0.object {
        $0.member("type", "object")
        $0.key("properties")
        $0.object { for parameter in parameters { parameter.write(to: &$0) } }
        let required = parameters.filter(\.isRequired).map(\.name)
        if !required.isEmpty { $0.member("required", required) }
      }
      if isReadOnly {
        $0.key("annotations")
        $0.object { $0.member("readOnlyHint", true) }
      }
    }
  }
}
