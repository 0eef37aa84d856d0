import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore
@testable import BeadsWork

private func gate(
  _ type: String, id: String = "", timeout: Int64 = 0, made: Int64 = 1000
) -> BeadsModel.Issue {
  var issue = Issue(id: IssueID(unchecked: "t-g"), title: "Gate", createdAt: Timestamp(seconds: made))
  issue.type = .gate
  issue.awaitType = type
  issue.awaitID = id
  issue.timeout = timeout
  return issue
}

@Suite("Gate conditions") struct GateConditionTests {
  /// A timer is up strictly after its end, whichever way the clock goes.
  @Test(arguments: [
    (now: Timestamp(seconds: 1059, nanoseconds: 999_999_999), word: "pending"),
    (now: Timestamp(seconds: 1060), word: "pending"),
    (now: Timestamp(seconds: 1060, nanoseconds: 1), word: "resolved"),
    (now: Timestamp(seconds: 10), word: "pending"),
    (now: Timestamp(seconds: -5_000_000_000), word: "pending"),
    (now: Timestamp(seconds: .max), word: "resolved"), (now: Timestamp(seconds: .min), word: "pending"),
  ]) func timers(_ now: Timestamp, _ word: String) {
    let condition = GateCondition(gate("timer", timeout: 60_000_000_000))
    #expect(condition.outcome(now: now, answer: nil).word == word)
  }

  @Test func timersThatCannotBeRead() {
    #expect(GateCondition(gate("timer")) == .broken("the timer has no timeout"))
    #expect(GateCondition(gate("timer", timeout: -1)) == .broken("the timeout of the timer is negative"))
    // The longest timeout and the last moment do not trap.
    let late = GateCondition(gate("timer", timeout: .max, made: .max - 10))
    #expect(late.outcome(now: Timestamp(seconds: 0), answer: nil).word == "pending")
    #expect(GateCondition(gate("timer")).outcome(now: Timestamp(seconds: 0), answer: nil).word == "error")
  }

  /// What is asked follows from type and ID alone; text that could be an option or several lines is never asked.
  @Test(arguments: [
    ("gh:run", "123", GateCondition.run("123")), ("gh:run", "", .anyRun),
    ("gh:run", "ci.yml", .workflow("ci.yml")),
    ("gh:run", "Build & test; rm -rf /", .workflow("Build & test; rm -rf /")),
    ("gh:pr", "7", .pullRequest("7")),
    ("human", "x", .somebody), ("mail", "", .somebody), ("", "", .somebody), ("other", "-x", .somebody),
  ]) func questions(_ type: String, _ id: String, _ expected: GateCondition) {
    #expect(GateCondition(gate(type, id: id)) == expected)
  }

  static let hostile = [
    "-h", "--repo=evil/x", "-", "a\nb", "a\u{0}b", "\u{1B}[31m", "\u{9B}x", " ", "\t",
    String(repeating: "9", count: 201),
  ]

  @Test(arguments: hostile) func hostileIDsAreNeverAsked(_ id: String) {
    for type in ["gh:run", "gh:pr"] {
      let condition = GateCondition(gate(type, id: id))
      #expect(!condition.needsAnswer, "\(type)")
      #expect(condition.outcome(now: Timestamp(seconds: 0), answer: nil).word == "error")
    }
    for type in AwaitType.allCases {
      #expect(throws: BeadsError.self) { try GateDraft(type, awaitID: id, timeout: 1).validate() }
    }
  }

  @Test(arguments: ["", "main", "1 2", "+7", "-7", "7x", "٧", "12345678901234567890", "https://x/pull/7"])
  func pullRequestsAreNumbers(_ id: String) {
    #expect(!GateCondition(gate("gh:pr", id: id)).needsAnswer)
    #expect(throws: BeadsError.self) { try GateDraft(.githubPullRequest, awaitID: id).validate() }
  }

  @Test(
    arguments: [
      ("rig:t-1", "rig", "t-1"), ("t-1", nil, "t-1"), ("a:b:c", "a", "b:c"), (":t-1", nil, nil),
      ("rig:", nil, nil),
      ("rig:a b", nil, nil),
    ] as [(String, String?, String?)]) func addresses(_ text: String, _ rig: String?, _ id: String?)
  {
    #expect(BeadAddress(text)?.rig == rig)
    #expect(BeadAddress(text)?.id.rawValue == id)
  }

