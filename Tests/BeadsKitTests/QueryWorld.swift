import BeadsKit
import BeadsModel
import BeadsTesting

@testable import BeadsStore

/// A store of random issues of every kind and state, as foreign files bring them.
final class QueryWorld {
  let project: TestProject
  let store: Store
  private(set) var issues: [BeadsModel.Issue] = []
  private(set) var byID: [IssueID: BeadsModel.Issue] = [:]
  private(set) var blocked: Set<IssueID> = []
  var random: TestRandom

  /// What the clock of the project says, to the second.
  static let now = Timestamp(seconds: 1_772_442_000)

  init(seed: UInt64, count: Int = 120) throws {
    random = TestRandom(seed: seed)
    project = try TestProject()
    store = try project.makeStore()
    try store.write("config") { transaction throws(BeadsError) in
      try transaction.setConfig("status.custom", "next:active,review:wip,shipped:done,parked:frozen,odd")
      try transaction.setConfig("types.custom", "convoy")
    }
    for number in 0..<count { issues.append(makeIssue(number)) }
    let lines = issues.sorted { $0.id < $1.id }.map { $0.jsonLine + "\n" }.joined()
    try FileSystem.replace(project.location.jsonlPath, with: Array(lines.utf8))
    _ = try store.importChanges()
    issues = try store.issues(issues.map(\.id))
    for issue in issues { byID[issue.id] = issue }
    for issue in issues where try store.isBlocked(issue.id) { blocked.insert(issue.id) }
  }

  func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }

  func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  /// A time within two hundred hours of now, never now itself: the clock moves whenever it is read.
  func time() -> Timestamp {
    Self.now.adding(seconds: Int64(Int.random(in: -200..<200, using: &random)) * 3600 + 1800)
  }

  static let statuses = [
    "open", "open", "open", "open", "in_progress", "blocked", "hooked", "deferred", "deferred", "pinned",
    "closed", "closed", "tombstone", "next", "review", "shipped", "parked", "odd", "martian",
  ].map(Status.init(rawValue:))
  static let types = [
    "task", "task", "task", "bug", "feature", "epic", "gate", "message", "molecule", "agent", "convoy",
    "alien",
  ].map(IssueType.init(rawValue:))
  static let labels = ["backend", "front_end", "tech-debt", "100%", "ui", "gt:agent"]
  static let people = ["", "", "alice", "bob", "rig/polecats/Ädam"]
  static let words = [
    "login", "LOGIN", "Token", "cache", "100%", "a_b", "aXb", "Straße", "größe", "ÄRGER", "c:\\dir",
    "\"quoted\"",
    "日本語", "ab", "z",
  ]

  func text(_ count: Int) -> String { (0..<count).map { _ in pick(Self.words) }.joined(separator: " ") }

  private func makeIssue(_ number: Int) -> BeadsModel.Issue {
    let infix = pick(["", "", "", "", "", "wisp-", "mol-"])
    var issue = BeadsModel.Issue(
      id: IssueID(unchecked: "t-\(infix)\(number)q"), title: text(Int.random(in: 1...4, using: &random)),
      createdAt: time())
    issue.updatedAt = max(issue.createdAt, time())
    issue.status = pick(Self.statuses)
    issue.type = pick(Self.types)
    issue.priority = Int.random(in: 0...4, using: &random)
    issue.assignee = pick(Self.people)
    issue.labels = Set(Self.labels.filter { _ in chance(20) }).sorted()
    issue.isPinned = chance(5)
    issue.isTemplate = chance(5)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: issue.isEphemeral = true
    case 1: issue.hasNoHistory = true
    default: break
    }
    if chance(60) { issue.description = text(6) }
    if chance(20) { issue.notes = text(3) }
    if chance(20) { issue.externalRef = "gh-\(number)" }
    if chance(20) { issue.specID = pick(["specs/a%.md", "specs/b.md", "Specs/c.md"]) }
    if chance(25) { issue.deferUntil = time() }
    if chance(25) { issue.dueAt = time() }
    if issue.status == .closed { issue.closedAt = max(issue.createdAt, time()) }
    if issue.status == .tombstone { issue.deletedAt = time() }
    if chance(20) { issue.molType = pick(["swarm", "patrol", "work"]) }
    if chance(20) { issue.wispType = pick(["patrol", "heartbeat"]) }
    if chance(30) { issue.metadata = pick(Self.metadata) }
    issue.dependencies = makeEdges(of: issue, number)
    if chance(20) {
      let comment = Comment(issueID: issue.id, author: "bob", text: text(2), createdAt: time())
      issue.comments = [comment]
    }
    return issue
  }

  static let metadata = [
    #"{"team":"core","n":7}"#, #"{"team":"Core","flag":true}"#, #"{"n":"7","none":null}"#, #"[1,2]"#,
    #"{"a.b":1.5}"#,
  ]

  private func makeEdges(of issue: BeadsModel.Issue, _ number: Int) -> [Dependency] {
    guard number > 0, issue.status != .tombstone else { return [] }
    var edges: [Dependency.Key: Dependency] = [:]
    for _ in 0..<pick([0, 0, 1, 1, 2]) {
      let target = chance(8) ? IssueID(unchecked: "external:other:login") : pick(issues).id
      let type: DependencyType = pick([
        .blocks, .blocks, .related, .related, .related, .conditionalBlocks, .waitsFor,
      ])
      let edge = Dependency(issue.id, dependsOn: target, type: type, createdAt: Self.now)
      edges[edge.key] = edge
    }
    if chance(30) {
      let edge = Dependency(issue.id, dependsOn: pick(issues).id, type: .parentChild, createdAt: Self.now)
      edges[edge.key] = edge
    }
    return edges.values.sorted { ($0.dependsOnID, $0.type.rawValue) < ($1.dependsOnID, $1.type.rawValue) }
  }
}
