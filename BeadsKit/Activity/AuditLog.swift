public import BeadsFormats
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// One line of `interactions.jsonl`: what an agent or a tool did, or what somebody thinks of it (contract 5.14).
public struct Interaction: Sendable, Equatable {
  /// `int-` and eight hexadecimal digits.
  public var id = ""
  /// What it is: llm_call, tool_call, label ...
  public var kind: String
  /// When it was written.
  public var createdAt: Timestamp?
  /// Who wrote it.
  public var actor = ""
  /// The issue it was for.
  public var issueID = ""
  /// The model that was asked.
  public var model = ""
  /// What it was asked.
  public var prompt = ""
  /// What it answered.
  public var response = ""
  /// What went wrong.
  public var error = ""
  /// The tool that was called.
  public var toolName = ""
  /// The exit status of the tool; nil when it is not known.
  public var exitCode: Int?
  /// The entry that a label is about.
  public var parentID = ""
  /// What somebody thinks of it: good, bad ...
  public var label = ""
  /// Why.
  public var reason = ""
  /// A JSON object of anything else.
  public var extra: JSONValue?

  /// Makes an entry that has yet to be written.
  public init(kind: String) { self.kind = kind }

  private static let texts: [(key: StaticString, path: any WritableKeyPath<Interaction, String> & Sendable)] =
    [
      ("actor", \.actor), ("issue_id", \.issueID), ("model", \.model), ("prompt", \.prompt),
      ("response", \.response), ("error", \.error), ("tool_name", \.toolName), ("parent_id", \.parentID),
      ("label", \.label), ("reason", \.reason),
    ]

  /// Reads an entry as a tool writes it; ID, time and actor may be missing.
  /// - Throws: `invalid` for what is no JSON object, has members of the wrong type or no kind.
  public init(json: String) throws(BeadsError) {
    guard let value = JSONValue(parsing: json), case .object = value else {
      throw BeadsError(
        .invalid, "an audit entry must be a JSON object", hint: #"for example {"kind":"tool_call"}"#)
    }
    func text(_ key: String) throws(BeadsError) -> String {
      switch value[key] {
      case nil, .null?: return ""
      case .string(let text)?: return text
      default: throw BeadsError(.invalid, "\(quoted(key)) of an audit entry must be a text")
      }
    }
    kind = try text("kind")
    id = try text("id")
    for (key, path) in Self.texts { self[keyPath: path] = try text("\(key)") }
    let time = try text("created_at")
    createdAt = Timestamp(time)
    if !time.isEmpty, createdAt == nil {
      throw BeadsError(.invalid, "created_at of an audit entry is no time: \(quoted(time))")
    }
    switch value["exit_code"] {
    case nil, .null?: break
    case .number(let number)?: exitCode = Int(number)
    default: throw BeadsError(.invalid, "exit_code of an audit entry must be a number")
    }
    switch value["extra"] {
    case nil, .null?: break
    case .object(let members)?: extra = .object(members)
    default: throw BeadsError(.invalid, "extra of an audit entry must be an object")
    }
  }

  fileprivate var line: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("id", id)
      writer.member("kind", kind)
      if let createdAt { writer.member("created_at", createdAt) }
      for (key, path) in Self.texts where !self[keyPath: path].isEmpty {
        writer.member(key, self[keyPath: path])
      }
      if let exitCode { writer.member("exit_code", exitCode) }
      if let extra {
        writer.key("extra")
        extra.write(to: &writer)
      }
    }
    writer.newline()
    return writer.bytes
  }
}

extension Store {
  /// The file of the audit log.
  public var auditLogPath: String { Path.join(location.directory, "interactions.jsonl") }

  /// Appends an entry to the audit log, in one write, so that entries of several processes are never mixed.
  /// - Returns: The entry with its ID, time and actor.
  /// - Throws: `invalid` for an entry without kind, `readOnly`.
  @discardableResult
  public func record(_ interaction: Interaction) throws(BeadsError) -> Interaction {
    if interaction.kind.allSatisfy(\.isWhitespace) {
      throw BeadsError(.invalid, "an audit entry needs a kind", hint: "for example --kind tool_call")
    }
    try requireWritable("audit")
    var interaction = interaction
    if interaction.id.isEmpty { interaction.id = "int-" + Self.hexadecimal(environment.entropy()) }
    interaction.createdAt = interaction.createdAt ?? now
    if interaction.actor.isEmpty { interaction.actor = actor }
    try FileSystem.append(interaction.line, to: auditLogPath)
    return interaction
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(UInt32(truncatingIfNeeded: value >> 16), radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }
}
