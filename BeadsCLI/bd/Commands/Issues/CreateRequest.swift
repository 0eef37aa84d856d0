import BeadsKit
import CommandKit

/// What a `create` command line asks for: an issue and its edges, made in one transaction.
struct CreateRequest {
  var draft: IssueDraft
  var edges: [NewEdge] = []

  init(title: String, _ context: BdContext) throws(BeadsError) {
    let arguments = context.arguments
    draft = IssueDraft(title: title)
    draft.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    try readPlace(arguments, context)
    try readFields(arguments, context)
    try readTexts(arguments, context)
    try readKind(arguments, context)
    for label in try arguments.list("labels") + context.directoryLabels() {
      let label = try Label.given(label)
      if !draft.labels.contains(label) { draft.labels.append(label) }
    }
    for text in arguments.list("deps") { edges.append(try NewEdge(text, context)) }
    if let edge = try NewEdge.waitsFor(context) { edges.append(edge) }
  }

  /// Makes the issue and its edges.
  func make(_ transaction: inout Transaction) throws(BeadsError) -> IssueID {
    let id = try transaction.create(draft).id
    for edge in edges { try edge.make(from: id, &transaction) }
    return id
  }

  // MARK: Flags

  private mutating func readPlace(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    if let text = arguments.string("id") { draft.id = try IssueID(text) }
    if let text = arguments.string("parent"), !text.isEmpty { draft.parent = try context.resolve(text) }
    if draft.id != nil, draft.parent != nil {
      throw BeadsError(
        .invalid, "--id and --parent exclude each other", hint: "a child's ID comes from its parent")
    }
    draft.inheritsLabels = !arguments.bool("no-inherit-labels")
    draft.isForced = arguments.bool("force")
    guard let text = arguments.string("prefix") else { return }
    let prefix = try Prefix(text)
    let known = try context.store().prefixes()
    if !draft.isForced, !known.all.contains(prefix) {
      throw BeadsError(
        .invalid,
        "prefix mismatch: this project has \(known.all.map { "'\($0)'" }.joined(separator: ", ")), "
          + "not '\(prefix)' (use --force to override)")
    }
    draft.prefix = prefix
  }

  private mutating func readFields(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    let vocabulary = try context.store().rules.vocabulary
    draft.type = try vocabulary.type(arguments.string("type") ?? "task")
    if draft.type == .message { draft.sender = try context.store().actor }
    if let text = arguments.string("priority") { draft.priority = try PriorityInput.parse(text) }
    draft.assignee = arguments.string("assignee") ?? ""
    draft.externalRef = arguments.string("external-ref")
    draft.specID = arguments.string("spec-id") ?? ""
    draft.estimatedMinutes = arguments.string("estimate").flatMap { Int($0) }
    draft.dueAt = try TimeFlags.due(context)
    if let until = try TimeFlags.parse("defer", context) {
      var issue = Issue(id: IssueID(unchecked: ""), title: draft.title, createdAt: until)
      try issue.defer(until: until, now: context.store().now)
      (draft.status, draft.deferUntil) = (issue.status, issue.deferUntil)
    }
    if let text = arguments.string("metadata") { draft.metadata = try Self.json(text, context) }
  }

  private mutating func readTexts(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    draft.description = try TextFlags.description(context) ?? ""
    for (flag, heading) in [("skills", "Required Skills"), ("context", "Context")] {
      guard let text = arguments.string(flag), !text.isEmpty else { continue }
      if !draft.description.isEmpty { draft.description += "\n\n" }
      draft.description += "## \(heading)\n\n\(text)"
    }
    draft.design = try TextFlags.design(context) ?? ""
    draft.acceptanceCriteria = arguments.string("acceptance") ?? ""
    let notes = [arguments.string("notes"), arguments.string("append-notes")].compactMap(\.self)
    draft.notes = notes.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private mutating func readKind(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) {
    draft.isEphemeral = arguments.bool("ephemeral")
    draft.hasNoHistory = arguments.bool("no-history")
    draft.molType = arguments.string("mol-type") ?? ""
    draft.wispType = arguments.string("wisp-type") ?? ""
    draft.rig = arguments.string("agent-rig") ?? ""
    let event = ["event-category", "event-actor", "event-target", "event-payload"].filter(arguments.isSet)
    if let name = event.first, draft.type != .event {
      throw BeadsError(.invalid, "--\(name) needs --type event")
    }
    draft.eventKind = arguments.string("event-category") ?? ""
    draft.actor = arguments.string("event-actor") ?? ""
    draft.target = arguments.string("event-target") ?? ""
    draft.payload = arguments.string("event-payload") ?? ""
  }

  /// JSON as given, or from the file after `@`.
  static func json(_ text: String, _ context: BdContext) throws(BeadsError) -> String? {
    let json = text.hasPrefix("@") ? try TextFlags.readText(String(text.dropFirst()), context) : text
    guard let value = JSONValue(parsing: json) else {
      throw BeadsError(
        .invalid, "metadata is not valid JSON: \(quoted(json))", hint: "for example '{\"team\":\"web\"}'")
    }
    return value == .null ? nil : value.compactText
  }
}
