import BeadsKit

/// The settings that one kind of file has.
struct SettingTable: Sendable {
  /// What `type` in the file must be.
  let type: String
  let keys: [SettingKey]
  private let byName: [String: SettingKey]
  /// Names on the way to a setting.
  private let groups: Set<String>

  init(type: String, _ keys: [SettingKey]) {
    self.type = type
    self.keys = keys
    byName = Dictionary(keys.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var groups: Set<String> = []
    for key in keys {
      var parts = key.name.split(separator: ".")
      while parts.count > 1 {
        parts.removeLast()
        groups.insert(parts.joined(separator: "."))
      }
    }
    self.groups = groups
  }

  subscript(name: String) -> SettingKey? { byName[name] }

  /// The setting that a user names, or the one that the named value is a part of.
  /// - Throws: `invalid` with the nearest names.
  func find(_ name: String) throws(BeadsError) -> SettingKey {
    if let key = byName[name] { return key }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if !parts.contains(where: \.isEmpty) {
      for count in 1..<max(2, parts.count) {
        let key = byName[parts.prefix(count).joined(separator: ".")]
        if let key, key.kind == .object { return key }
      }
    }
    let inGroup = keys.map(\.name).filter { $0.hasPrefix(name + ".") }
    let known = inGroup.isEmpty ? keys.map(\.name).filter { !$0.hasPrefix("operational.") } : inGroup
    throw BeadsError(
      .invalid, "there is no setting \(quoted(name))",
      hint: Spelling.hint(for: name, among: known, kind: "settings"))
  }

  /// Reads a file and checks what is known of it; unknown members pass.
  /// - Throws: `corrupt`, `unsupported` for a newer version, `invalid` naming file, setting and value.
  func read(_ path: String) throws(BeadsError) -> JSONValue? {
    guard let document = try JSONFile(path: path).read() else { return nil }
    if let found = document["type"], found != .string(type) {
      throw BeadsError(
        .corrupt, "\(path) is of the type \(found.compactText), not \"\(type)\"",
        hint: "correct it, or move it away; it is left as it is")
    }
    if let version = document["version"], (version.intValue ?? 1) > 1 {
      throw BeadsError(.unsupported, "\(path) was made by a newer version of gt", hint: "update gt")
    }
    try check(document, "", path)
    return document
  }

  private func check(_ value: JSONValue, _ name: String, _ path: String) throws(BeadsError) {
    if let key = byName[name] {
      guard Self.problem(value, key.kind) == nil || value == .null else {
        throw BeadsError(
          .invalid,
          "\(path): \(name) is \(value.compactText), which is \(Self.problem(value, key.kind) ?? "")",
          hint: "correct the file; it is left as it is")
      }
    } else if name.isEmpty || groups.contains(name) {
      guard case .object(let members) = value else {
        throw BeadsError(
          .invalid, "\(path): \(name) is \(value.compactText), which is no group of settings",
          hint: "correct the file; it is left as it is")
      }
      for member in members {
        try check(member.value, name.isEmpty ? member.key : name + "." + member.key, path)
      }
    }
  }

  /// Why a value is none of a kind.
  static func problem(_ value: JSONValue, _ kind: SettingKey.Kind) -> String? {
    switch kind {
    case .text: value.stringValue == nil ? "no text" : nil
    case .choice(let words):
      value.stringValue.map(words.contains) == true ? nil : "none of \(words.joined(separator: ", "))"
    case .flag: if case .bool = value { nil } else { "neither true nor false" }
    case .whole(let range):
      value.intValue.map(range.contains) == true
        ? nil : "no whole number from \(range.lowerBound) to \(range.upperBound)"
    case .duration:
      value.stringValue.flatMap(duration) == nil ? "no time span such as 30s or 1h30m" : nil
    case .ladder:
      value.stringValue.flatMap(Ladder.init) == nil
        ? "no ladder such as 30s nudge, 40m restart; its steps are "
          + Ladder.Action.allCases.map(\.rawValue).joined(separator: ", ") : nil
    case .list:
      value.arrayValue?.allSatisfy { $0.stringValue != nil } == true ? nil : "no list of texts"
    case .object: if case .object = value { nil } else { "no object" }
    }
  }

  /// The value that a text means where any is possible: JSON that is no text, or the text.
  static func guess(_ text: String) -> JSONValue {
    switch JSONValue(parsing: text) {
    case .string?, nil: .string(text)
    case let value?: value
    }
  }

  static func duration(_ text: String) -> Duration? {
    guard let value = try? GoDuration.nanoseconds(text), value >= 0 else { return nil }
    return .nanoseconds(value)
  }

  /// The value that a text means for a setting.
  /// - Throws: `invalid` saying what the setting takes.
  static func value(_ text: String, for key: SettingKey) throws(BeadsError) -> JSONValue {
    let value: JSONValue =
      switch key.kind {
      case .text, .choice, .duration, .ladder: .string(text)
      case .flag: ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
      case .whole: Int(text).map(JSONValue.int) ?? .string(text)
      case .list:
        JSONValue(parsing: text).flatMap { $0.arrayValue == nil ? nil : $0 }
          ?? .array(
            text.split(separator: ",").map { .string(String($0.trimmingPrefix(while: \.isWhitespace))) })
      case .object: JSONValue(parsing: text) ?? .string(text)
      }
    if let problem = problem(value, key.kind) {
      throw BeadsError(.invalid, "\(key.name): \(quoted(text)) is \(problem)")
    }
    return value
  }
}
