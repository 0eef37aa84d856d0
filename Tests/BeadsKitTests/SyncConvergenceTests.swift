import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

/// What everybody did, written down naively: every label and edge is added once and removed at most once.
private struct SyncModel {
  var ids: Set<IssueID> = []
  var deleted: Set<IssueID> = []
  var labels: [IssueID: Set<String>] = [:]
  var edges: [IssueID: Set<IssueID>] = [:]
  var comments: [IssueID: Set<String>] = [:]
  /// Edges that were ever made.
  var pairs: Set<String> = []
}

/// Clones that change issues and sync in random order (lessons R7).
private struct SyncMachine {
  let world: SyncWorld
  var random: SeededRandom
  var model = SyncModel()
  var counter = 0

  mutating func change(_ clone: GitClone) throws {
    counter += 1
    let (number, kind, place) = (counter, random.below(11), random.below(1 << 20))
    let other = random.below(1 << 20)
    var model = model
    try clone.withStore { store in
      let live = try store.issues(where: "i.status <> 'tombstone'")
      try store.write("change") { tx throws(BeadsError) in
        guard kind > 1, let issue = live.isEmpty ? nil : live[place % live.count] else {
          model.ids.insert(try tx.create(IssueDraft(title: "Issue \(number)")).id)
          return
        }
        let id = issue.id
        switch kind {
        case 2: try tx.update(id) { issue throws(BeadsError) in issue.title = "Title \(number)" }
        case 3: try tx.update(id) { issue throws(BeadsError) in issue.description += "Line \(number)\n" }
        case 4:
          try tx.addLabels(["l\(number)"], to: id)
          model.labels[id, default: []].insert("l\(number)")
        case 5:
          guard let label = issue.labels.first else { return }
          try tx.removeLabels([label], from: id)
          model.labels[id]?.remove(label)
        case 6:
          try tx.addComment("Comment \(number)", to: id)
          model.comments[id, default: []].insert("Comment \(number)")
        case 7:
          if issue.isClosed {
            try tx.reopen(id)
          } else {
            try tx.close(id, reason: "Done \(number)", force: true)
          }
        case 8:
          let target = live[other % live.count].id
          guard target != id, model.pairs.insert("\(id) \(target)").inserted else { return }
          try tx.addDependency(id, dependsOn: target, type: .related)
          model.edges[id, default: []].insert(target)
        case 9:
          guard let edge = issue.dependencies.first else { return }
          try tx.removeDependency(id, dependsOn: edge.dependsOnID)
          model.edges[id]?.remove(edge.dependsOnID)
        default:
          guard number % 4 == 0 else { return }
          _ = try tx.delete([id], force: true)
          model.deleted.insert(id)
        }
      }
    }
    self.model = model
  }

  /// A sync of any kind, which others may overtake.
  mutating func sync(_ index: Int) throws {
    let (skipsPush, skipsPull) = (random.chance(15), random.chance(10))
    do {
      try world.sync(index) {
        $0.pushes = !skipsPush
        $0.pulls = !skipsPull
      }
    } catch let error as BeadsError where skipsPull && error.code == .conflict {
      // The remote has more, as it may without pulling.
    }
  }

  mutating func run(rounds: Int) throws {
    for _ in 0..<rounds {
      let index = random.below(world.clones.count)
      world.project.advance(seconds: 1)
      for _ in 0..<random.within(1...4) { try change(world.clones[index]) }
      if random.chance(70) { try sync(random.below(world.clones.count)) }
    }
  }

  func check() throws {
    for _ in 0..<2 {
      for index in world.clones.indices { try world.sync(index) }
    }
    let files = world.clones.map(\.issueFile)
    for (clone, file) in zip(world.clones, files) {
      #expect(file == files[0])
      let issues = try clone.withStore { try $0.issues(where: "1") }
      #expect(issues.map(\.jsonLine).joined(separator: "\n") + "\n" == file)
      #expect(Set(issues.map(\.id)) == model.ids)
      for issue in issues {
        #expect(issue.isTombstone == model.deleted.contains(issue.id), "\(issue.id)")
        if issue.isTombstone { continue }
        #expect(Set(issue.labels) == model.labels[issue.id] ?? [], "labels of \(issue.id)")
        #expect(Set(issue.comments.map(\.text)) == model.comments[issue.id] ?? [], "comments of \(issue.id)")
        let edges = Set(issue.dependencies.map(\.dependsOnID)).subtracting(model.deleted)
        #expect(edges == (model.edges[issue.id] ?? []).subtracting(model.deleted), "edges of \(issue.id)")
      }
    }
  }
}

@Suite(.serialized) struct SyncConvergenceTests {
  @Test(arguments: [1, 10] as [UInt64], [false, true])
  func clonesConvergeAndLoseNothing(_ seed: UInt64, _ hasSyncBranch: Bool) throws {
    let world = try SyncWorld(settings: hasSyncBranch ? ["sync-branch: beads-sync"] : [])
    var machine = SyncMachine(world: world, random: SeededRandom(seed: seed))
    try machine.run(rounds: 12)
    try machine.check()
    for clone in world.clones {
      let status = try clone.status()
      #expect(status == (hasSyncBranch ? " M .beads/issues.jsonl" : ""))
      if hasSyncBranch { #expect(try clone.git("log", "--format=%s") == "a project\nchange code") }
    }
  }
}
