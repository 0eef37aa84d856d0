import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// Ready, blocked and explained work agree with a plain reading of the contract and with each other.
@Suite struct QueryReadyTests {
  @Test(arguments: [21, 22, 23, 24, 25, 26] as [UInt64]) func readyAgreesWithTheModel(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    for policy in ReadyQuery.Policy.allCases {
      for round in 0..<8 {
        var query = ReadyQuery()
        query.policy = policy
        query.limit = nil
        query.readiness.includesDeferred = round & 1 > 0
        query.readiness.includesEphemeral = round & 2 > 0
        if round & 4 > 0 { query.filter.types = [.gate, .task] }
        let expected = world.issues.filter { issue in
          let types = query.filter.types
          return (types.isEmpty || types.contains(issue.type))
            && world.isReady(issue, query.readiness, types: types)
        }
        let found = try world.store.ready(query)
        #expect(found.map(\.id) == world.sorted(expected, by: policy.order).map(\.id), "\(query)")
        // Edge case 9: `list --ready` in its own order is the same set.
        let listed = try world.store.issues(matching: query.matching, order: IssueOrder(.id))
        #expect(Set(listed.map(\.id)) == Set(found.map(\.id)))
        query.limit = 3
        #expect(try world.store.ready(query).map(\.id) == found.prefix(3).map(\.id))
      }
    }
  }

  @Test func aShortReadyListReadsTheIndexInOrder() throws {
    let world = try QueryWorld(seed: 30)
    let condition = try world.store.condition(ReadyQuery().matching)
    let plan = IssuePlan(condition, .priority, limit: 100)
    let steps = try world.store.connection.withStatement("EXPLAIN QUERY PLAN " + plan.sql) {
      statement throws(BeadsError) in
      try statement.bind(plan.values)
      var steps: [String] = []
      while try statement.step() { steps.append(statement.row.text(3)) }
      return steps
    }
    let searches = steps.filter { $0.contains("idx_issues_status_priority (status=?)") }
    #expect(searches.count == condition.statusBranches.count, "\(steps)")
    // Only equal priorities and moments are sorted, by ID; nothing reads all issues or sorts all that are open.
    #expect(!steps.contains { $0.hasPrefix("SCAN i") || $0.hasSuffix("B-TREE FOR ORDER BY") }, "\(steps)")
  }

  @Test(arguments: [31, 32, 33] as [UInt64]) func eachClaimTakesAnotherIssue(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    var query = ReadyQuery()
    query.filter.assignee = .nobody
    query.limit = nil
    let waiting = try world.store.ready(query).map(\.id)
    var claimed: [IssueID] = []
    while true {
      let next = try world.store.write("claim") { transaction throws(BeadsError) in
        try transaction.claimNext(ReadyQuery())
      }
      guard let next else { break }
      #expect(next.assignee == "alice" && next.status == .inProgress && next.startedAt != nil)
      #expect(try world.store.issue(next.id) == next)
      claimed.append(next.id)
    }
    #expect(!claimed.isEmpty && claimed == waiting)
  }

  @Test(arguments: [41, 42, 43] as [UInt64]) func blockedNamesEveryMemberAndItsReason(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    let blocked = try world.store.blocked()
    #expect(!blocked.isEmpty && Set(blocked.map(\.issue.id)) == world.blocked)
    #expect(blocked.map(\.issue.id) == world.sorted(blocked.map(\.issue), by: .urgency).map(\.id))
    for one in blocked {
      #expect(one.blockers == Set(try world.store.activeBlockers(of: one.issue.id).map(\.blockerID)).sorted())
      #expect(one.blockedParents == world.parents(of: one.issue).filter(world.blocked.contains).sorted())
      #expect(!one.blockedBy.isEmpty)
    }
    // Edge case 4: filtering by status gives the same set and those whose status says so.
    var filter = IssueFilter.everything
    filter.statuses = .any([.blocked])
    let stored = world.issues.filter { $0.status == .blocked }.map(\.id)
    #expect(Set(try world.store.issues(matching: filter).map(\.id)) == world.blocked.union(stored))
    // What an issue keeps others from is the same edges seen from the other end.
    let ids = world.issues.map(\.id)
    let forward = try world.store.activeBlockers(of: ids).values.joined()
    let backward = try world.store.activeDependents(of: ids).values.joined()
    #expect(Set(forward.filter { !$0.blockerID.isExternal }) == Set(backward))
  }

