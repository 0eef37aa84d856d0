extension CommandPage {
  /// The help of this command for programs.
  var json: JSONText {
    var members: [String: JSONText] = [
      "command": .string(name), "summary": .string(summary), "usage": .strings(usageLines),
      "flags": .array(scope.own.visibleJSON), "schema_version": .integer(1),
    ]
    if path.count == 1 { members["global_flags"] = .array(scope.inherited.visibleJSON) }
    if !aliases.isEmpty { members["aliases"] = .strings(aliases) }
    if !discussion.isEmpty { members["description"] = .string(discussion) }
    if !examples.isEmpty { members["examples"] = .strings(examples) }
    if !positionals.isEmpty { members["arguments"] = .array(positionals.map(\.json)) }
    let children = visibleChildren
    if !children.isEmpty {
      members["commands"] = .array(
        children.map { .object(["name": .string($0.name), "summary": .string($0.summary)]) })
    }
    return .object(members)
  }
}

extension JSONText {
  static func strings(_ values: [String]) -> JSONText { .array(values.map(JSONText.string)) }
}

extension ArraySlice<Flag> {
  fileprivate var visibleJSON: [JSONText] { filter { !$0.isHidden }.map(\.json) }
}

extension Flag {
  fileprivate var json: JSONText {
    var members: [String: JSONText] = [
      "name": .string(name), "help": .string(help), "type": .string(typeName),
    ]
    if let short { members["short"] = .string(String(short)) }
    if !aliases.isEmpty { members["aliases"] = .strings(aliases) }
    if !values.isEmpty { members["values"] = .strings(values) }
    if let defaultValue { members["default"] = .string(defaultValue) }
    return .object(members)
  }

  private var typeName: String {
    switch kind {
    case .boolean: "bool"
    case .string: "string"
    case .list: "list"
    case .integer: "int"
    }
  }
}

extension Positional {
  fileprivate var json: JSONText {
    var members: [String: JSONText] = [
      "name": .string(name), "required": .bool(minimum > 0), "repeated": .bool(isRepeated),
    ]
    if !help.isEmpty { members["help"] = .string(help) }
    if !values.isEmpty { members["values"] = .strings(values) }
    return .object(members)
  }
}
