import BeadsKit
import CommandKit

/// What an `update` command line changes in each issue it names.
struct UpdateRequest {
  /// A closure in a struct, because arrays of closures with typed errors crash the compiler.
  private struct Edit { let run: (inout Issue) throws(BeadsError) -> Void }

  private var edits: [Edit] = []
  private var parent: ParentChange = .none
  private let claims: Bool
  private let lease: Int64?
  private let force: Bool

  private enum ParentChange { case none, top, under(IssueID) }

  init(_ context: BdContext) throws(BeadsError) {
    let arguments = context.arguments
    claims = arguments.bool("claim")
    lease = try LeaseFlag.read(arguments, with: claims ? nil : "claim")
    force = arguments.bool("force")
    try readStatus(arguments, context)
    try readPeople(arguments, context)
    try readTexts(arguments, context)
    try readDates(arguments, context)
    try readLabels(arguments)
    try readStorage(arguments)
    try readMetadata(arguments, context)
    if let text = arguments.string("parent") {
      parent = text.isEmpty ? .top : .under(try EdgeInput.target(text, context))
    }
  }

  /// Whether the command line asks for nothing.
  var isEmpty: Bool {
    if case .none = parent { return edits.isEmpty && !claims }
    return false
  }

  /// Refuses a claim that comes too late, without waiting for those who write.
  func requireClaimable(_ words: [String], _ context: BdContext) throws(BeadsError) {
    guard claims, words.count == 1 else { return }
    try context.store().requireClaimable(try context.resolve(words[0]))
  }

  /// Changes one issue.
  func apply(to id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    if claims { try transaction.claim(id, lease: lease) }
    try transaction.update(id, force: force) { issue throws(BeadsError) in
      if issue.isTemplate {
        throw BeadsError(
          .conflict, "cannot update \(id): templates are read-only", hint: "pour it and change the copy")
      }
      for edit in edits { try edit.run(&issue) }
    }
    switch parent {
    case .none: break
    case .top: try transaction.setParent(of: id, to: nil)
    case .under(let other): try transaction.setParent(of: id, to: other, isForced: force)
    }
  }

  // MARK: Flags

  private mutating func edit(_ run: @escaping (inout Issue) throws(BeadsError) -> Void) {
    edits.append(Edit(run: run))
  }

  private mutating func readStatus(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    if claims, let other = ["status", "assignee", "unassign"].first(where: arguments.isSet) {
      throw BeadsError(
        .invalid, "--claim and --\(other) contradict each other", hint: "--claim sets status and assignee")
    }
    let session = arguments.string("session") ?? context.environment["CLAUDE_SESSION_ID"] ?? ""
    guard let text = arguments.string("status") else { return }
    let status = try context.store().rules.vocabulary.status(text)
    edit { issue throws(BeadsError) in
      if status == .closed, issue.status != .closed { issue.closedBySession = session }
      issue.status = status
    }
  }

  private mutating func readPeople(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    set("title", \.title, arguments)
    set("spec-id", \.specID, arguments)
    set("acceptance", \.acceptanceCriteria, arguments)
    set("await-id", \.awaitID, arguments)
    if let text = arguments.string("external-ref") { edit { $0.externalRef = text } }
    if arguments.bool("unassign") {
      if arguments.string("assignee").map({ !$0.isEmpty }) ?? false {
        throw BeadsError(.invalid, "--unassign and --assignee contradict each other")
      }
      edit { $0.assignee = "" }
    } else {
      set("assignee", \.assignee, arguments)
    }
    if let text = arguments.string("type") {
      let type = try context.store().rules.vocabulary.type(text)
      edit { $0.type = type }
    }
    if let text = arguments.string("priority") {
      let priority = try PriorityInput.parse(text)
      edit { $0.priority = priority }
    }
    if let minutes = arguments.string("estimate").flatMap({ Int($0) }) {
      edit { $0.estimatedMinutes = minutes }
    }
  }

  private mutating func set(_ flag: String, _ path: WritableKeyPath<Issue, String>, _ arguments: Arguments) {
    guard let text = arguments.string(flag) else { return }
    edit { $0[keyPath: path] = text }
  }

  private mutating func readTexts(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    if let text = try TextFlags.description(context) {
      if text.allSatisfy(\.isWhitespace), !arguments.bool("allow-empty-description") {
        throw BeadsError(
          .invalid, "the description would become empty", hint: "use --allow-empty-description if it is meant"
        )
      }
      edit { $0.description = text }
    }
    if let text = try TextFlags.design(context) { edit { $0.design = text } }
    set("notes", \.notes, arguments)
    for text in arguments.values("append-notes") where !text.isEmpty {
      edit { $0.appendNotes(text) }
    }
  }

