import Testing

@testable import BeadsModel

/// The laws of DESIGN.md, over random versions whose clocks cannot be trusted.
@Suite struct MergeLawTests {
  private typealias Bead = BeadsModel.Issue

  private static func merge(_ base: Bead?, _ ours: Bead?, _ theirs: Bead?) -> Bead? {
    IssueMerge.merge(base: base, ours: ours, theirs: theirs, policy: MergeSamples.policy)
  }

  private static func merged(_ base: Bead?, _ ours: Bead, _ theirs: Bead) throws -> Bead {
    try #require(merge(base, ours, theirs))
  }

  /// A base (or none) and two versions of it, sometimes deleted.
  private static func triples(_ seed: UInt64, count: Int, deletions: Bool = true) -> [(Bead?, Bead, Bead)] {
    var samples = MergeSamples(seed: seed)
    return (0..<count).map { _ in
      let base = samples.base()
      func side() -> Bead {
        let changes = Int.random(in: 0...12, using: &samples.random)
        let version = samples.version(after: base, changes: changes)
        return deletions && Int.random(in: 0..<8, using: &samples.random) == 0
          ? samples.tombstone(of: version) : version
      }
      let (ours, theirs) = (side(), side())
      return (Int.random(in: 0..<4, using: &samples.random) == 0 ? nil : base, ours, theirs)
    }
  }