  @Test func explanationCoversReadyAndBlocked() throws {
    let world = try QueryWorld(seed: 51, count: 200)
    var query = ReadyQuery()
    query.limit = 5
    let report = try world.store.explainReady(query)
    #expect(report.ready.map(\.issue) == (try world.store.ready(query)))
    #expect(report.readyCount == (try world.store.count(query.matching)))
    #expect(report.readyCount > 5)
    for ready in report.ready {
      let types: [DependencyType] = [.blocks, .conditionalBlocks, .waitsFor]
      let targets = ready.issue.dependencies.filter { types.contains($0.type) }.map(\.dependsOnID)
      #expect(ready.resolvedBlockers == Set(targets).sorted())
    }
    for one in report.blocked {
      #expect(one.blockers.map(\.id) == one.blocked.blockedBy)
      for blocker in one.blockers where !blocker.id.isExternal {
        let issue = try #require(world.byID[blocker.id])
        #expect(
          blocker.title == issue.title && blocker.status == issue.status && blocker.priority == issue.priority
        )
      }
    }
  }

  @Test(arguments: [61, 62] as [UInt64], [nil, "alice"] as [String?])
  func statisticsAgreeWithTheModel(seed: UInt64, person: String?) throws {
    let world = try QueryWorld(seed: seed, count: 200)
    let all = world.issues.filter { person == nil || $0.assignee == person }
    let alive = all.filter { !$0.isTombstone }
    let found = try world.store.statistics(assignee: person)
    func count(_ isMatch: (BeadsModel.Issue) -> Bool) -> Int { alive.count(where: isMatch) }
    #expect(found.total == alive.count)
    #expect(found.open == count { world.effectiveStatus($0) == .open })
    #expect(found.inProgress == count { $0.status == .inProgress })
    #expect(found.closed == count { ["closed", "shipped"].contains($0.status.rawValue) })
    #expect(found.blocked == count { world.blocked.contains($0.id) })
    #expect(found.deferred == count { world.effectiveStatus($0) == .deferred })
    #expect(found.ready == count { world.isReady($0, IssueFilter.Readiness(), types: []) })
    #expect(found.tombstones == all.count - alive.count)
    #expect(found.pinned == count { $0.isPinned || $0.status == .pinned })
    let eligible = try world.store.epicStatuses(eligibleOnly: true).filter {
      person == nil || $0.epic.assignee == person
    }
    #expect(found.epicsEligibleForClosure == eligible.count)
    let hours = alive.compactMap { issue in
      issue.closedAt.map { Double($0.seconds - issue.createdAt.seconds) / 3600 }
    }
    #expect(abs(found.averageLeadTimeHours - hours.reduce(0, +) / Double(max(1, hours.count))) < 0.001)
  }

  @Test func activityCountsEachIssueOnceInADay() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    func make(_ title: String) throws -> IssueID {
      try store.write("create") { transaction throws(BeadsError) in
        try transaction.create(IssueDraft(title: title)).id
      }
    }
    func set(_ id: IssueID, _ edit: (inout BeadsModel.Issue) -> Void) throws {
      try store.write("update") { transaction throws(BeadsError) in try transaction.update(id) { edit(&$0) } }
    }
    let old = try make("old")
    project.advance(seconds: 25 * 3600)
    let new = try make("new")
    for priority in [0, 1] { try set(new) { $0.priority = priority } }
    try set(old) { $0.status = .closed }
    try set(old) { $0.status = .open }
    let activity = try store.recentActivity()
    #expect(activity.created == 1 && activity.updated == 1 && activity.closed == 1 && activity.reopened == 1)
    #expect(activity.total == 4 && activity.commits == 0 && activity.hours == 24)
  }
}
