import BeadsKit
import BeadsTesting
import Testing

/// Filters that nothing can match, and malformed terms, are errors everywhere and not empty answers.
@Suite struct QueryValidationTests {
  private static let early = Timestamp(seconds: 1000)
  private static let late = Timestamp(seconds: 2000)
  private static let reversed = IssueFilter.TimeWindow(after: late, before: early)

  typealias Edit = @Sendable (inout IssueFilter) -> Void

  static let contradictions: [(name: String, edit: Edit)] = [
    ("priority", { $0.priorities = [5] }), ("priority", { $0.priorities = [-1] }),
    ("priority", { $0.minimumPriority = 7 }),
    ("minimum priority", { ($0.minimumPriority, $0.maximumPriority) = (3, 1) }),
    ("not between minimum", { ($0.priorities, $0.maximumPriority) = ([4], 2) }),
    ("created after", { $0.created = reversed }), ("updated after", { $0.updated = reversed }),
    ("closed after", { $0.closed = reversed }), ("due after", { $0.due = reversed }),
    ("deferred after", { $0.deferred = reversed }),
    ("label must not be empty", { $0.labels = [" "] }), ("label must not be empty", { $0.anyLabels = [""] }),
    ("without labels", { ($0.hasNoLabels, $0.labels) = (true, ["a"]) }),
    ("without labels", { ($0.hasNoLabels, $0.labelPattern) = (true, "a*") }),
    ("label \"a\"", { ($0.labels, $0.excludedLabels) = (["b", "a"], ["a"]) }),
    ("label \"a\"", { ($0.anyLabels, $0.excludedLabels) = (["a"], ["a"]) }),
    ("type \"bug\"", { ($0.types, $0.excludedTypes) = ([.bug], [.bug]) }),
    ("description", { ($0.hasNoDescription, $0.descriptionContains) = (true, "x") }),
    ("text to search", { $0.text = " \n" }), ("no status", { $0.statuses = .any([]) }),
    ("metadata key", { $0.metadataKey = "a b" }), ("metadata key", { $0.metadataKey = "" }),
    ("metadata key", { $0.metadata = [IssueFilter.MetadataField(key: "x\"", value: "")] }),
    ("regular expression", { $0.labelExpression = "(" }),
    ("ready work", { ($0.readiness, $0.statuses) = (IssueFilter.Readiness(), .any([.open])) }),
    ("ready work", { ($0.readiness, $0.isBlocked) = (IssueFilter.Readiness(), true) }),
    ("ready work", { ($0.readiness, $0.isPinned) = (IssueFilter.Readiness(), true) }),
    ("ready work", { ($0.readiness, $0.isEphemeral) = (IssueFilter.Readiness(), true) }),
    ("ready work", { ($0.readiness, $0.closed.after) = (IssueFilter.Readiness(), early) }),
  ]

  @Test(arguments: contradictions.indices) func contradictionIsRefused(index: Int) throws {
    let (name, edit) = Self.contradictions[index]
    let store = try TestProject().makeStore()
    var filter = IssueFilter()
    edit(&filter)
    let attempts: [() throws -> Void] = [
      { _ = try store.issues(matching: filter) }, { _ = try store.count(filter) },
      { _ = try store.counts(filter, by: .type) },
    ]
    for attempt in attempts {
      let error = #expect(throws: BeadsError.self, performing: attempt)
      #expect(error?.code == .invalid)
      #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
    }
  }

  static let possible: [Edit] = [
    { ($0.minimumPriority, $0.maximumPriority) = (2, 2) },
    { $0.created = IssueFilter.TimeWindow(after: early, before: early) },
    { ($0.anyLabels, $0.excludedLabels) = (["a", "b"], ["a"]) },
    { ($0.priorities, $0.maximumPriority) = ([1, 4], 2) },
    { $0.metadataKey = "_a.B9" },
    { ($0.readiness, $0.isEphemeral) = (IssueFilter.Readiness(includesEphemeral: true), true) },
    { ($0.readiness, $0.isPinned) = (IssueFilter.Readiness(), false) },
  ]

  @Test(arguments: possible.indices) func whatCanMatchIsAccepted(index: Int) throws {
    let store = try TestProject().makeStore()
    var filter = IssueFilter()
    Self.possible[index](&filter)
    #expect(try store.count(filter) == 0)
  }

  @Test func negativeLimitIsRefused() throws {
    let store = try TestProject().makeStore()
    #expect(throws: BeadsError.self) { try store.issues(matching: IssueFilter(), limit: -1) }
  }

  @Test(arguments: ["", "-", "importance", "Priority", "--created"]) func unknownOrderIsRefused(text: String)
  {
    let error = #expect(throws: BeadsError.self) { try IssueOrder(parsing: text) }
    #expect(
      error?.hint?.contains("priority, created, updated, closed, status, id, title, type, assignee") == true)
  }

  @Test func aMinusMeansDescending() throws {
    #expect(try IssueOrder(parsing: "-created") == IssueOrder(.created))
    #expect(try IssueOrder(parsing: "created") == IssueOrder(.created, isDescending: true))
    #expect(try IssueOrder(parsing: "title").reversed == IssueOrder(parsing: "-title"))
    #expect(try IssueOrder(parsing: "updated").directed(isDescending: false) == IssueOrder(.updated).reversed)
  }

  /// Search finds the text as it stands: nothing in it is a pattern, an operator or SQL.
  @Test(arguments: ["%", "_", "\\", "\"", "'", "*", "a OR b", "title:x", "NEAR(", "';--", "ß", "É", "日本"])
  func searchTextIsNoPattern(text: String) throws {
    let store = try TestProject().makeStore()
    let hit = "before \(text) after"
    try store.write("create") { transaction throws(BeadsError) in
      for title in [hit, "plain words without", "another X plain title"] {
        try transaction.create(IssueDraft(title: title))
      }
    }
    for needle in [text, hit.uppercased().contains("SS") ? hit : hit.uppercased()] {
      var filter = IssueFilter.everything
      filter.text = needle
      #expect(try store.issues(matching: filter, order: .relevance).map(\.title) == [hit], "\(needle)")
    }
  }

  @Test func relevancePutsIDAndTitleFirst() throws {
    let store = try TestProject().makeStore()
    try store.write("create") { transaction throws(BeadsError) in
      var inText = IssueDraft(title: "urgent")
      inText.description = "about t-login"
      inText.priority = 0
      try transaction.create(inText)
      try transaction.create(IssueDraft(title: "T-LOGIN is broken"))
      var itself = IssueDraft(title: "something else")
      itself.id = try IssueID("t-login")
      itself.priority = 4
      try transaction.create(itself)
    }
    var filter = IssueFilter.everything
    filter.text = "t-login"
    let titles = try store.issues(matching: filter, order: .relevance).map(\.title)
    #expect(titles == ["something else", "T-LOGIN is broken", "urgent"])
  }
}
