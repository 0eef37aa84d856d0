import BeadsKit

/// One argument of a tool, and what it becomes on the command line.
struct MCPParameter: Sendable {
  /// What an agent may give.
  enum Kind: Sendable {
    case text
    case texts
    case number
    case bool
  }

  /// Where it goes.
  enum Place: Sendable, Equatable {
    /// To every flag of these names.
    case flags([String])
    /// Among the arguments that are no flags, in the order of the parameters.
    case positional
    /// Nowhere: the server reads it.
    case server
  }

  let name: String
  var kind: Kind = .text
  var place: Place
  var help = ""
  var values: [String] = []
  var isRequired = false

  /// An argument that becomes flags; without names, the one called like it.
  static func flag(
    _ name: String, _ kind: Kind = .text, _ flags: String..., help: String = "", values: [String] = [],
    isRequired: Bool = false
  ) -> MCPParameter {
    let own = name.split(separator: "_").joined(separator: "-")
    return MCPParameter(
      name: name, kind: kind, place: .flags(flags.isEmpty ? [own] : flags), help: help, values: values,
      isRequired: isRequired)
  }

  /// Issues, which stand behind the flags.
  static func issues(_ name: String, help: String = "") -> MCPParameter {
    MCPParameter(name: name, kind: .text, place: .positional, help: help, isRequired: true)
  }

  static let full = MCPParameter(
    name: "full", kind: .bool, place: .server, help: "All fields, texts too")

  /// Every tool has it, as every tool of the Python server had.
  static let workspace = MCPParameter(
    name: "workspace_root", place: .server, help: "Directory of the project")

  /// Whether an agent means it by this name: its own, that of its flag, or one that agents know from elsewhere.
  func answers(to word: String) -> Bool {
    let word = String(word.map { $0 == "-" ? "_" : $0 })
    if word == name || MCPParameter.synonyms[name, default: []].contains(word) { return true }
    if case .flags(let flags) = place {
      return flags.contains { $0.split(separator: "-").joined(separator: "_") == word }
    }
    return false
  }

  private static let synonyms: [String: [String]] = [
    "issue_id": ["id", "ids", "issue_ids"], "acceptance": ["acceptance_criteria"], "labels": ["label"],
    "parent": ["parent_id"], "sort": ["sort_policy"], "workspace_root": ["cwd"], "dep_type": ["type"],
    "issue_type": ["type"], "unassigned": ["no_assignee"], "depends_on_id": ["depends_on"],
  ]

  /// The values on the command line.
  func words(_ value: JSONValue) throws(BeadsError) -> [String] {
    switch (kind, value) {
    case (.texts, .array(let items)),
      (.text, .array(let items)) where kind == .texts || place == .positional:
      var all: [String] = []
      for item in items { all += try words(item) }
      return all
    case (.text, .string(let text)) where place == .positional:
      // No ID has a comma or a blank in it.
      return text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    case (.text, .string(let text)), (.texts, .string(let text)): return [text]
    case (.text, .number(let text)), (.texts, .number(let text)), (.number, .number(let text)): return [text]
    // What is no number is the command's to complain about, which takes P1 too.
    case (.number, .string(let text)): return [text]
    case (.bool, .bool(let value)): return [value ? "true" : "false"]
    case (.bool, .string("true")): return ["true"]
    case (.bool, .string("false")): return ["false"]
    default: throw BeadsError(.invalid, "\(name) must be \(expected)")
    }
  }

  private var expected: String {
    switch kind {
    case .text: place == .positional ? "an issue ID" : "a string"
    case .texts: "an array of strings"
    case .number: "a whole number"
    case .bool: "true or false"
    }
  }
}

extension MCPParameter {
  /// Writes the member of the JSON schema.
  func write(to writer: inout JSONWriter) {
    writer.key(name)
    writer.object {
      switch kind {
      case .text: $0.member("type", "string")
      case .number: $0.member("type", "integer")
      case .bool: $0.member("type", "boolean")
      case .texts:
        $0.member("type", "array")
        $0.key("items")
        $0.object { $0.member("type", "string") }
      }
      if !values.isEmpty { $0.member("enum", values) }
      if !help.isEmpty { $0.member("description", help) }
    }
  }
}
