import BeadsKit
import BeadsTesting
import Testing

/// Accepted edges never make a deadlock, and no other edge is refused: random edges against a naive judge.
@Suite struct EdgeRulesTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func acceptsWhatTheNaiveJudgeAccepts(seed: UInt64) throws {
    let project = try TestProject()
    let store = try project.makeStore()
    var random = TestRandom(seed: seed)
    var judge = NaiveJudge()
    try store.write("test") { transaction throws(BeadsError) in
      var ids: [IssueID] = []
      for number in 0..<14 { ids.append(try transaction.create(IssueDraft(title: "Issue \(number)")).id) }
      for _ in 0..<500 {
        let (a, b) = (
          ids[Int.random(in: 0..<14, using: &random)], ids[Int.random(in: 0..<14, using: &random)]
        )
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
          let removed = try transaction.removeDependency(a, dependsOn: b)
          #expect(Set(removed.map(\.type)) == judge.remove(a, b))
        case 1:
          let outcome = attempt { () throws(BeadsError) in try transaction.setParent(of: a, to: b) }
          #expect(outcome == judge.move(a, under: b), "setParent \(a) \(b)")
        default:
          let type = NaiveJudge.types[Int.random(in: 0..<NaiveJudge.types.count, using: &random)]
          let outcome = attempt { () throws(BeadsError) in
            try transaction.addDependency(a, dependsOn: b, type: type)
          }
          #expect(outcome == judge.add(a, b, type), "\(a) \(type) \(b)")
        }
        #expect(judge.isSound)
      }
    }
    let stored = try judge.edges.keys.flatMap { try store.issue($0)?.dependencies ?? [] }
    #expect(
      Set(stored.map { NaiveJudge.Edge(to: $0.dependsOnID, type: $0.type, from: $0.issueID) }) == judge.all)
  }

  private func attempt(_ body: () throws(BeadsError) -> Void) -> BeadsError.Code? {
    do throws(BeadsError) {
      try body()
      return nil
    } catch { return error.code }
  }

  private func attempt(_ body: () throws(BeadsError) -> Bool) -> BeadsError.Code? {
    attempt { () throws(BeadsError) in _ = try body() }
  }
}

/// The rules of contract 5.4, written as plainly as possible.
private struct NaiveJudge {
  struct Edge: Hashable {
    let to: IssueID
    let type: DependencyType
    let from: IssueID
  }

  static let types: [DependencyType] = [
    .blocks, .blocks, .parentChild, .conditionalBlocks, .waitsFor, .related, "custom-link",
  ]

  var edges: [IssueID: Set<Edge>] = [:]
  var all: Set<Edge> { Set(edges.values.joined()) }

  /// No cycle through parents, none through waits, nobody who waits for an ancestor.
  var isSound: Bool {
    let issues = Array(edges.keys)
    return issues.allSatisfy { issue in
      let hasCycle =
        reached(from: issue, [.blocks, .conditionalBlocks, .parentChild]).contains(issue)
        || reached(from: issue, [.blocks, .conditionalBlocks, .waitsFor]).contains(issue)
      let ancestors = reached(from: issue, [.parentChild])
      return !hasCycle && !waits(of: issue).contains(where: ancestors.contains)
    }
  }

  /// Everything at the end of at least one edge.
  private func reached(from start: IssueID, _ types: Set<DependencyType>) -> Set<IssueID> {
    var found: Set<IssueID> = []
    var next = [start]
    while let node = next.popLast() {
      for edge in edges[node] ?? [] where types.contains(edge.type) && found.insert(edge.to).inserted {
        next.append(edge.to)
      }
    }
    return found
  }

  private func waits(of issue: IssueID) -> [IssueID] {
    (edges[issue] ?? []).filter { $0.type == .blocks || $0.type == .conditionalBlocks }.map(\.to)
  }

  private func refusal(_ a: IssueID, _ b: IssueID, _ type: DependencyType) -> BeadsError.Code? {
    if a == b { return .invalid }
    if edges[a]?.contains(Edge(to: b, type: type, from: a)) ?? false { return nil }
    let above = reached(from: a, [.parentChild])
    if type == .blocks || type == .conditionalBlocks, above.contains(b) { return .conflict }
    if type == .parentChild {
      let targets = reached(from: b, [.parentChild]).union([b])
      let below = edges.keys.filter { $0 == a || reached(from: $0, [.parentChild]).contains(a) }
      if below.contains(where: { waits(of: $0).contains(where: targets.contains) }) { return .conflict }
    }
    guard type.isBlocking else { return nil }
    let followed: Set<DependencyType> =
      type == .waitsFor ? [.blocks, .conditionalBlocks, .waitsFor] : Set(DependencyType.blocking)
    return reached(from: b, followed).contains(a) ? .cycle : nil
  }

  mutating func add(_ a: IssueID, _ b: IssueID, _ type: DependencyType) -> BeadsError.Code? {
    if let code = refusal(a, b, type) { return code }
    edges[a, default: []].insert(Edge(to: b, type: type, from: a))
    return nil
  }

  mutating func move(_ child: IssueID, under parent: IssueID) -> BeadsError.Code? {
    if let code = refusal(child, parent, .parentChild) { return code }
    edges[child] = (edges[child] ?? []).filter { $0.type != .parentChild }
    edges[child, default: []].insert(Edge(to: parent, type: .parentChild, from: child))
    return nil
  }

  mutating func remove(_ a: IssueID, _ b: IssueID) -> Set<DependencyType> {
    let removed = (edges[a] ?? []).filter { $0.to == b }
    edges[a]?.subtract(removed)
    return Set(removed.map(\.type))
  }
}
