import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// What `why`, `next` and `plan` say agrees with what `ready` offers.
@Suite struct ReadinessTests {
  @Test(arguments: [71, 72, 73, 74] as [UInt64]) func anObstacleIsNamedExactlyWhenReadyLeavesTheIssueOut(
    seed: UInt64
  ) throws {
    let world = try QueryWorld(seed: seed)
    var query = ReadyQuery()
    query.limit = nil
    let offered = Set(try world.store.ready(query).map(\.id))
    #expect(!offered.isEmpty)
    var kinds: Set<String> = []
    for issue in world.issues where !issue.isTombstone {
      let readiness = try world.store.readiness(of: issue.id)
      #expect(readiness.isReady == offered.contains(issue.id), "\(issue.id): \(readiness.reason)")
      #expect(readiness.issue == issue && !readiness.reason.isEmpty)
      for obstacle in readiness.obstacles {
        kinds.insert(obstacle.kind.rawValue)
        let waits = obstacle.kind == .blocked || obstacle.kind == .parentBlocked
        #expect(obstacle.blockers.isEmpty != waits)
        let waiting = obstacle.ancestor ?? issue.id
        guard waits else { continue }
        #expect(
          Set(obstacle.blockers.map(\.id))
            == Set(try world.store.activeBlockers(of: waiting).map(\.blockerID)))
      }
      let isBlocked = readiness.obstacles.contains { $0.kind == .blocked || $0.kind == .parentBlocked }
      #expect(isBlocked == world.blocked.contains(issue.id), "\(issue.id)")
    }
    #expect(kinds.isSuperset(of: ["blocked", "claimed", "deferred", "closed", "pinned", "type"]))
  }

  @Test func unknownIssuesAreNamed() throws {
    let world = try QueryWorld(seed: 75, count: 5)
    #expect(throws: BeadsError.self) { try world.store.readiness(of: IssueID(unchecked: "t-none")) }
    #expect(throws: BeadsError.self) {
      try world.store.workPlan(agents: 2, below: IssueID(unchecked: "t-none"))
    }
    #expect(throws: BeadsError.self) { try world.store.workPlan(agents: 0) }
  }

  @Test(arguments: [81, 82, 83] as [UInt64]) func nextComesFromTheQueueOfItsActor(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed)
    let all = try world.store.nextWork(limit: nil)
    #expect(Set(all.map(\.issue.id)).count == all.count)
    for isEpic in [false, true] {
      let ranks = all.filter { ($0.issue.type == .epic) == isEpic }.map {
        [NextWork.Reason.inProgress, .assigned, .ready].firstIndex(of: $0.reason) ?? 9
      }
      #expect(ranks == ranks.sorted())
    }
    let epics = all.map { $0.issue.type == .epic ? 1 : 0 }
    #expect(epics == epics.sorted())
    for next in all {
      switch next.reason {
      case .inProgress:
        #expect(next.issue.assignee == "alice" && !world.blocked.contains(next.issue.id))
      case .assigned: #expect(next.issue.assignee == "alice")
      case .ready: #expect(next.issue.assignee.isEmpty)
      }
    }
    var query = ReadyQuery()
    query.limit = nil
    let mine = try world.store.ready(query).filter { ["", "alice"].contains($0.assignee) }
    #expect(Set(all.filter { $0.reason != .inProgress }.map(\.issue.id)) == Set(mine.map(\.id)))
    for limit in 1...3 { #expect(try world.store.nextWork(limit: limit) == Array(all.prefix(limit))) }
  }

  // MARK: Plans

  @Test(arguments: [91, 92, 93, 94, 95] as [UInt64], [1, 3, 50]) func plansRespectEveryBlocker(
    seed: UInt64, agents: Int
  ) throws {
    let world = try QueryWorld(seed: seed, count: 150)
    let plan = try world.store.workPlan(agents: agents)
    #expect(plan == (try world.store.workPlan(agents: agents)))
    #expect(plan.tracks.count <= agents && plan.tracks.allSatisfy { !$0.isEmpty })
    var steps: [IssueID: WorkPlan.Step] = [:]
    for track in plan.tracks {
      for step in track { #expect(steps.updateValue(step, forKey: step.issue.id) == nil, "planned twice") }
      for (step, next) in zip(track, track.dropFirst()) { #expect(step.end <= next.start) }
    }
    #expect(steps.values.map(\.end).max() ?? 0 == plan.length)
    let unplanned = Set(plan.unplanned.map(\.issue.id))
    #expect(unplanned.isDisjoint(with: steps.keys))
    // Whatever an issue or one above it waits for is planned and over.
    for (id, step) in steps {
      for ancestor in ancestors(of: id, in: world) {
        for blocker in try world.store.activeBlockers(of: ancestor) {
          for work in live(below: blocker.blockerID, in: world) {
            let end = try #require(steps[work]?.end, "\(id) waits for \(work), which is not planned")
            #expect(end <= step.start)
          }
        }
      }
    }
    // What could be started now is planned.
    let parents = Set(world.issues.filter(isLive).flatMap { world.parents(of: $0) })
    var query = ReadyQuery()
    query.limit = nil
    for issue in try world.store.ready(query) where !parents.contains(issue.id) {
      #expect(
        steps[issue.id] != nil,
        "\(plan.unplanned.first { $0.issue.id == issue.id }?.reason ?? "\(issue.id) is missing")")
    }
  }

  @Test func aChainStaysWithOneAgentAndTwoChainsGoToTwo() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let ids = try store.write("create") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for number in 0..<6 {
        var draft = IssueDraft(title: "Step \(number)")
        draft.estimatedMinutes = 10
        ids.append(try transaction.create(draft).id)
      }
      for (from, to) in [(1, 0), (2, 1), (4, 3), (5, 4)] {
        try transaction.addDependency(ids[from], dependsOn: ids[to])
      }
      return ids
    }
    let plan = try store.workPlan(agents: 2)
    #expect(plan.length == 30 && plan.unplanned.isEmpty && plan.criticalPath.count == 3)
    #expect(Set(plan.tracks.map { $0.map(\.issue.id) }) == [Array(ids[0...2]), Array(ids[3...5])])
    #expect(try store.workPlan(agents: 1).length == 60)
  }

  private func isLive(_ issue: BeadsModel.Issue) -> Bool {
    !["closed", "tombstone", "pinned", "shipped"].contains(issue.status.rawValue) && !issue.isPinned
      && !issue.isTemplate && !issue.isEphemeral
  }

  /// The issue and every live issue above it.
  private func ancestors(of id: IssueID, in world: QueryWorld) -> Set<IssueID> {
    var found: Set<IssueID> = []
    var queue = [id]
    while let next = queue.popLast() {
      guard let issue = world.byID[next], isLive(issue), found.insert(next).inserted else { continue }
      queue += world.parents(of: issue)
    }
    return found
  }

  /// The live work that has to be done before an issue is: itself, or what has no parts of its own below it.
  private func live(below id: IssueID, in world: QueryWorld) -> [IssueID] {
    var found: [IssueID] = []
    var seen: Set<IssueID> = []
    var queue = [id]
    while let next = queue.popLast() {
      guard seen.insert(next).inserted, let issue = world.byID[next], isLive(issue) else { continue }
      let children = world.issues.filter { isLive($0) && world.parents(of: $0).contains(next) }
      if children.isEmpty, issue.type != .molecule { found.append(next) }
      queue += children.map(\.id)
    }
    return found
  }
}
