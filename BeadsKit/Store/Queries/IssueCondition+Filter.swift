import BeadsFormats
import BeadsModel
import BeadsSystem

extension Store {
  /// The SQL of a filter.
  /// - Throws: `invalid` for a filter that contradicts itself or a regular expression that is none.
  func condition(_ filter: IssueFilter) throws(BeadsError) -> IssueCondition {
    try filter.validate()
    var condition = IssueCondition(now: now)
    if let readiness = filter.readiness {
      try addReadiness(readiness, of: filter, to: &condition)
    } else {
      try addStatuses(of: filter, to: &condition)
      addKinds(of: filter, to: &condition)
    }
    condition.addState(filter)
    condition.addPriorityAndPeople(filter)
    try addLabels(of: filter, to: &condition)
    try addText(of: filter, to: &condition)
    condition.addTimes(filter)
    condition.addPlace(filter.place)
    condition.addMetadata(filter)
    if let expression = filter.expression { condition.add(expression) }
    if condition.usesText { try connection.addTextFunctions() }
    return condition
  }

  private func addKinds(of filter: IssueFilter, to condition: inout IssueCondition) {
    if !filter.includesTemplates { condition.require("i.is_template = 0") }
    guard filter.types.isEmpty else { return }
    var hidden: [String] = []
    if !filter.includesGates { hidden.append(IssueType.gate.rawValue) }
    if !filter.includesInfrastructure {
      hidden += rules.vocabulary.infrastructureTypes.map(\.rawValue)
    }
    if !hidden.isEmpty { condition.require("i.issue_type NOT IN \(condition.bind(list: hidden))") }
  }

  private func addLabels(of filter: IssueFilter, to condition: inout IssueCondition) throws(BeadsError) {
    let labelled = "SELECT issue_id FROM labels WHERE label"
    for label in filter.labels {
      condition.require(selective: "i.id IN (\(labelled) = \(condition.bind(label)))")
    }
    if !filter.anyLabels.isEmpty {
      condition.require(selective: "i.id IN (\(labelled) IN \(condition.bind(list: filter.anyLabels)))")
    }
    if !filter.excludedLabels.isEmpty {
      condition.require("i.id NOT IN (\(labelled) IN \(condition.bind(list: filter.excludedLabels)))")
    }
    if let pattern = filter.labelPattern {
      condition.require(selective: "i.id IN (\(labelled) GLOB \(condition.bind(pattern)))")
    }
    if let expression = filter.labelExpression {
      let matching = try labels(matching: expression)
      condition.require(selective: "i.id IN (\(labelled) IN \(condition.bind(list: matching)))")
    }
    if filter.hasNoLabels {
      condition.require("NOT EXISTS (SELECT 1 FROM labels l WHERE l.issue_id = i.id)")
    }
  }

  private func labels(matching expression: String) throws(BeadsError) -> [String] {
    guard let regex = try? Regex(expression) else {
      throw BeadsError(.invalid, "\(quoted(expression)) is not a regular expression")
    }
    let all = try connection.all("SELECT DISTINCT label FROM labels") { $0.text(0) }
    return all.filter { $0.contains(regex) }
  }

  /// Finds compacted issues by the description that they had, too.
  private func addSearch(for text: String, to condition: inout IssueCondition) throws(BeadsError) {
    let now = condition.contains(["i.id", "i.title", "i.description", "i.external_ref"], text)
    guard try hasSnapshots() else { return condition.require(now) }
    let then = condition.contains(["json_extract(s.snapshot_json, '$.description')"], text)
    condition.require(
      """
      (\(now) OR (i.compaction_level > 0 AND EXISTS (
        SELECT 1 FROM compaction_snapshots s WHERE s.issue_id = i.id AND \(then))))
      """)
  }

  /// Reads only the issues that may have the texts, if the index knows few enough.
  private func addCandidates(of filter: IssueFilter, to condition: inout IssueCondition) {
    let texts = [filter.text, filter.titleContains, filter.descriptionContains, filter.referenceContains]
    guard let rows = SearchIndex(connection: connection).candidates(texts.compactMap(\.self)) else { return }
    var writer = JSONWriter()
    writer.array(rows) { $0.int($1) }
    condition.require(selective: "i.seq IN (SELECT value FROM json_each(\(condition.bind(writer.text))))")
  }

  private func addText(of filter: IssueFilter, to condition: inout IssueCondition) throws(BeadsError) {
    addCandidates(of: filter, to: &condition)
    if let text = filter.text, !text.isEmpty { try addSearch(for: text, to: &condition) }
    let parts: [([String], String?)] = [
      (["i.title"], filter.titleContains), (["i.description"], filter.descriptionContains),
      (["i.notes"], filter.notesContains), (["i.external_ref"], filter.referenceContains),
    ]
    for (columns, text) in parts {
      guard let text, !text.isEmpty else { continue }
      condition.require(condition.contains(columns, text))
    }
    if let title = filter.title {
      condition.require("i.title = \(condition.bind(title))")
    }
    if filter.hasNoDescription { condition.require("i.description = ''") }
    if let specification = filter.specification {
      condition.require("i.spec_id <> ''")
      condition.require(selective: condition.hasPrefix("i.spec_id", specification))
    }
  }
}

