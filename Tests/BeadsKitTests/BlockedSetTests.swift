import BeadsFormats
import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// The blocked set that changes keep equals the one computed from nothing, and both equal contract 5.2.
@Suite struct BlockedSetTests {
  @Test(arguments: [11, 12, 13, 14, 15, 16, 17, 18] as [UInt64]) func incrementalEqualsWhole(seed: UInt64)
    throws
  {
    let project = try TestProject()
    let store = try project.makeStore()
    var world = RandomWorld(seed: seed)
    try store.write("config") { transaction throws(BeadsError) in
      try transaction.setConfig("status.custom", "shipped:done,review:wip,parked:frozen,odd")
      for _ in 0..<6 { try world.create(&transaction) }
    }
    for round in 0..<60 {
      let count = Int.random(in: 1...6, using: &world.random)
      try store.write("change") { transaction throws(BeadsError) in
        for _ in 0..<count { try world.change(&transaction) }
      }
      let issues = try store.issues(world.ids)
      let expected = NaiveBlocking(issues)
      let kept = try store.blockedRows()
      #expect(kept == expected.rows, "round \(round) after \(world.log.suffix(count))")
      if round % 10 == 9 { #expect(try store.rebuiltRows() == kept) }
      if kept != expected.rows { return }
    }
  }

  /// One issue is looked at by a few look-ups, whatever the size of the store.
  @Test(arguments: [BlockedSet.membership, "SELECT issue_id FROM waits WHERE spawner_id = ?1"])
  func lookUpsScanNoEdges(_ sql: String) throws {
    let store = try TestProject().makeStore()
    let plan = try store.connection.all("EXPLAIN QUERY PLAN " + sql, "t-1") { $0.text(3) }
    #expect(!plan.isEmpty)
    #expect(plan.filter { $0.hasPrefix("SCAN d") || $0.hasPrefix("SCAN w") }.isEmpty)
  }

  @Test func circleOfParentsDoesNotHoldItself() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("test") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for number in 0..<4 { ids.append(try transaction.create(IssueDraft(title: "\(number)")).id) }
      for index in 0..<3 {
        try transaction.addDependency(
          ids[index], dependsOn: ids[(index + 1) % 3], type: .parentChild, checksCycles: false)
      }
      try transaction.addDependency(ids[0], dependsOn: ids[3])
    }
    #expect(try store.blockedRows().count == 3)
    let blocker = try #require(try store.issues(where: "title = '3'").first)
    try store.write("close") { transaction throws(BeadsError) in
      try transaction.update(blocker.id) { $0.status = .closed }
    }
    #expect(try store.blockedRows().isEmpty)
  }
}

extension Store {
  /// The members of the kept set and whether each has a blocker of its own.
  fileprivate func blockedRows() throws(BeadsError) -> [String: Bool] {
    var rows: [String: Bool] = [:]
    try connection.query("SELECT issue_id, is_direct FROM blocked_issues_cache") { row throws(BeadsError) in
      rows[row.text(0)] = row.bool(1)
    }
    return rows
  }

  /// The same computed from nothing, without keeping it.
  fileprivate func rebuiltRows() throws(BeadsError) -> [String: Bool] {
    try connection.execute("BEGIN")
    try BlockedSet(connection: connection).rebuild()
    let rows = try blockedRows()
    try connection.execute("ROLLBACK")
    return rows
  }
}

/// Contract 5.2 written as plainly as possible.
private struct NaiveBlocking {
  private var byID: [IssueID: BeadsModel.Issue] = [:]

  init(_ issues: [BeadsModel.Issue]) { for issue in issues { byID[issue.id] = issue } }

  /// The members, and whether they have a blocker of their own.
  var rows: [String: Bool] {
    var direct = Set(byID.values.filter { isLive($0) && $0.dependencies.contains(where: blocks) }.map(\.id))
    let own = direct
    var found = true
    while found {
      found = false
      for issue in byID.values where isLive(issue) && !direct.contains(issue.id) {
        if issue.dependencies.contains(where: { $0.type == .parentChild && direct.contains($0.dependsOnID) })
        {
          direct.insert(issue.id)
          found = true
        }
      }
    }
    return Dictionary(uniqueKeysWithValues: direct.map { ($0.rawValue, own.contains($0)) })
  }

  private func isFinished(_ issue: BeadsModel.Issue) -> Bool {
    issue.isPinned || ["closed", "tombstone", "pinned", "shipped"].contains(issue.status.rawValue)
  }

  private func isLive(_ issue: BeadsModel.Issue) -> Bool { !isFinished(issue) && !issue.isTemplate }

  private func blocks(_ edge: Dependency) -> Bool {
    let isBlocking = [.blocks, .conditionalBlocks, .waitsFor].contains(edge.type)
    if edge.dependsOnID.rawValue.hasPrefix("external:") { return isBlocking }
    switch edge.type {
    case .blocks: return byID[edge.dependsOnID].map { !isFinished($0) } ?? false
    case .conditionalBlocks:
      guard let target = byID[edge.dependsOnID] else { return false }
      if target.isPinned || target.status == .tombstone || target.status == .pinned { return false }
      return !(isFinished(target) && hasFailed(target.closeReason))
    case .waitsFor: return isWaiting(edge)
    default: return false
    }
  }