  /// Every status and conclusion that a run may have, and what becomes of the gate.
  @Test(arguments: [
    ("completed", "success", "resolved"), ("completed", "skipped", "resolved"),
    ("COMPLETED", "Success", "resolved"),
    ("completed", "failure", "escalated"), ("completed", "cancelled", "escalated"),
    ("completed", "timed_out", "escalated"), ("completed", "", "escalated"), ("in_progress", "", "pending"),
    ("queued", "", "pending"), ("in_progress", "success", "pending"), ("", "", "pending"),
  ]) func runs(_ status: String, _ conclusion: String, _ word: String) {
    let run = WorkflowRun(id: "5", status: status, conclusion: conclusion)
    let now = Timestamp(seconds: 0)
    #expect(GateCondition.run("5").outcome(now: now, answer: .run(run)).word == word)
    let older = WorkflowRun(
      id: "4", status: "completed", conclusion: "failure", createdAt: Timestamp(seconds: 1))
    var newer = run
    newer.createdAt = Timestamp(seconds: 2)
    for order in [[older, newer], [newer, older]] {
      #expect(GateCondition.workflow("ci").outcome(now: now, answer: .runs(order)).word == word)
    }
  }

  @Test(arguments: [
    ("MERGED", "resolved"), ("merged", "resolved"), ("CLOSED", "escalated"), ("OPEN", "pending"),
    ("", "error"),
    ("DRAFT", "error"),
  ]) func pullRequests(_ state: String, _ word: String) {
    let answer = GateAnswer.pullRequest(state: state, title: "x")
    #expect(GateCondition.pullRequest("1").outcome(now: Timestamp(seconds: 0), answer: answer).word == word)
  }

  /// An answer to another question, or none, never opens a gate.
  @Test func onlyTheRightAnswerCounts() throws {
    let address = try #require(BeadAddress("t-1"))
    let questions: [GateCondition] = [.run("1"), .workflow("ci"), .pullRequest("1"), .bead(address)]
    let answers: [GateAnswer] = [
      .run(WorkflowRun(id: "1", status: "completed", conclusion: "success")),
      .runs([WorkflowRun(id: "1", status: "completed", conclusion: "success")]),
      .pullRequest(state: "MERGED", title: ""), .bead(isFinished: true, status: .closed),
    ]
    for (row, question) in questions.enumerated() {
      #expect(question.outcome(now: Timestamp(seconds: 0), answer: nil).word == "error")
      #expect(question.outcome(now: Timestamp(seconds: 0), answer: .missing("x")) == .escalate("x"))
      #expect(question.outcome(now: Timestamp(seconds: 0), answer: .unknown("x")) == .failed("x"))
      for (column, answer) in answers.enumerated() {
        let word = question.outcome(now: Timestamp(seconds: 0), answer: answer).word
        #expect(word == (row == column ? "resolved" : "error"))
      }
    }
  }
}

@Suite("Gate discovery") struct GateDiscoveryTests {
  private let now = Timestamp(seconds: 10_000)
  private let head = GitHead(branch: "main", commit: "abc")

  private func run(
    _ id: String, age: Int64 = 60, branch: String = "", commit: String = "", workflow: String = "CI",
    status: String = "completed"
  ) -> WorkflowRun {
    WorkflowRun(
      id: id, workflow: workflow, status: status, createdAt: now.adding(seconds: -age), branch: branch,
      commit: commit)
  }

  @Test func scores() {
    let discovery = GateDiscovery(now: now, head: head)
    let wanted = gate("gh:run", made: 9940)
    #expect(discovery.score(run("1", branch: "main", commit: "abc"), for: wanted) == 330)
    #expect(discovery.score(run("1", branch: "main", status: "queued"), for: wanted) == 135)
    #expect(discovery.score(run("1", age: 60 + 299), for: wanted) == 30)
    #expect(discovery.score(run("1", age: 60 + 300), for: wanted) == 20)
    #expect(discovery.score(run("1", age: 60 + 600), for: wanted) == 10)
    #expect(discovery.score(run("1", age: 60 + 1800), for: wanted) == 0)
    let named = gate("gh:run", id: "ci.yml", made: 9940)
    #expect(discovery.score(run("1"), for: named) == 80)
    #expect(discovery.score(run("1", branch: "main", commit: "abc", workflow: "Docs"), for: named) == 0)
  }

