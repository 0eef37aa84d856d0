import BeadsKit
import CommandKit

/// Makes a filter of what the user typed; one function for each group of `FilterFlags`.
struct FilterReader {
  var filter: IssueFilter
  private let context: BdContext
  private let store: Store
  var arguments: Arguments { context.arguments }

  init(_ context: BdContext, from filter: IssueFilter = IssueFilter()) throws(BeadsError) {
    self.filter = filter
    self.context = context
    store = try context.store()
  }

  mutating func readBasic() throws(BeadsError) {
    let statuses = arguments.list("status")
    if statuses.contains("all") {
      filter.statuses = .all
    } else if !statuses.isEmpty {
      filter.statuses = .any(try Self.statuses(statuses, store))
    }
    if arguments.isSet("assignee") {
      let name = arguments.string("assignee") ?? ""
      filter.assignee = name.isEmpty ? .nobody : .named(name)
    }
    try readKind()
  }

  /// The statuses that words of the user mean.
  static func statuses(_ words: [String], _ store: Store) throws(BeadsError) -> [Status] {
    var statuses: [Status] = []
    for word in words { statuses.append(try store.rules.vocabulary.status(word, allowingTombstone: true)) }
    return statuses
  }

  mutating func readKind() throws(BeadsError) {
    filter.types = try types("type")
    filter.labels = arguments.list("label")
    filter.anyLabels = arguments.list("label-any")
  }

  /// The types a flag names.
  func types(_ flag: String) throws(BeadsError) -> [IssueType] {
    var types: [IssueType] = []
    for word in arguments.list(flag) { types.append(try store.issueType(named: word)) }
    return types
  }

  /// Labels that the settings give to the directory the user is in, unless labels were asked for.
  mutating func readDirectoryLabels() throws(BeadsError) {
    guard filter.labels.isEmpty, filter.anyLabels.isEmpty, !filter.hasNoLabels else { return }
    filter.anyLabels += try context.directoryLabels()
  }

  mutating func readPriority() throws(BeadsError) {
    for text in arguments.list("priority") { filter.priorities.append(try PriorityInput.parse(text)) }
  }

  mutating func readPriorityRange() throws(BeadsError) {
    if let text = arguments.string("priority-min") { filter.minimumPriority = try PriorityInput.parse(text) }
    if let text = arguments.string("priority-max") { filter.maximumPriority = try PriorityInput.parse(text) }
  }

  mutating func readHistory() throws(BeadsError) {
    filter.created = try window("created", .past)
    filter.updated = try window("updated", .past)
    filter.closed = try window("closed", .past)
  }

  /// What `--NAME-after` and `--NAME-before` say; the past has no `7d` ahead, so that means ago there.
  func window(_ name: String, _ sense: TimeGrammar.Sense) throws(BeadsError) -> IssueFilter.TimeWindow {
    IssueFilter.TimeWindow(
      after: try time("\(name)-after", sense), before: try time("\(name)-before", sense))
  }

  private func time(_ flag: String, _ sense: TimeGrammar.Sense) throws(BeadsError) -> Timestamp? {
    guard let text = arguments.string(flag) else { return nil }
    do throws(BeadsError) {
      return try TimeGrammar(now: store.now).parse(text, sense: sense)
    } catch {
      throw BeadsError(error.code, "--\(flag): \(error.message)", hint: error.hint)
    }
  }

  mutating func readMissing() throws(BeadsError) {
    filter.hasNoDescription = arguments.bool("empty-description")
    filter.hasNoLabels = arguments.bool("no-labels")
    try readUnassigned("no-assignee")
  }

  /// A switch that means nobody.
  mutating func readUnassigned(_ flag: String) throws(BeadsError) {
    guard arguments.bool(flag) else { return }
    if case .named(let name) = filter.assignee {
      throw BeadsError(.invalid, "--\(flag) contradicts --assignee \(name)", hint: "drop one of the two")
    }
    filter.assignee = .nobody
  }

  mutating func readText() {
    filter.descriptionContains = arguments.string("desc-contains")
    filter.notesContains = arguments.string("notes-contains")
  }

  mutating func readTitle() throws(BeadsError) {
    filter.title = arguments.string("title")
    filter.titleContains = arguments.string("title-contains")
    for text in arguments.list("id") { filter.ids.append(try IssueID(text)) }
  }

  mutating func readMetadata() throws(BeadsError) {
    for text in arguments.list("metadata-field") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw BeadsError(
          .invalid, "\(quoted(text)) is not KEY=VALUE", hint: "for example --metadata-field team=core")
      }
      filter.metadata.append(IssueFilter.MetadataField(key: String(parts[0]), value: String(parts[1])))
    }
    filter.metadataKey = arguments.string("has-metadata-key")
  }

  /// The issue a flag names as ancestor.
  mutating func readParent() throws(BeadsError) {
    guard let text = arguments.string("parent") else { return }
    filter.place = .descendants(of: try context.resolve(text))
  }

  /// The order that the flags ask for.
  func order(_ usual: IssueOrder = .priority) throws(BeadsError) -> IssueOrder {
    let text = arguments.string("sort")
    var order = usual
    if let text { order = try IssueOrder(parsing: text) }
    let (ascends, descends) = (arguments.bool("asc"), arguments.bool("desc"))
    if ascends && (descends || text?.hasPrefix("-") == true) {
      throw BeadsError(
        .invalid, "the order cannot be both ascending and descending", hint: "drop one of the two")
    }
    if ascends || descends { order = order.directed(isDescending: descends) }
    // Relevance has no other end; turned round, a search lists the least urgent first.
    if arguments.bool("reverse") { order = order == .relevance ? .priority.reversed : order.reversed }
    return order
  }

  /// The number of issues to show; nil for all.
  var limit: Int? {
    let limit = arguments.string("limit").flatMap { Int($0) } ?? 0
    return limit == 0 ? nil : limit
  }
}
