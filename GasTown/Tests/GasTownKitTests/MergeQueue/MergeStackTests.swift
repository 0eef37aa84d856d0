import BeadsKit
import Foundation
import GasTownKit
import Testing

@Suite("A stack of branches merged in memory")
struct MergeStackTests {
  private let person = GitPerson(name: "Refinery", mail: "refinery@example.org")

  private func candidate(_ name: String, _ head: GitID) throws -> MergeCandidate {
    MergeCandidate(
      id: try IssueID("ap-mr-\(name)"), branch: try BranchName("polecat/\(name)"), head: head,
      issue: try IssueID("ap-\(name)"), title: "Do \(name)")
  }

  private func stack(
    _ candidates: [MergeCandidate], on base: GitID, _ repository: ScratchRepository,
    style: MergeStyle = .squash
  ) throws -> MergeStack {
    try MergeStack(
      candidates, on: base, in: GitRepository(at: repository.directory), style: style, committer: person,
      time: 1_772_442_000)
  }

  @Test func putsEachOnTopOfTheOther() throws {
    let repository = try ScratchRepository()
    let base = try repository.commit(on: "main", says: "Begin", ["README": "hello\n"])
    var candidates: [MergeCandidate] = []
    for name in ["a", "b", "c"] {
      candidates.append(
        try candidate(
          name, repository.commit(on: name, says: "Add \(name)\n\nBecause.", ["\(name).txt": name])))
    }
    let stack = try stack(candidates, on: base, repository)
    #expect(stack.layers.map(\.candidate.id.rawValue) == ["ap-mr-a", "ap-mr-b", "ap-mr-c"])
    #expect(stack.refused.isEmpty)
    for name in ["a", "b", "c"] {
      #expect(try repository.content("\(name).txt", at: stack.tip) == name)
    }
    #expect(try repository.git("log", "--format=%s", "\(stack.tip)") == "Add c\nAdd b\nAdd a\nBegin")
    #expect(
      try repository.git("log", "-1", "--format=%an %cn%n%B", "\(stack.tip)")
        == "Nux Refinery\nAdd c\n\nBecause.\n\nBead: ap-c\nMerge-Request: ap-mr-c\n".trimmingCharacters(
          in: .newlines))
    // Nothing but objects was added.
    #expect(try repository.head("main") == base)
    #expect(try repository.git("status", "--porcelain").isEmpty)
    // The same input gives the same commits.
    #expect(try self.stack(candidates, on: base, repository).tip == stack.tip)
  }

  @Test func severalCommitsBecomeOneWithTheTitle() throws {
    let repository = try ScratchRepository()
    let base = try repository.commit(on: "main", says: "Begin", ["README": "hello\n"])
    try repository.commit(on: "a", says: "First", ["a.txt": "1"])
    let head = try repository.commit(on: "a", says: "Second", ["a.txt": "2"])
    let stack = try stack([candidate("a", head)], on: base, repository)
    #expect(try repository.git("log", "--format=%s", "\(stack.tip)") == "Do a\nBegin")
    let merged = try self.stack([candidate("a", head)], on: base, repository, style: .merge)
    #expect(try repository.git("log", "-1", "--format=%P", "\(merged.tip)") == "\(base) \(head)")
  }

  @Test func namesWhatDoesNotFit() throws {
    let repository = try ScratchRepository()
    let base = try repository.commit(on: "main", says: "Begin", ["README": "hello\n", "x y": "1\n"])
    let first = try repository.commit(on: "a", ["README": "from a\n"])
    let second = try repository.commit(on: "b", ["README": "from b\n", "x y": "2\n", "b.txt": "b"])
    let removed = try repository.commit(on: "c", ["x y": nil])
    let candidates = [
      try candidate("a", first), try candidate("b", second), try candidate("c", removed),
      try candidate("d", base),
      try candidate("e", first),
    ]
    let stack = try stack(candidates, on: base, repository)
    #expect(stack.layers.map(\.candidate.id.rawValue) == ["ap-mr-a", "ap-mr-c"])
    #expect(stack.refused.map(\.candidate.id.rawValue) == ["ap-mr-b", "ap-mr-d", "ap-mr-e"])
    #expect(stack.refused.map(\.reason) == [.conflict(["README"]), .alreadyThere, .alreadyThere])
    let other = try ScratchRepository()
    try other.commit(on: "main", ["z": "z"])
    try repository.git("fetch", "--quiet", other.directory, "main:unrelated")
    let unrelated = try self.stack([candidate("u", repository.head("unrelated"))], on: base, repository)
    #expect(unrelated.refused.map(\.reason) == [.unrelated])
  }

  @Test("agrees with git merge --squash", arguments: 0..<6) func agreesWithGit(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let repository = try ScratchRepository()
    let lines = (0..<40).map { "line \($0)" }
    var files: [String: String?] = [:]
    for file in 0..<6 { files["f\(file).txt"] = lines.joined(separator: "\n") + "\n" }
    let base = try repository.commit(on: "main", says: "Begin", files)
    var candidates: [MergeCandidate] = []
    for index in 0..<8 {
      var edited: [String: String?] = [:]
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        var changed = lines
        changed[Int.random(in: 0..<40, using: &random)] = "branch \(index)"
        edited["f\(Int.random(in: 0..<6, using: &random)).txt"] = changed.joined(separator: "\n") + "\n"
      }
      edited["new\(index).txt"] = "new"
      candidates.append(try candidate("b\(index)", repository.commit(on: "b\(index)", edited)))
    }
    let stack = try stack(candidates, on: base, repository)
    try repository.git("checkout", "--quiet", "--detach", "\(base)")
    var fitted: [IssueID] = []
    for candidate in candidates {
      if (try? repository.git("merge", "--squash", "\(candidate.head)")) != nil {
        try repository.git("commit", "--quiet", "--allow-empty", "-m", "x")
        fitted.append(candidate.id)
      } else {
        try repository.git("reset", "--quiet", "--hard")
      }
    }
    #expect(stack.layers.map(\.candidate.id) == fitted)
    #expect(
      try repository.git("rev-parse", "\(stack.tip)^{tree}") == repository.git("rev-parse", "HEAD^{tree}"))
  }

  @Test(.timeLimit(.minutes(1))) func fiftyBranchesTakeLessThanASecond() throws {
    let repository = try ScratchRepository()
    var files: [String: String?] = [:]
    for file in 0..<400 { files["src/d\(file % 20)/f\(file).txt"] = "content \(file)\n" }
    let base = try repository.commit(on: "main", says: "Begin", files)
    var candidates: [MergeCandidate] = []
    for index in 0..<50 {
      let head = try repository.commit(on: "b\(index)", ["src/d\(index % 20)/f\(index).txt": "changed\n"])
      candidates.append(try candidate("b\(index)", head))
    }
    let clock = ContinuousClock()
    var tip: GitID?
    let took = try clock.measure { tip = try stack(candidates, on: base, repository).tip }
    #expect(tip != base)
    // A debug build on a busy machine; a release build takes a fifth.
    #expect(took < .seconds(5), "50 branches took \(took)")
  }
}

struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
