import BeadsKit

extension Runtime {
  /// This agent with what a settings file says about it; what it does not say stays.
  ///
  /// Both the flat keys of `settings/agents.json` and the nested ones of older settings are understood; unknown keys
  /// are ignored.
  /// - Parameter origin: The file and the place in it, for errors.
  func applying(_ json: JSONValue, origin: String) throws(BeadsError) -> Runtime {
    guard case .object = json else {
      throw BeadsError(.invalid, "\(origin) does not describe an agent: it is not an object")
    }
    let reader = RuntimeReader(json: json, origin: origin)
    var result = self
    result.isCustom = true
    if let command = try reader.text("command") {
      if command != result.command { result.processNames = Self.processNames(name: name, command: command) }
      result.command = command
    }
    if let list = try reader.list("args") { result.arguments = list }
    if let table = try reader.table("env") { result.variables.merge(table) { $1 } }
    if let list = try reader.list("process_names", in: "tmux") { result.processNames = list }
    if let text = try reader.text("session_id_env", in: "session") { result.sessionIDVariable = text }
    if let text = try reader.text("resume_flag") { result.resume = text }
    if let text = try reader.text("resume_style") { result.resumesBySubcommand = text == "subcommand" }
    if let text = try reader.text("continue_flag") { result.continueFlag = text }
    if let flag = try reader.flag("supports_fork_session") { result.supportsForkSession = flag }
    if let text = try reader.text("config_dir_env", in: "session") { result.configDirectoryVariable = text }
    if let text = try reader.text("ready_prompt_prefix", in: "tmux") { result.readyPrompt = text }
    if let delay = try reader.number("ready_delay_ms", in: "tmux") { result.readyDelay = delay }
    if let text = try reader.text("instructions_file", or: "file", in: "instructions") {
      result.instructionsFile = text
    }
    if let flag = try reader.flag("emits_permission_warning") { result.emitsPermissionWarning = flag }
    if let flag = try reader.flag("has_turn_boundary_drain") { result.drainsAtTurns = flag }
    if let flag = try reader.flag("escape_cancels_request") { result.escapeCancels = flag }
    if let list = try reader.list("pass_variables") { result.passes = list }
    try reader.prompt(&result)
    try reader.dialogs(&result)
    try reader.signs(&result)
    try reader.hooks(&result)
    try reader.headless(&result)
    return result
  }

  /// The processes that mean a custom agent is alive: those of the preset with its command, else the command itself.
  static func processNames(name: String, command: String) -> [String] {
    let program = Path.name(of: command)
    let same = presets.filter { $0.command == command || $0.command == program }
    return (same.first { $0.name == name } ?? same.first)?.processNames ?? [program]
  }
}

/// Reads members of an agent's description; a member of the wrong type is an error, not an absent one.
private struct RuntimeReader {
  let json: JSONValue
  let origin: String

  private func value(_ key: String, _ nested: String?, _ group: String?) -> JSONValue? {
    let found = json[key] ?? group.flatMap { json[$0]?[nested ?? key] }
    return found == .null ? nil : found
  }

  private func wrong(_ key: String, _ expected: String) -> BeadsError {
    BeadsError(.invalid, "\(origin): \(key) is not \(expected)")
  }

  func text(
    _ key: String, or nested: String? = nil, in group: String? = nil
  ) throws(BeadsError) -> String? {
    guard let found = value(key, nested, group) else { return nil }
    guard let text = found.stringValue else { throw wrong(key, "a text") }
    return text
  }

  func number(_ key: String, in group: String? = nil) throws(BeadsError) -> Int? {
    guard let found = value(key, nil, group) else { return nil }
    guard let number = found.intValue else { throw wrong(key, "a whole number") }
    return number
  }

  func flag(
    _ key: String, or nested: String? = nil, in group: String? = nil
  ) throws(BeadsError) -> Bool? {
    guard let found = value(key, nested, group) else { return nil }
    guard case .bool(let flag) = found else { throw wrong(key, "true or false") }
    return flag
  }