  private func hasFailed(_ reason: String) -> Bool {
    let words = [
      "failed", "rejected", "wontfix", "won't fix", "canceled", "cancelled", "abandoned", "blocked", "error",
      "timeout", "aborted",
    ]
    return words.contains { reason.lowercased().contains($0) }
  }

  private func isWaiting(_ edge: Dependency) -> Bool {
    let metadata = JSONValue(parsing: edge.metadata)
    let spawnerID = metadata?["spawner_id"]?.stringValue.flatMap { IssueID(rawValue: $0) } ?? edge.dependsOnID
    guard let spawner = byID[spawnerID], !isFinished(spawner) else { return false }
    let children = byID.values.filter { issue in
      issue.dependencies.contains { $0.type == .parentChild && $0.dependsOnID == spawnerID }
    }
    if children.isEmpty { return true }
    if metadata?["gate"]?.stringValue == "any-children" { return !children.contains(where: isFinished) }
    return !children.allSatisfy(isFinished)
  }
}

/// A store's worth of random changes, remembered for the failure message.
private struct RandomWorld {
  var random: TestRandom
  private(set) var ids: [IssueID] = []
  private(set) var log: [String] = []

  init(seed: UInt64) { random = TestRandom(seed: seed) }

  private mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }

  mutating func create(_ transaction: inout Transaction) throws(BeadsError) {
    var draft = IssueDraft(title: "Issue \(ids.count)")
    if !ids.isEmpty, pick([true, false]) {
      let parent = pick(ids)
      if let number = try? transaction.create(child(of: parent, draft)) {
        ids.append(number.id)
        log.append("create \(number.id)")
        return
      }
    }
    draft.id = try IssueID("t-\(ids.count)x")
    ids.append(try transaction.create(draft).id)
    log.append("create \(ids[ids.count - 1])")
  }

  private func child(of parent: IssueID, _ draft: IssueDraft) -> IssueDraft {
    var draft = draft
    draft.parent = parent
    return draft
  }

  /// One random change; what the rules refuse counts as none.
  mutating func change(_ transaction: inout Transaction) throws(BeadsError) {
    let id = pick(ids)
    do throws(BeadsError) {
      switch Int.random(in: 0..<20, using: &random) {
      case 0, 1: try create(&transaction)
      case 2...8: try link(id, &transaction)
      case 9, 10: try unlink(id, &transaction)
      case 11:
        let parent = pick([true, false, false]) ? nil : pick(ids)
        log.append("move \(id) \(parent?.rawValue ?? "out")")
        try transaction.setParent(of: id, to: parent)
      case 12: try set(id, "pinned", &transaction) { $0.isPinned.toggle() }
      case 13: try set(id, "template", &transaction) { $0.isTemplate.toggle() }
      case 14: try delete(id, &transaction)
      default: try setStatus(id, &transaction)
      }
    } catch { log[log.count - 1] += " refused" }
  }

  private mutating func link(_ id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    let foreign = ["external:other:login", "zz-1"].compactMap { IssueID(rawValue: $0) }
    let target = Int.random(in: 0..<12, using: &random) == 0 ? pick(foreign) : pick(ids)
    let type: DependencyType = pick([
      .blocks, .blocks, .conditionalBlocks, .waitsFor, .waitsFor, .parentChild, .related,
    ])
    let metadata = pick([
      "", #"{"gate":"all-children"}"#, #"{"gate":"any-children"}"#, #"{"spawner_id":"\#(pick(ids))"}"#,
      #"{"gate":"any-children","spawner_id":"\#(pick(ids))"}"#, #"["gate"]"#, #""text""#,
    ])
    let checks = Int.random(in: 0..<5, using: &random) > 0
    log.append("add \(id) \(type) \(target) \(metadata) \(checks)")
    try transaction.addDependency(
      id, dependsOn: target, type: type, metadata: type == .waitsFor ? metadata : "", checksCycles: checks)
  }

  private mutating func unlink(_ id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    guard let issue = try transaction.store.issue(id), !issue.dependencies.isEmpty else { return }
    let edge = pick(issue.dependencies)
    log.append("remove \(id) \(edge.dependsOnID)")
    try transaction.removeDependency(id, dependsOn: edge.dependsOnID)
  }

  private mutating func set(
    _ id: IssueID, _ what: String, _ transaction: inout Transaction, _ edit: (inout BeadsModel.Issue) -> Void
  ) throws(BeadsError) {
    log.append("\(what) \(id)")
    try transaction.update(id) { edit(&$0) }
  }

  private mutating func delete(_ id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    let keepsEdges = pick([true, false])
    try set(id, "delete", &transaction) { issue in
      issue.status = .tombstone
      issue.deletedAt = Timestamp(seconds: 1)
      if !keepsEdges { issue.dependencies = [] }
    }
  }

  private mutating func setStatus(_ id: IssueID, _ transaction: inout Transaction) throws(BeadsError) {
    let status: Status = Status(
      rawValue: pick([
        "open", "open", "in_progress", "blocked", "deferred", "hooked", "closed", "closed", "closed",
        "pinned",
        "shipped", "review", "parked", "odd",
      ]))
    let reason = pick(["Done", "Tests FAILED again", "won't fix", "Timeout"])
    try set(id, "\(status) (\(reason))", &transaction) { issue in
      issue.status = status
      if status == .closed { issue.closeReason = reason }
    }
  }
}