  @Test func theBestRunIsFound() {
    let discovery = GateDiscovery(now: now, head: head)
    let gates = [gate("gh:run", made: 9940), gate("gh:run", id: "77"), gate("timer", timeout: 1)]
    let runs = [
      run("1", branch: "main"), run("2", branch: "main", commit: "abc"),
      run("3", age: 2000, branch: "main", commit: "abc"),
      run("4", branch: "other"),
    ]
    let matches = discovery.matches(gates, runs)
    #expect(matches.map(\.run.id) == ["2"])
    #expect(discovery.matches(gates, [run("9", age: 900)]).isEmpty, "a run of that time alone is not enough")
    #expect(discovery.matches(gates, []).isEmpty)
    let unknown = WorkflowRun(id: "5", status: "completed", branch: "main", commit: "abc")
    #expect(discovery.matches(gates, [unknown]).isEmpty, "nobody knows how old it is")
  }

  @Test func theHeadIsReadFromGitsFiles() throws {
    let project = try TestProject()
    #expect(GitHead.read(from: "/") == nil)
    let git = Path.join(project.directory, ".git")
    try FileSystem.makeDirectory(git)
    func write(_ name: String, _ text: String) throws {
      try FileSystem.replace(Path.join(git, name), with: Array(text.utf8))
    }
    try write("HEAD", "ref: refs/heads/feature/x\n")
    #expect(GitHead.read(from: project.directory) == GitHead(branch: "feature/x"))
    try write("packed-refs", "# pack-refs\n0123 refs/heads/other\n4567 refs/heads/feature/x\n")
    #expect(GitHead.read(from: project.directory) == GitHead(branch: "feature/x", commit: "4567"))
    try write("HEAD", "89ab\n")
    #expect(GitHead.read(from: project.directory) == GitHead(commit: "89ab"))
    try write("HEAD", "ref: ../../secret\n")
    #expect(GitHead.read(from: project.directory) == GitHead())
  }
}