  func list(_ key: String, in group: String? = nil) throws(BeadsError) -> [String]? {
    guard let found = value(key, nil, group) else { return nil }
    guard let items = found.arrayValue, items.allSatisfy({ $0.stringValue != nil }) else {
      throw wrong(key, "a list of texts")
    }
    return items.compactMap(\.stringValue)
  }

  func table(_ key: String) throws(BeadsError) -> [String: String]? {
    guard let found = value(key, nil, nil) else { return nil }
    guard case .object(let members) = found, members.allSatisfy({ $0.value.stringValue != nil }) else {
      throw wrong(key, "an object of texts")
    }
    return Dictionary(members.map { ($0.key, $0.value.stringValue ?? "") }) { $1 }
  }

  func prompt(_ runtime: inout Runtime) throws(BeadsError) {
    switch try text("prompt_mode") {
    case nil: break
    case "none": runtime.promptMode = .none
    case "arg": if case .none = runtime.promptMode { runtime.promptMode = .argument }
    case let other?:
      throw BeadsError(.invalid, "\(origin): prompt_mode is \(quoted(other))", hint: "it is arg or none")
    }
    if let flag = try text("prompt_flag") { runtime.promptMode = flag.isEmpty ? .argument : .flag(flag) }
  }

  func dialogs(_ runtime: inout Runtime) throws(BeadsError) {
    guard let found = value("startup_dialogs", nil, nil) else { return }
    var dialogs: [StartupDialog] = []
    for item in found.arrayValue ?? [] {
      guard let question = item["question"]?.stringValue, !question.isEmpty,
        let answer = item["answer"]?.stringValue, !answer.isEmpty
      else { break }
      dialogs.append(StartupDialog(question, answer: answer))
    }
    guard let count = found.arrayValue?.count, count == dialogs.count else {
      throw wrong("startup_dialogs", "a list of objects with a question and an answer")
    }
    runtime.dialogs = dialogs
  }

  func signs(_ runtime: inout Runtime) throws(BeadsError) {
    guard let found = value("screen_signs", nil, nil) else { return }
    let signs = (found.arrayValue ?? []).compactMap { item -> ScreenSign? in
      guard let text = item["text"]?.stringValue, text.contains(where: { $0 != "*" && $0 != " " }),
        let meaning = item["means"]?.stringValue.flatMap(ScreenSign.Meaning.init)
      else { return nil }
      return ScreenSign(text, meaning)
    }
    guard let count = found.arrayValue?.count, count == signs.count else {
      throw wrong(
        "screen_signs",
        "a list of objects with a text and what it means: "
          + ScreenSign.Meaning.allCases.map(\.rawValue).joined(separator: ", "))
    }
    runtime.signs = signs + runtime.signs
  }

  func hooks(_ runtime: inout Runtime) throws(BeadsError) {
    if try flag("supports_hooks") == false {
      runtime.hooks = nil
      return
    }
    if let provider = try text("hooks_provider", or: "provider", in: "hooks") {
      let known =
        Runtime.presets.first { $0.hooks?.provider == provider }?.hooks ?? Runtime.hooksOnRequest[provider]
      guard let known else {
        throw BeadsError(.invalid, "\(origin): there are no hooks for \(quoted(provider))")
      }
      runtime.hooks = known
    }
    if let text = try text("hooks_dir", or: "dir", in: "hooks") { runtime.hooks?.directory = text }
    if let text = try text("hooks_settings_file", or: "settings_file", in: "hooks") {
      runtime.hooks?.file = text
    }
    if let flag = try flag("hooks_informational", or: "informational", in: "hooks") {
      runtime.hooks?.isInformational = flag
    }
  }

  func headless(_ runtime: inout Runtime) throws(BeadsError) {
    if let list = try list("headless_args") {
      runtime.headless = Runtime.Headless(arguments: list, form: runtime.headless?.form ?? .none)
    }
    guard let text = try text("headless_input") else { return }
    guard let form = MessageForm(rawValue: text) else {
      throw BeadsError(
        .invalid, "\(origin): headless_input is \(quoted(text))", hint: "pasted, stream-json or none")
    }
    runtime.headless = Runtime.Headless(arguments: runtime.headless?.arguments ?? [], form: form)
  }
}