  private mutating func readDates(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    if arguments.isSet("due") {
      let due = try TimeFlags.due(context)
      edit { $0.dueAt = due }
    }
    guard arguments.isSet("defer") else { return }
    guard let until = try TimeFlags.parse("defer", context) else {
      edit { $0.undefer() }
      return
    }
    let now = try context.store().now
    if arguments.isSet("status"),
      try context.store().rules.vocabulary.status(arguments.string("status") ?? "") != .deferred
    {
      throw BeadsError(
        .invalid, "--defer and --status contradict each other", hint: "--defer sets the status deferred")
    }
    edit { issue throws(BeadsError) in
      if issue.isClosed {
        throw BeadsError(
          .conflict, "cannot defer \(issue.id): it is \(issue.status)", hint: "reopen it first")
      }
      try issue.defer(until: until, now: now)
    }
  }

  private mutating func readLabels(_ arguments: Arguments) throws(BeadsError) {
    if arguments.isSet("set-labels") {
      if arguments.isSet("add-label") || arguments.isSet("remove-label") {
        throw BeadsError(.invalid, "--set-labels excludes --add-label and --remove-label")
      }
      let labels = arguments.list("set-labels")
      edit { issue throws(BeadsError) in
        let old = issue.labels
        issue.labels = []
        // A reserved label that is there may be kept, but not added.
        for label in labels {
          if old.contains(label) { issue.labels.append(label) } else { try issue.addLabel(label) }
        }
      }
    }
    let (added, removed) = (try labels("add-label", arguments), try labels("remove-label", arguments))
    if let label = added.first(where: removed.contains) {
      throw BeadsError(.invalid, "label \(quoted(label)) would be added and removed")
    }
    if !added.isEmpty || !removed.isEmpty {
      edit { issue throws(BeadsError) in
        for label in removed { try issue.removeLabel(label) }
        for label in added { try issue.addLabel(label) }
      }
    }
  }

  /// The labels of a flag; one that was given without any is a mistake.
  private func labels(_ flag: String, _ arguments: Arguments) throws(BeadsError) -> [String] {
    let labels = arguments.list(flag)
    if arguments.isSet(flag), labels.isEmpty {
      throw BeadsError(.invalid, "--\(flag): label must not be empty")
    }
    return labels
  }

  private mutating func readStorage(_ arguments: Arguments) throws(BeadsError) {
    let given = ["ephemeral", "persistent", "no-history", "history"].filter(arguments.bool)
    guard let name = given.first else { return }
    if given.count > 1 {
      throw BeadsError(.invalid, "--\(name) and --\(given[1]) exclude each other")
    }
    edit { issue in
      switch name {
      case "ephemeral": (issue.isEphemeral, issue.hasNoHistory) = (true, false)
      case "no-history": (issue.isEphemeral, issue.hasNoHistory) = (false, true)
      case "persistent": issue.isEphemeral = false
      default: issue.hasNoHistory = false
      }
    }
  }

  private mutating func readMetadata(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    if let text = arguments.string("metadata") {
      guard let json = try CreateRequest.json(text, context) else {
        throw BeadsError(
          .invalid, "--metadata needs a JSON object", hint: "--unset-metadata KEY removes a member")
      }
      edit { issue throws(BeadsError) in try issue.mergeMetadata(json) }
    }
    for pair in arguments.values("set-metadata") {
      guard let equals = pair.firstIndex(of: "=") else {
        throw BeadsError(.invalid, "--set-metadata: \(quoted(pair)) is not key=value")
      }
      let key = try Self.metadataKey(String(pair[..<equals]))
      let value = JSONValue(userInput: String(pair[pair.index(after: equals)...]))
      edit { issue throws(BeadsError) in try issue.setMetadata(key, value) }
    }
    for text in arguments.list("unset-metadata") {
      let key = try Self.metadataKey(text)
      edit { issue throws(BeadsError) in try issue.removeMetadata(key) }
    }
  }

  private static func metadataKey(_ key: String) throws(BeadsError) -> String {
    let bytes = key.utf8
    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) || byte == 0x5F }
    guard let first = bytes.first, isLetter(first),
      bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2E })
    else {
      throw BeadsError(
        .invalid, "\(quoted(key)) is not a metadata key",
        hint: "a key has letters, digits, _ and ., a letter first")
    }
    return key
  }
}

extension Issue {
  /// Adds a line to the notes.
  mutating func appendNotes(_ text: String) { notes += (notes.isEmpty ? "" : "\n") + text }
}
