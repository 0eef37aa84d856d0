import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore
@testable import BeadsWork

@Suite("Swarms") struct SwarmTests {
  private let time = Timestamp(seconds: 0)

  private func issue(_ name: String, _ targets: [(String, DependencyType)] = [], isClosed: Bool = false)
    -> BeadsModel.Issue
  {
    var issue = Issue(id: IssueID(unchecked: name), title: "Title of \(name)", createdAt: time)
    issue.status = isClosed ? .closed : .open
    issue.dependencies = targets.map {
      Dependency(issue.id, dependsOn: IssueID(unchecked: $0.0), type: $0.1, createdAt: time)
    }
    return issue
  }

  private func analysis(_ children: [BeadsModel.Issue], outside: Set<String> = []) -> SwarmAnalysis {
    SwarmAnalysis(
      epic: issue("e"), children: children, isFinished: { $0.status == .closed },
      outside: Set(outside.map { IssueID(unchecked: $0) }))
  }

  /// The naive reference: again and again take what waits for nothing that is left.
  private func naiveWaves(_ issues: [BeadsModel.Issue]) -> (waves: [[IssueID]], rest: Set<IssueID>) {
    var left = issues.filter { $0.status != .closed }
    var waves: [[IssueID]] = []
    while true {
      let open = Set(left.map(\.id))
      let wave = left.filter { issue in
        !issue.dependencies.contains {
          [.blocks, .conditionalBlocks, .waitsFor].contains($0.type) && open.contains($0.dependsOnID)
        }
      }
      if wave.isEmpty { return (waves, open) }
      waves.append(wave.map(\.id).sorted())
      let done = Set(wave.map(\.id))
      left.removeAll { done.contains($0.id) }
    }
  }

  @Test(arguments: 0..<60) func wavesAreThoseOfTheNaiveModel(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 0...14, using: &random)
    let types: [DependencyType] = [.blocks, .blocks, .conditionalBlocks, .waitsFor, .related, .parentChild]
    let children = (0..<count).map { number in
      let targets = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        // Every third seed may have circles; the others only look back.
        let limit = seed % 3 == 0 ? count : max(number, 1)
        return (
          "i\(Int.random(in: 0..<limit, using: &random))", types.randomElement(using: &random) ?? .blocks
        )
      }
      return issue(
        "i\(number)", targets.filter { $0.0 != "i\(number)" },
        isClosed: Int.random(in: 0..<5, using: &random) == 0)
    }
    let analysis = analysis(children.shuffled(using: &random))
    let naive = naiveWaves(children)
    #expect(analysis.waves.map { $0.map(\.issue.id) } == naive.waves)
    #expect(Set(analysis.nodes.filter { $0.wave == nil }.map(\.issue.id)) == naive.rest)
    #expect(analysis.isSwarmable == naive.rest.isEmpty)
    #expect(analysis.maximumParallelism == naive.waves.map(\.count).max() ?? 0)
    #expect(analysis.total == count)
    #expect(analysis.closed + analysis.estimatedSessions == count)
    for node in analysis.nodes {
      for target in node.dependsOn {
        #expect(analysis.nodes.first { $0.issue.id == target }?.dependedOnBy.contains(node.issue.id) == true)
      }
    }
  }

  @Test func doubtsAreNamed() {
    #expect(analysis([]).warnings == ["e has no children"])
    var base = issue("b")
    base.title = "Core library"
    var test = issue("t")
    test.title = "Final test"
    #expect(analysis([base, test]).warnings.count == 2)
    test.dependencies = [Dependency(test.id, dependsOn: base.id, type: .blocks, createdAt: time)]
    #expect(analysis([base, test]).warnings.isEmpty)
    let leaving = analysis(
      [issue("a", [("far", .blocks), ("near", .blocks), ("kin", .related)])], outside: ["far", "kin"])
    #expect(leaving.warnings == ["a waits for far, which is not part of e"])
    let parts = analysis([base, test, issue("x")]).warnings
    #expect(parts == ["the work falls into 2 parts that do not wait for each other"])
    #expect(analysis([issue("x"), issue("y")]).warnings.isEmpty, "all at once is no mistake")
  }

  /// Every child is in exactly one group, and the groups agree with the store's own answers.
  @Test(arguments: 0..<10) func statusAgreesWithTheStore(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    var draft = IssueDraft(title: "Epic")
    draft.type = .epic
    let made = draft
    let (epic, swarm) = try store.write("test") { transaction throws(BeadsError) in
      let epic = try transaction.create(made).id
      var children: [IssueID] = []
      for number in 0..<12 {
        var draft = IssueDraft(title: "Child \(number)")
        draft.parent = epic
        let id = try transaction.create(draft).id
        if let target = children.randomElement(using: &random), Bool.random(using: &random) {
          try transaction.addDependency(id, dependsOn: target)
        }
        children.append(id)
      }
      for id in children {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: try transaction.close(id, force: true)
        case 1: try transaction.claim(id)
        case 2: try transaction.update(id) { $0.status = .deferred }
        default: break
        }
      }
      return (epic, try transaction.createSwarm(of: epic).swarm.id)
    }
    let (found, status) = try store.swarmStatus(of: swarm)
    #expect(found.id == epic)
    let groups = status.completed + status.active + status.ready + status.blocked.map(\.issue)
    #expect(groups.map(\.id).sorted() == (try store.children(of: epic)))
    #expect(
      status.completed.allSatisfy { $0.status == .closed }
        && status.active.allSatisfy { $0.status == .inProgress })
    var query = ReadyQuery()
    query.filter.place = .children(of: epic)
    #expect(
      Set(status.ready.map(\.id))
        == Set(try store.ready(query).map(\.id).filter { id in !status.active.contains { $0.id == id } }))
    #expect(try store.swarms().map(\.status.percent) == [status.percent])
    #expect(throws: BeadsError.self) {
      try store.write("test") { transaction throws(BeadsError) in _ = try transaction.createSwarm(of: epic) }
    }
    try store.close()
  }
}
