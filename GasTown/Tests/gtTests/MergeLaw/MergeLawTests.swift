import BeadsKit
import Foundation
import GasTownKit
import Testing

/// The laws of the merge engine, whatever is interleaved or killed.
///
/// `LAW_SEEDS=100..<200` tries other stories than those of every day.
@Suite("Whatever is done to a merge queue", .serialized)
struct MergeLawTests {
  static var seeds: Range<UInt64> {
    let words = (ProcessInfo.processInfo.environment["LAW_SEEDS"] ?? "").components(separatedBy: "..<")
    guard words.count == 2, let first = UInt64(words[0]), let end = UInt64(words[1]) else { return 1..<4 }
    return first..<end
  }

  @Test("its laws hold", arguments: seeds)
  func laws(seed: UInt64) throws {
    let town = try LawTown(seed: seed)
    for kind in LawTown.Kind.allCases.shuffled(using: &town.random).prefix(4) { try town.submit(kind) }
    for _ in 0..<12 {
      try town.step()
      if !town.isAway { try check(town) }
    }
    try town.settle()
    try check(town)
    try checkEnd(town)
  }

  private func check(_ town: LawTown) throws {
    let moves = try checkMoves(town)
    try checkRequests(town, moves)
    try checkBranches(town)
  }

  // MARK: The target

  /// It moved to tested commits only, on top of what was there, or to where people moved it.
  private func checkMoves(_ town: LawTown) throws -> [GitID] {
    let log = try FileSystem.readText(Path.join(town.origin, "logs/refs/heads/main"))
    var moves: [(old: String, new: GitID)] = []
    for line in log.split(separator: "\n") {
      let words = line.split(separator: " ")
      moves.append((String(words[0]), try #require(GitID(words[1]))))
    }
    let passed = Set(
      ((try? FileSystem.readText(Path.join(town.control, "passed"))) ?? "").split(separator: "\n")
        .compactMap { GitID($0) })
    let repository = try GitRepository(at: town.origin)
    for index in town.checked..<max(moves.count, town.checked) {
      let (old, new) = (moves[index - 1].new, moves[index].new)
      #expect(moves[index].old == old.description, "main moved without a trace: \(town.story)")
      if town.byHand.contains(new) { continue }
      #expect(passed.contains(new), "\(new) was pushed without a test: \(town.story)")
      #expect(try town.isGood(new), "\(new) was pushed although it is bad: \(town.story)")
      var commit = new
      while commit != old {
        let text = try repository.message(of: commit)
        let last = text.split(separator: "\n").last?.split(separator: " ") ?? []
        #expect(last.first == "Merge-Request:", "\(commit) is not the engine's: \(town.story)")
        if last.count == 2 { town.pushed.insert(String(last[1])) }
        guard let parent = try repository.commit(commit).parents.first else {
          Testing.Issue.record("\(old) was lost: \(town.story)")
          break
        }
        commit = parent
      }
    }
    town.checked = max(moves.count, town.checked)
    #expect(try moves.last?.new == town.main())
    return moves.map { $0.new }
  }

  // MARK: Merge requests

  /// Why a merge request is closed whose work is on its target.
  private static let merged = ["merged", "merged elsewhere", "already on main"]

  private func checkRequests(_ town: LawTown, _ moves: [GitID]) throws {
    let ledgers = town.town.base.ledgers()
    defer { ledgers.close() }
    let store = try ledgers.store(of: RigName("app"))
    let isUnfinished = try !town.town.base.database().unfinishedMerges(rig: RigName("app")).isEmpty
    for work in town.works {
      var isMerged = false
      for id in work.requests {
        let request = try #require(try store.issue(id))
        let what =
          "\(id) of \(work.branch), a \(work.kind), is \(request.status) \(request.closeReason): \(town.story)"
        if request.isClosed {
          let reason = request.closeReason
          if reason.hasPrefix("rejected: ") {
            #expect(!town.pushed.contains(id.rawValue), "\(what)")
            continue
          }
          if reason.hasPrefix("superseded by ") { continue }
          #expect(Self.merged.contains(reason), "\(what)")
          isMerged = true
          try checkMerged(request, work, moves, town)
        } else if request.status == .inProgress {
          #expect(isUnfinished || town.hasClaim(request), "\(what)")
        } else {
          #expect(request.status == .open && request.assignee.isEmpty, "\(what)")
          if request.labels.contains(where: { $0.hasPrefix("needs-") && $0 != "needs-rebase" }) {
            #expect(!request.comments.isEmpty, "\(what)")
          }
        }
      }
      let issue = try #require(try store.issue(work.issue))
      #expect(issue.isClosed == isMerged || (isUnfinished && issue.isClosed), "\(work) \(town.story)")
    }
  }

  /// The commit is on the target, or was until a person removed it, and has what the branch brought.
  private func checkMerged(
    _ request: BeadsKit.Issue, _ work: LawTown.Work, _ moves: [GitID], _ town: LawTown
  ) throws {
    let field = JSONValue(parsing: request.metadata ?? "")?["merge_commit"]?.stringValue
    let commit = try #require(field.flatMap { GitID($0) }, "\(request.id): \(town.story)")
    let repository = try GitRepository(at: town.origin)
    let isThere = try moves.contains { try $0 == commit || repository.isAncestor(commit, of: $0) }
    #expect(isThere, "\(request.id) is closed with \(commit), which main never had: \(town.story)")
    if work.kind == .empty || work.kind == .there { return }
    #expect(
      try town.files(commit).contains(work.own) || work.isTouched,
      "\(request.id) without \(work.own): \(town.story)")
  }

  // MARK: Branches

  /// Whatever was not merged is where people left it.
  private func checkBranches(_ town: LawTown) throws {
    let ledgers = town.town.base.ledgers()
    defer { ledgers.close() }
    let store = try ledgers.store(of: RigName("app"))
    for work in town.works {
      let there = try town.target("refs/heads/\(work.branch)")
      if there == work.head { continue }
      #expect(there == nil, "\(work.branch) was changed: \(town.story)")
      let merged = try work.requests.contains { id in
        guard let request = try store.issue(id), request.isClosed else { return false }
        let commit = JSONValue(parsing: request.metadata ?? "")?["commit_sha"]?.stringValue
        return Self.merged.contains(request.closeReason) ? commit == work.head?.description : false
      }
      #expect(merged, "\(work.branch) was removed, but not merged: \(town.story)")
    }
  }

  // MARK: In the end

  /// Nothing is under way, and what nobody kept from it is merged.
  private func checkEnd(_ town: LawTown) throws {
    let database = try town.town.base.database()
    let runs = try database.merges(rig: RigName("app"), limit: 1000)
    #expect(runs.allSatisfy { $0.phase == .done }, "\(town.story)")
    #expect(try town.isGood(town.main()), "\(town.story)")
    let states = try town.town.states()
    for (id, state) in states {
      #expect(
        ["blocked", "needs-fix", "needs-resubmit", "needs-help"].contains(state),
        "\(id) is \(state): \(town.story)")
    }
    for work in town.works where !work.isTouched && [.clean, .flaky, .empty, .there].contains(work.kind) {
      let request = try town.town.issue(try #require(work.requests.last))
      let isSlow = request.comments.contains { $0.text.contains("took too long") }
      #expect(
        request.isClosed || isSlow,
        "\(work.branch), a \(work.kind), was not merged: \(request.comments.map(\.text)) \(town.story)")
    }
  }
}

extension LawTown {
  /// Whether an engine that was killed left it claimed, before it had written down that it did.
  func hasClaim(_ request: BeadsKit.Issue) -> Bool { request.assignee == "app/refinery" }
}