extension IssueCondition {
  fileprivate mutating func addState(_ filter: IssueFilter) {
    if let isBlocked = filter.isBlocked {
      if isBlocked {
        require(selective: "i.id IN (SELECT issue_id FROM blocked_issues_cache)")
      } else {
        require("NOT EXISTS (SELECT 1 FROM blocked_issues_cache b WHERE b.issue_id = i.id)")
      }
    }
    if let isPinned = filter.isPinned {
      require(isPinned ? "(i.pinned = 1 OR i.status = 'pinned')" : "i.pinned = 0 AND i.status <> 'pinned'")
    }
    if let isEphemeral = filter.isEphemeral { require("i.ephemeral = \(isEphemeral ? 1 : 0)") }
    if filter.isDeferred { require("(i.status = 'deferred' OR i.defer_until IS NOT NULL)") }
    if filter.isOverdue {
      require("i.due_at < \(bind(now))")
      require("i.status NOT IN (SELECT status FROM status_categories WHERE category = 'done')")
    }
    if !filter.ids.isEmpty { require(selective: "i.id IN \(bind(list: filter.ids.map(\.rawValue)))") }
    if !filter.types.isEmpty { require("i.issue_type IN \(bind(list: filter.types.map(\.rawValue)))") }
    if !filter.excludedTypes.isEmpty {
      require("i.issue_type NOT IN \(bind(list: filter.excludedTypes.map(\.rawValue)))")
    }
    if let molType = filter.molType {
      // An issue without a kind is work.
      require("coalesce(nullif(i.mol_type, ''), 'work') = \(bind(molType))")
    }
    if let wispType = filter.wispType { require("i.wisp_type = \(bind(wispType))") }
  }

  fileprivate mutating func addPriorityAndPeople(_ filter: IssueFilter) {
    if !filter.priorities.isEmpty {
      let list = filter.priorities.map { bind($0) }.joined(separator: ", ")
      require("i.priority IN (\(list))")
    }
    if let minimum = filter.minimumPriority { require("i.priority >= \(bind(minimum))") }
    if let maximum = filter.maximumPriority { require("i.priority <= \(bind(maximum))") }
    switch filter.assignee {
    case .anyone: break
    // Of ready work only what a lease left behind is in progress.
    case .nobody:
      require(filter.readiness == nil ? "i.assignee = ''" : "(i.assignee = '' OR i.status = 'in_progress')")
    // The second term lets SQLite use the partial index.
    case .named(let name): require(selective: "i.assignee = \(bind(name)) AND i.assignee <> ''")
    }
  }

  fileprivate mutating func addTimes(_ filter: IssueFilter) {
    let windows = [
      ("created_at", filter.created), ("updated_at", filter.updated), ("closed_at", filter.closed),
      ("due_at", filter.due), ("defer_until", filter.deferred),
    ]
    for (column, window) in windows {
      if let after = window.after { require("i.\(column) > \(bind(after))") }
      if let before = window.before { require("i.\(column) < \(bind(before))") }
    }
  }

  fileprivate mutating func addPlace(_ place: IssueFilter.Place) {
    switch place {
    case .anywhere: break
    case .top:
      require(
        "NOT EXISTS (SELECT 1 FROM dependencies p WHERE p.issue_id = i.id AND p.type = 'parent-child')")
    case .children(let parent):
      require(
        selective: """
          i.id IN (SELECT issue_id FROM dependencies
            WHERE depends_on_id = \(bind(parent.rawValue)) AND type = 'parent-child')
          """)
    case .descendants(let ancestor):
      let root = bind(ancestor.rawValue)
      require(
        selective: """
          i.id IN (WITH RECURSIVE below (id) AS (
              SELECT \(root)
              UNION
              SELECT p.issue_id FROM below b JOIN dependencies p
                ON p.depends_on_id = b.id AND p.type = 'parent-child')
            SELECT id FROM below WHERE id <> \(root))
          """)
    }
  }

  fileprivate mutating func addMetadata(_ filter: IssueFilter) {
    for field in filter.metadata { require(metadataMember(field.key, is: field.value)) }
    if let key = filter.metadataKey { require(hasMetadataKey(key)) }
  }

  /// The condition that a member of the metadata has a value.
  mutating func metadataMember(_ key: String, is value: String) -> String {
    let path = bind("$.\"\(key)\"")
    return """
      coalesce(CASE WHEN json_valid(i.metadata) THEN
        CASE json_type(i.metadata, \(path)) WHEN 'text' THEN i.metadata ->> \(path) ELSE i.metadata -> \(path) END
        END = \(bind(value)), 0)
      """
  }

  /// The condition that the metadata has a member.
  mutating func hasMetadataKey(_ key: String) -> String {
    let path = bind("$.\"\(key)\"")
    return "CASE WHEN json_valid(i.metadata) THEN json_type(i.metadata, \(path)) END IS NOT NULL"
  }
}
