import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// Every filter finds what a plain reading of its terms finds, in the order asked for.
@Suite struct QueryFilterTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func randomFiltersAgreeWithTheModel(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    for round in 0..<60 {
      let filter = world.randomFilter()
      do throws(BeadsError) { try filter.validate() } catch { continue }
      let found = try world.store.issues(matching: filter, order: IssueOrder(.id))
      #expect(found.map(\.id) == world.expected(filter).map(\.id), "round \(round): \(filter)")
      #expect(try world.store.count(filter) == found.count)
    }
  }

  /// One term at a time over whole stores, so that none hides behind another.
  @Test func eachTermAgreesWithTheModel() throws {
    let world = try QueryWorld(seed: 77, count: 160)
    for (name, edit) in QueryWorld.terms {
      for base in [IssueFilter(), IssueFilter.everything] {
        var matches = 0
        for _ in 0..<6 {
          var filter = base
          edit(&filter, world)
          let found = try world.store.issues(matching: filter, order: IssueOrder(.id))
          #expect(found.map(\.id) == world.expected(filter).map(\.id), "\(name): \(filter)")
          matches += found.count
        }
        #expect(matches > 0, "\(name) never matched, so it was not tested")
      }
    }
  }

  @Test func issuesComeWhole() throws {
    let world = try QueryWorld(seed: 2)
    let found = try world.store.issues(matching: .everything, order: IssueOrder(.id))
    #expect(found == world.expected(.everything))
  }

  @Test(arguments: IssueOrder.Key.allCases) func ordersAreTotalAndLimitsAreBeginnings(key: IssueOrder.Key)
    throws
  {
    let world = try QueryWorld(seed: 5)
    for order in [IssueOrder(key), IssueOrder(key).reversed, .urgency, .hybrid, .oldest] {
      for filter in [IssueFilter(), .everything] {
        let all = try world.store.issues(matching: filter, order: order)
        #expect(all.map(\.id) == world.sorted(world.expected(filter), by: order).map(\.id), "\(order)")
        for limit in [0, 1, 7, 50, 1000] {
          let some = try world.store.issues(matching: filter, order: order, limit: limit)
          #expect(some.map(\.id) == all.prefix(limit).map(\.id))
        }
      }
    }
  }

  @Test(arguments: IssueGrouping.allCases) func groupsAgreeWithTheModel(grouping: IssueGrouping) throws {
    let world = try QueryWorld(seed: 6)
    for filter in [IssueFilter(), .everything] {
      var expected: [String: Int] = [:]
      for issue in world.expected(filter) {
        for name in world.groups(of: issue, grouping) { expected[name, default: 0] += 1 }
      }
      let found = try world.store.counts(filter, by: grouping)
      #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.count) }) == expected)
      #expect(
        found.map(\.name) == found.map(\.name).sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) })
    }
  }

  @Test func countsAgreeWithTheModel() throws {
    let world = try QueryWorld(seed: 8, count: 200)
    let counts = try world.store.counts(for: world.issues.map(\.id) + [IssueID("t-none")])
    let targets = world.issues.flatMap { $0.dependencies.map(\.dependsOnID) }
    for issue in world.issues {
      var expected = IssueCounts()
      expected.dependencies = issue.dependencies.count
      expected.dependents = targets.count { $0 == issue.id }
      expected.comments = issue.comments.count
      expected.parent = issue.parentID
      #expect(counts[issue.id] == expected, "\(issue.id)")
    }
    #expect(counts[try IssueID("t-none")] == IssueCounts())
  }

  @Test func childrenAreOldestFirstAndOfAnyState() throws {
    let world = try QueryWorld(seed: 9)
    for parent in world.issues {
      let expected = world.issues.filter { world.parents(of: $0).contains(parent.id) && !$0.isTombstone }
      let found = try world.store.childIssues(of: parent.id)
      #expect(found.map(\.id) == world.sorted(expected, by: .oldest).map(\.id))
    }
    #expect(throws: BeadsError.self) { try world.store.childIssues(of: IssueID("t-none")) }
  }

  @Test func staleIssuesAreOldestFirst() throws {
    let world = try QueryWorld(seed: 10, count: 200)
    let found = try world.store.staleIssues(days: 3)
    let edge = QueryWorld.now.adding(seconds: -3 * 86_400)
    #expect(!found.isEmpty && found.allSatisfy { $0.updatedAt < edge && !$0.isEphemeral })
    #expect(found.allSatisfy { [.open, .inProgress].contains(world.effectiveStatus($0)) })
    #expect(found.map(\.updatedAt) == found.map(\.updatedAt).sorted())
    for days in [0, -1] { #expect(throws: BeadsError.self) { try world.store.staleIssues(days: days) } }
  }
}