@Suite("Gates in a store") struct GateStoreTests {
  /// Gates of every kind with answers at random: a second check finds nothing left to do, and what was closed is exactly
  /// what held.
  @Test(arguments: 0..<20) func checkingTwiceIsCheckingOnce(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    let kinds = ["timer", "gh:run", "gh:pr", "bead", "human", "mail", "odd"]
    try store.write("test") { transaction throws(BeadsError) in
      for number in 0..<30 {
        var draft = IssueDraft(title: "Gate \(number)")
        draft.type = .gate
        draft.awaitType = kinds.randomElement(using: &random) ?? "timer"
        draft.awaitID = ["", "1", "2", "ci", "t-1", "-x"].randomElement(using: &random) ?? ""
        draft.timeout = [0, -5, 1_000_000_000, 3_600_000_000_000].randomElement(using: &random) ?? 0
        try transaction.create(draft)
      }
    }
    project.advance(seconds: 60)
    var answers: [GateCondition: GateAnswer] = [:]
    func ask(_ questions: Set<GateCondition>) -> [GateCondition: GateAnswer] {
      for question in questions where answers[question] == nil {
        let run = WorkflowRun(
          id: "9", status: "completed",
          conclusion: ["success", "failure"].randomElement(using: &random) ?? "")
        switch question {
        case .run: answers[question] = .run(run)
        case .workflow: answers[question] = .runs(Bool.random(using: &random) ? [run] : [])
        case .pullRequest:
          answers[question] = .pullRequest(
            state: ["OPEN", "MERGED"].randomElement(using: &random) ?? "", title: "")
        case .bead: answers[question] = .bead(isFinished: Bool.random(using: &random), status: .open)
        default: break
        }
      }
      return answers
    }
    let first = try store.findings(of: try store.gates(GateChoice.all.types), ask: ask)
    #expect(
      try store.write("check") { transaction throws(BeadsError) in try transaction.settle(first) } == first)
    let held = Set(first.filter { $0.outcome.word == "resolved" }.map(\.gate.id))
    let closed = Set(try store.gates(includingFinished: true).filter(\.isClosed).map(\.id))
    #expect(held == closed)
    let after = try store.issues(where: "1")
    answers[.run("9")] = .run(WorkflowRun(id: "9", status: "queued"))
    let second = try store.findings(of: try store.gates(GateChoice.all.types), ask: ask)
    try store.write("check") { transaction throws(BeadsError) in _ = try transaction.settle(second) }
    // The same findings once more, from somebody who was slow, change nothing either.
    try store.write("check") { transaction throws(BeadsError) in _ = try transaction.settle(first) }
    #expect(try store.issues(where: "1") == after)
    try store.close()
  }

  /// What guards a gate beside its condition still does when the condition holds.
  @Test func aGateThatWaitsItselfStaysOpen() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let ids = try store.write("test") { transaction throws(BeadsError) in
      let work = try transaction.create(IssueDraft(title: "Work")).id
      let first = try transaction.create(IssueDraft(title: "First")).id
      let gate = try transaction.createGate(GateDraft(.timer, timeout: 1), blocking: work).id
      let free = try transaction.createGate(GateDraft(.timer, timeout: 1), blocking: work).id
      try transaction.addDependency(gate, dependsOn: first)
      return [work, gate, free]
    }
    project.advance(seconds: 60)
    let found = try store.findings(of: try store.gates()) { _ in [:] }
    let settled = try store.write("check") { transaction throws(BeadsError) in try transaction.settle(found) }
    let words = Dictionary(uniqueKeysWithValues: settled.map { ($0.gate.id, $0.outcome.word) })
    #expect(words == [ids[1]: "error", ids[2]: "resolved"])
    #expect(try store.issue(ids[1])?.status == .open)
    #expect(try store.issue(ids[2])?.status == .closed)
    try store.close()
  }

  /// A dry look writes nothing, and what a check did can be taken back.
  @Test func checksCanBeUndone() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let (work, gate) = try store.write("test") { transaction throws(BeadsError) in
      let work = try transaction.create(IssueDraft(title: "Work")).id
      return (work, try transaction.createGate(GateDraft(.timer, timeout: 1), blocking: work).id)
    }
    project.advance(seconds: 60)
    let mark = try store.changeMark()
    let found = try store.findings(of: try store.gates()) { _ in [:] }
    #expect(try store.changeMark() == mark && store.issue(gate)?.status == .open)
    try store.write("check") { transaction throws(BeadsError) in _ = try transaction.settle(found) }
    #expect(try store.isBlocked(work) == false)
    _ = try store.undo()
    #expect(try store.issue(gate)?.status == .open)
    #expect(try store.isBlocked(work))
    try store.close()
  }

  @Test func theGateOfAWispIsAWisp() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    let gate = try store.write("test") { transaction throws(BeadsError) in
      var draft = IssueDraft(title: "Wisp")
      draft.isEphemeral = true
      return try transaction.createGate(GateDraft(), blocking: try transaction.create(draft).id)
    }
    #expect(gate.isEphemeral)
    try store.flush()
    #expect(project.exportedText.isEmpty)
    try store.close()
  }

  /// A bead gate looks into the project that has the issue, and writes nothing there.
  @Test func beadsOfOtherProjectsAreRead() throws {
    let (home, rig) = (try TestProject(), try TestProject())
    let store = try home.makeStore()
    let other = try rig.makeStore(prefix: "gt")
    let done = try IssueID("gt-done")
    try other.write("test") { transaction throws(BeadsError) in
      for id in ["gt-done", "gt-open"] {
        var draft = IssueDraft(title: id)
        draft.id = try IssueID(id)
        try transaction.create(draft)
      }
      try transaction.close(done)
    }
    try other.close()
    try FileSystem.replace(
      Path.join(home.beadsDirectory, "routes.jsonl"),
      with: Array(#"{"prefix":"gt-","path":"\#(rig.directory)"}"#.utf8))
    let before = try FileSystem.list(rig.beadsDirectory).sorted()
    let workspace = try Workspace.locate(environment: home.environment)
    var world = GateWorld(home: workspace, environment: home.environment)
    func word(_ text: String) throws -> String {
      let question = GateCondition.bead(try #require(BeadAddress(text)))
      let answer = world.answers(to: [question], store: store)[question]
      return question.outcome(now: store.now, answer: answer).word
    }
    #expect(try word("gt:gt-done") == "resolved")
    #expect(try word("gt-done") == "resolved")
    #expect(try word("unknown-rig:gt-done") == "resolved", "the prefix says where it is")
    #expect(try word("gt:gt-open") == "pending")
    #expect(try word("gt:gt-none") == "error")
    #expect(try word("nowhere:x-1") == "error")
    #expect(try FileSystem.list(rig.beadsDirectory).sorted() == before)
    try store.close()
  }
}
