import BeadsKit
import BeadsTesting
import Testing

/// Two clones live random lives, with clocks that go their own ways, and exchange their files in random order through
/// a third place, as clones and their remote do.
@Suite struct ExchangeTests {
  @Test(arguments: [21, 22, 23, 24, 25, 26] as [UInt64]) func clonesConverge(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var clones = [try Clone(seed), try Clone(seed &+ 1000)]
    var remote: [UInt8] = []
    var everSeen: Set<String> = []
    for _ in 0..<80 {
      let place = random.below(2)
      switch random.below(10) {
      case 0...5: try clones[place].live()
      case 6: try clones[place].life.store.flush()
      case 7: _ = try? clones[place].life.store.undo()
      default: try clones[place].exchange(&remote)
      }
      everSeen.formUnion(try clones[place].ids())
    }
    for place in [0, 1, 0, 1] { try clones[place].exchange(&remote) }
    #expect(clones[0].file == clones[1].file)
    #expect(clones[0].file == remote)
    let difference = Set(try clones[0].lines()).symmetricDifference(try clones[1].lines())
    #expect(difference == [])
    #expect(try clones[0].ids().isSuperset(of: everSeen))
    // Nothing is left to say.
    let settled = remote
    try clones[0].exchange(&remote)
    #expect(remote == settled)
  }

  private struct Clone {
    var life: RandomLife
    /// What this clone and the remote last agreed on.
    private var base: [UInt8] = []

    init(_ seed: UInt64) throws { life = try RandomLife(seed) }

    var file: [UInt8] { Array(life.project.exportedText.utf8) }

    mutating func live() throws {
      try life.lookAgain()
      try life.step()
    }

    mutating func exchange(_ remote: inout [UInt8]) throws {
      try life.store.flush(force: true)
      let merged = IssueFileMerge.merge(
        base: base, ours: file, theirs: remote, policy: MergePolicy(now: life.store.now))
      #expect(merged.rejected.isEmpty)
      if merged.bytes != file {
        try FileSystem.replace(life.project.location.jsonlPath, with: merged.bytes)
        try life.store.importChanges()
      }
      (base, remote) = (merged.bytes, merged.bytes)
      // What the merge says is what the store understands: it has nothing to add.
      try life.store.flush(force: true)
      #expect(file == merged.bytes)
    }

    func lines() throws -> [String] { try life.store.issues(where: "1").map(\.jsonLine) }

    func ids() throws -> Set<String> {
      Set(try life.store.issues(where: "1", lists: false).map(\.id.rawValue))
    }
  }
}