extension QueryWorld {
  func groups(of issue: BeadsModel.Issue, _ grouping: IssueGrouping) -> [String] {
    switch grouping {
    case .status: [effectiveStatus(issue).rawValue]
    case .priority: ["P\(issue.priority)"]
    case .type: [issue.type.rawValue]
    case .assignee: [issue.assignee.isEmpty ? "(unassigned)" : issue.assignee]
    case .label: issue.labels.isEmpty ? ["(no labels)"] : issue.labels
    }
  }

  func sorted(_ issues: [BeadsModel.Issue], by order: IssueOrder) -> [BeadsModel.Issue] {
    issues.sorted { a, b in
      for (x, y) in zip(key(a, order), key(b, order)) where x != y { return x < y }
      return a.id < b.id
    }
  }

  /// Numbers and texts whose order is that of the issues; none stands for absent, which comes last.
  private func key(_ issue: BeadsModel.Issue, _ order: IssueOrder) -> [SortPart] {
    let byPriority = [SortPart(issue.priority), SortPart(-issue.createdAt.seconds)]
    switch order.form {
    case .urgency: return [SortPart(issue.priority), SortPart(issue.createdAt.seconds)]
    case .relevance: return byPriority
    case .hybrid:
      let isNew = issue.createdAt > Self.now.adding(seconds: -48 * 3600)
      return [SortPart(isNew ? issue.priority : 9), SortPart(issue.createdAt.seconds)]
    case .key(let key, let isDescending):
      switch key {
      case .priority: return [SortPart(issue.priority, isDescending), byPriority[1]]
      case .created: return [SortPart(issue.createdAt.seconds, isDescending)]
      case .updated: return [SortPart(issue.updatedAt.seconds, isDescending)]
      case .closed: return [SortPart(issue.closedAt?.seconds, isDescending)]
      case .id: return [SortPart(text: issue.id.rawValue, isDescending)]
      case .status: return [SortPart(text: issue.status.rawValue, isDescending)] + byPriority
      case .type: return [SortPart(text: issue.type.rawValue, isDescending)] + byPriority
      case .assignee:
        return [SortPart(text: issue.assignee.isEmpty ? nil : issue.assignee, isDescending)] + byPriority
      case .title:
        let folded = String(
          decoding: issue.title.utf8.map { $0 | ((65...90).contains($0) ? 0x20 : 0) }, as: UTF8.self)
        return [SortPart(text: folded, isDescending)] + byPriority
      }
    }
  }
}

/// A value to sort by, turned round if asked for.
private struct SortPart: Comparable {
  private var number: Int64?
  private var text: [UInt8]?
  private var isDescending = false

  init(_ number: (some BinaryInteger)?, _ isDescending: Bool = false) {
    self.number = number.map { Int64($0) }
    self.isDescending = isDescending
  }

  init(text: String?, _ isDescending: Bool) {
    self.text = text.map { Array($0.utf8) }
    self.isDescending = isDescending
  }

  private var isAbsent: Bool { number == nil && text == nil }

  static func < (a: SortPart, b: SortPart) -> Bool {
    if a.isAbsent || b.isAbsent { return !a.isAbsent }
    let (x, y) = a.isDescending ? (b, a) : (a, b)
    if let left = x.number, let right = y.number { return left < right }
    return (x.text ?? []).lexicographicallyPrecedes(y.text ?? [])
  }

  static func == (a: SortPart, b: SortPart) -> Bool { a.number == b.number && a.text == b.text }
}