  @Test(arguments: 0..<6)
  func doesNotDependOnTheDirection(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60) {
      let one = try Self.merged(base, a, b).jsonLine
      let other = try Self.merged(base, b, a).jsonLine
      #expect(one == other)
      if one != other { break }
    }
  }

  @Test(arguments: 10..<16)
  func settlesAtOnce(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60) {
      let merged = try Self.merged(base, a, b)
      let again = try [(merged, a), (merged, b), (a, merged), (b, merged), (merged, merged)].map {
        try Self.merged(base, $0, $1).jsonLine
      }
      #expect(again.allSatisfy { $0 == merged.jsonLine })
      guard again.allSatisfy({ $0 == merged.jsonLine }) else { break }
    }
  }

  @Test(arguments: 20..<24)
  func aChangeBeatsNoChange(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60) {
      #expect(try Self.merged(base, a, a).jsonLine == a.jsonLine)
      let isStale = a.isTombstone && !b.isTombstone && b.updatedAt <= (a.deletedAt ?? a.updatedAt)
      if !isStale { #expect(try Self.merged(a, a, b).jsonLine == b.jsonLine) }
      #expect(Self.merge(base, a, nil)?.jsonLine == a.jsonLine)
      #expect(Self.merge(base, nil, b)?.jsonLine == b.jsonLine)
    }
  }

  /// What reads a merged record has nothing to repair in it, and it decodes to the same bytes.
  @Test(arguments: 30..<34)
  func writesCanonicalRecords(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60) {
      let merged = try Self.merged(base, a, b)
      var repaired = merged
      repaired.repair(now: MergeSamples.now)
      #expect(repaired.jsonLine == merged.jsonLine)
      #expect(CodecSamples.decode(merged.jsonLine)?.jsonLine == merged.jsonLine)
      #expect((merged.closedAt != nil) == (merged.status == .closed) || merged.isTombstone)
      #expect(merged.updatedAt >= min(a.updatedAt, b.updatedAt))
    }
  }

  /// The rules of the table, said again in the plainest way.
  @Test(arguments: 40..<46)
  func followsTheNaiveModel(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60, deletions: false) {
      guard let base, a.jsonLine != base.jsonLine, b.jsonLine != base.jsonLine, a.jsonLine != b.jsonLine
      else {
        continue
      }
      let merged = try Self.merged(base, a, b)
      for field in IssueField.all where [.later, .either, .laterKeepingText].contains(field.merge) {
        let (o, x, y) = (Self.json(field, base), Self.json(field, a), Self.json(field, b))
        let greater = x.lexicographicallyPrecedes(y) ? y : x
        let later = a.updatedAt == b.updatedAt ? greater : a.updatedAt > b.updatedAt ? x : y
        #expect(Self.json(field, merged) == (x == y || y == o ? x : x == o ? y : later), "\(field.key)")
      }
      #expect(merged.createdAt == min(a.createdAt, b.createdAt))
      let isNew = !merged.isIdentical(to: a) && !merged.isIdentical(to: b)
      #expect(merged.updatedAt == max(a.updatedAt, b.updatedAt).adding(nanoseconds: isNew ? 1 : 0))
      let bytes: (Bead) -> Set<[UInt8]> = { Set($0.labels.map { Array($0.utf8) }) }
      #expect(bytes(merged) == Self.set(bytes(base), bytes(a), bytes(b)))
      let waiters: (Bead) -> Set<[UInt8]> = { Set($0.waiters.map { Array($0.utf8) }) }
      #expect(waiters(merged) == Self.set(waiters(base), waiters(a), waiters(b)))
      let edges: (Bead) -> Set<Dependency.Key> = { Set($0.dependencies.map(\.key)) }
      #expect(edges(merged) == Self.set(edges(base), edges(a), edges(b)))
      let comments: (Bead) -> Set<String> = {
        Set($0.comments.map { "\($0.author) \($0.text) \($0.createdAt.seconds)" })
      }
      #expect(comments(merged) == comments(a).union(comments(b)))
    }
  }

  private static func json(_ field: IssueField, _ issue: Bead) -> [UInt8] {
    withUnsafePointer(to: issue) { field.writtenBytes($0) }
  }

  private static func set<T>(_ base: Set<T>, _ a: Set<T>, _ b: Set<T>) -> Set<T> {
    a.intersection(b).union(a.subtracting(base)).union(b.subtracting(base))
  }

  /// A text that both sides changed is in the merged record, or in a block of its notes.
  @Test(arguments: 50..<54)
  func losesNoText(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60, deletions: false) {
      guard let base, a.jsonLine != base.jsonLine, b.jsonLine != base.jsonLine else { continue }
      let merged = try Self.merged(base, a, b)
      let kept = MergeNotes(merged.notes).blocks.map(\.quoted)
      for path in [\Bead.title, \.description, \.design, \.acceptanceCriteria] {
        for side in [a, b] where side[keyPath: path] != base[keyPath: path] {
          let (text, before) = (side[keyPath: path], base[keyPath: path] + "\n")
          let isAddition = text.utf8.starts(with: before.utf8)
          let added =
            isAddition ? String(decoding: text.utf8.dropFirst(before.utf8.count), as: UTF8.self) : text
          let quotes = [text, added].map { MergeNotes.Block(field: "", of: a.updatedAt, text: $0).quoted }
          let isChosen = merged[keyPath: path].utf8.starts(with: text.utf8)
          #expect(isChosen || kept.contains { quotes.contains($0) }, "\(text) in \(merged.notes)")
        }
      }
    }
  }

  /// Only fields whose order of merging cannot matter: a record has one time for all its other fields.
  @Test(arguments: 60..<63)
  func groupsAsItLikes(_ seed: UInt64) throws {
    var samples = MergeSamples(seed: seed)
    for _ in 0..<60 {
      let base = samples.base()
      let (a, b, c) = (
        samples.version(after: base, changes: 6), samples.version(after: base, changes: 6),
        samples.version(after: base, changes: 6)
      )
      let left = try Self.merged(base, Self.merged(base, a, b), c)
      let right = try Self.merged(base, a, Self.merged(base, b, c))
      for issue in [left, right] {
        #expect(issue.labels.map { Array($0.utf8) } == left.labels.map { Array($0.utf8) })
      }
      #expect(Set(left.dependencies.map(\.key)) == Set(right.dependencies.map(\.key)))
      #expect(left.comments.map(\.text) == right.comments.map(\.text))
      // Each new state on the way has a time of its own.
      #expect(
        max(left.updatedAt, right.updatedAt) <= min(left.updatedAt, right.updatedAt).adding(nanoseconds: 1))
      #expect(left.createdAt == right.createdAt)
    }
  }

  @Test(arguments: 70..<72)
  func explainsWhatItDid(_ seed: UInt64) throws {
    for (base, a, b) in Self.triples(seed, count: 60) {
      let report = try #require(
        IssueMerge.explain(base: base, ours: a, theirs: b, policy: MergeSamples.policy))
      let turned = try #require(
        IssueMerge.explain(base: base, ours: b, theirs: a, policy: MergeSamples.policy))
      #expect(report.issue.jsonLine == (try Self.merged(base, a, b)).jsonLine)
      #expect(report.decisions.isEmpty == (a.jsonLine == b.jsonLine))
      let mirrored = turned.decisions.map { decision in
        MergeDecision(
          field: decision.field, rule: decision.rule,
          winner: decision.winner == .both ? .both : decision.winner == .ours ? .theirs : .ours,
          ours: decision.theirs, theirs: decision.ours)
      }
      #expect(Set(report.decisions.map { "\($0)" }) == Set(mirrored.map { "\($0)" }))
    }
  }
}
