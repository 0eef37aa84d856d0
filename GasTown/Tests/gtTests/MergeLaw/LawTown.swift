import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

/// A rig whose merge queue is treated as badly as it gets, step by step from a seed.
///
/// What people do to branches is done in the origin itself, in process. Engines are processes, so that they can be killed. The
/// gate is a rule about the files of a commit, `isGood`, so that the test can ask it again.
final class LawTown {
  let town: MergeTown
  var random: SeededRandom
  /// Files that tell the gate what to do, and what it says.
  let control: String
  var works: [Work] = []
  /// The commits to which people moved main, and where it was in the beginning.
  var byHand: Set<GitID> = []
  /// The merge requests that commits of the engine name.
  var pushed: Set<String> = []
  /// What was done, for whoever reads of a failure.
  var story: [String] = []
  var isAway = false
  private var made = 0
  /// How many moves of main were looked at already.
  var checked = 1

  /// A branch that was submitted.
  struct Work {
    var kind: Kind
    var branch: String
    /// The file that nobody else adds.
    var own: String
    var issue: IssueID
    /// Where people left the branch; nil when they removed it.
    var head: GitID?
    var requests: [IssueID] = []
    /// Whether somebody did something to it that may keep it from being merged.
    var isTouched = false
  }

  enum Kind: String, CaseIterable {
    case clean, conflicting, broken, flaky, left, right, empty, there, unrelated
  }

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    let place = "/tmp/gt-law-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    control = place
    try FileSystem.makeDirectory(place)
    town = try MergeTown(gate: Self.gate(place))
    try town.set("merge_queue.test_command", nil)
    try town.set("merge_queue.batch.max_batch_size", "4")
    try setTimeout("30s")
    let origin = town.base.originPath("app")
    try town.base.git(origin, "config", "core.logAllRefUpdates", "always")
    // Its log begins with where it is.
    byHand = [try main()]
    try town.base.git(origin, "reflog", "expire", "--expire=now", "--all")
    try move("refs/heads/start", to: main())
    try FileSystem.replace(
      Path.join(origin, "logs/refs/heads/main"),
      with: Array("\(zero) \(main()) a <a@x> 1 +0000\tstart\n".utf8))
  }

  deinit { try? FileManager.default.removeItem(atPath: control) }

  private let zero = String(repeating: "0", count: 40)

  // MARK: The gate

  /// Fails with a file `broken…`, with both `left…` and `right…`, and with `flaky…` the first time.
  private static func gate(_ control: String) -> String {
    """
    cd "$(dirname "$0")"
    if mv \(control)/wait \(control)/waiting 2>/dev/null; then
      i=0; until test -e \(control)/go || test $i -gt 1000; do sleep 0.02; i=$((i + 1)); done
    fi
    mv \(control)/stray ../../stray-file 2>/dev/null
    ls broken* >/dev/null 2>&1 && exit 1
    ls left* >/dev/null 2>&1 && ls right* >/dev/null 2>&1 && exit 1
    commit=$(git rev-parse HEAD)
    ls flaky* >/dev/null 2>&1 && mkdir \(control)/$commit 2>/dev/null && exit 1
    echo $commit >> \(control)/passed

    """
  }

  /// The same rule.
  func isGood(_ commit: GitID) throws -> Bool {
    let names = try files(commit)
    func has(_ start: String) -> Bool { names.contains { $0.hasPrefix(start) } }
    return !has("broken") && !(has("left") && has("right"))
  }

  func setTimeout(_ limit: String) throws {
    try town.set("merge_queue.gates", #"{"test": {"cmd": "sh gate.sh", "timeout": "\#(limit)"}}"#)
  }

  func tellGate(_ word: String) throws { try FileSystem.replace(Path.join(control, word), with: []) }

  func clearGate() {
    for word in ["wait", "waiting", "go", "stray"] { _ = try? FileSystem.remove(Path.join(control, word)) }
  }

  // MARK: The origin

  var origin: String { town.base.originPath("app") + (isAway ? ".away" : "") }

  func main() throws -> GitID { try #require(try target("refs/heads/main")) }

  func target(_ reference: String) throws -> GitID? {
    try GitRepository(at: origin).target(of: reference)
  }

  func files(_ commit: GitID) throws -> Set<String> {
    let repository = try GitRepository(at: origin)
    return Set(try repository.files(below: try repository.tree(of: commit)).keys)
  }

  /// Adds a commit, to which no branch points yet.
  func commit(on parent: GitID?, _ files: [String: String], removing: [String] = []) throws -> GitID {
    made += 1
    let message = "Change \(files.keys.sorted().joined(separator: " "))"
    var stream = """
      commit refs/made/\(made)
      mark :1
      committer alice <alice@example.org> \(1_772_442_000 + made) +0000
      data \(message.utf8.count)
      \(message)

      """
    if let parent { stream += "from \(parent)\n" }
    for (path, text) in files { stream += "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n" }
    for path in removing { stream += "D \(path)\n" }
    let result = try GitCommand(origin, town.base.environment).ask(
      ["fast-import", "--quiet"], input: Array((stream + "\nget-mark :1\n").utf8))
    return try #require(GitID(result.text), "\(result.errorText)")
  }

  /// Moves a branch as a push does; false when it is not where it was thought to be.
  @discardableResult
  func move(_ reference: String, to new: GitID?, from old: GitID? = nil) throws -> Bool {
    let arguments = new.map { [reference, $0.description] } ?? ["-d", reference]
    return try GitCommand(origin, town.base.environment).ask(
      ["update-ref"] + arguments + (old.map { [$0.description] } ?? [])
    ).succeeded
  }

  /// Pushes to main, again and again until nobody was faster.
  func moveMain(_ make: (GitID) throws -> GitID) throws {
    while true {
      let old = try main()
      let new = try make(old)
      byHand.insert(new)
      if try move("refs/heads/main", to: new, from: old) { return }
    }
  }

  // MARK: The queue

  func submit(_ kind: Kind) throws {
    let number = works.count
    let prefix = kind == .conflicting || kind == .clean ? "f" : kind.rawValue
    let own = "\(prefix)\(number)"
    let start = try main()
    var head = start
    switch kind {
    case .conflicting: head = try commit(on: start, [own: "x", "main.txt": "by \(number)"])
    case .empty: head = try commit(on: start, [:])
    case .there: break
    case .unrelated: head = try commit(on: nil, [own: "x"])
    default:
      head = try commit(on: start, [own: "x"])
      if random.chance(30) { head = try commit(on: head, [own: "y"]) }
    }
    let work = Work(
      kind: kind, branch: "polecat/w\(number)", own: own, issue: try town.base.makeIssue("Do \(own)"),
      head: head)
    works.append(work)
    try move("refs/heads/\(work.branch)", to: head)
    try ask(number)
  }

  /// Asks for the merge of a branch as it is.
  func ask(_ index: Int) throws {
    let work = works[index]
    guard let head = work.head else { return }
    let ledgers = town.base.ledgers()
    defer { ledgers.close() }
    let worker = try #require(AgentAddress("app/polecats/w\(index)"))
    let store = try ledgers.store(of: RigName("app"))
    let source = try store.write("test") { tx throws(BeadsError) in
      try tx.update(work.issue) { issue in
        if issue.isClosed { return }
        issue.status = .inReview
        issue.assignee = worker.text
      }
    }
    if source.isClosed { return }
    let submission = MergeRequests.Submission(
      source: source, branch: try BranchName(work.branch), target: try BranchName("main"),
      commit: head.description, worker: worker, priority: random.within(0...4))
    let id = try MergeRequests(town.base.rig(), ledgers).submit(submission).id
    if works[index].requests.last != id { works[index].requests.append(id) }
  }

  /// The merge requests, and what they are for.
  var requests: [(id: IssueID, work: Int)] {
    works.indices.flatMap { index in works[index].requests.map { ($0, index) } }
  }
}
