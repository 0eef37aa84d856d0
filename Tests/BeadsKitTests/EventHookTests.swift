import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("Event hooks")
struct EventHookTests {
  /// What a store tells of its changes is enough to know it: the last image of each issue is the issue.
  @Test(arguments: 0..<40)
  func commitsAreTold(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    var known: [IssueID: BeadsModel.Issue] = [:]
    var told = 0
    store.onCommit = { changes in
      told += 1
      #expect(!changes.isEmpty)
      for change in changes {
        #expect(change.before == known[change.after.id])
        #expect(change.before != change.after)
        known[change.after.id] = change.after
      }
    }
    for step in 0..<30 {
      let (ids, before) = (known.keys.sorted(), told)
      let isDoomed = random.chance(20)
      let (first, second) = (random.pick(ids), random.pick(ids))
      let choice = random.below(6)
      let isChanged = try? store.write("step") { tx throws(BeadsError) in
        let count = tx.changeCount
        switch (choice, first) {
        case (1, let id?): try tx.update(id) { $0.priority = Int(step % 5) }
        case (2, let id?): try tx.close(id, reason: "done")
        case (3, let id?):
          // What fails inside is undone, and not told.
          try? tx.attempt { inner throws(BeadsError) in
            try inner.update(id) { $0.title = "never" }
            throw BeadsError(.conflict, "no")
          }
        case (4, let id?): if let second { try tx.addDependency(id, dependsOn: second, type: .related) }
        case (5, let id?): _ = try tx.delete([id], reason: "gone")
        default:
          var draft = IssueDraft(title: "Issue \(step)")
          draft.labels = ["a", "b"]
          try tx.create(draft)
        }
        if isDoomed { throw BeadsError(.conflict, "taken back") }
        return tx.changeCount > count
      }
      #expect(told - before == (isChanged == true ? 1 : 0))
    }
    let stored = try store.issues(where: "1")
    #expect(stored.map(\.id) == known.keys.sorted())
    for issue in stored { #expect(issue == known[issue.id]) }
    store.closeConnection()
  }

  /// An import tells what was done elsewhere; the hooks were called there.
  @Test func importsAreNotTold() throws {
    let project = try TestProject()
    let store = try project.makeStore()
    store.onCommit = { _ in Testing.Issue.record("an import was told") }
    let line =
      #"{"id":"t-1","title":"A","status":"open","priority":1,"issue_type":"task","#
      + #""created_at":"2026-03-02T09:00:00Z","updated_at":"2026-03-02T09:00:00Z"}"#
    try FileSystem.replace(project.location.jsonlPath, with: Array((line + "\n").utf8))
    #expect(try store.importChanges()?.created.count == 1)
    store.closeConnection()
  }

  private func issue(labels: [String] = [], edges: [String] = []) throws -> BeadsModel.Issue {
    var issue = BeadsModel.Issue(id: try IssueID("t-1"), title: "A", createdAt: Timestamp(unixNanoseconds: 0))
    issue.labels = labels
    issue.dependencies = try edges.map { name in
      Dependency(
        issue.id, dependsOn: try IssueID(name), type: .blocks, createdAt: issue.createdAt, createdBy: "a")
    }
    return issue
  }

  /// Labels and edges of a new issue come one after the other, each with what came before.
  @Test func orderOfCalls() throws {
    let new = try issue(labels: ["x", "y"], edges: ["t-2"])
    let calls = EventHooks.calls(for: CommittedChange(before: nil, after: new))
    #expect(calls.map(\.event) == [.create, .update, .update, .update])
    #expect(
      calls.map(\.issue) == [
        try issue(), try issue(labels: ["x"]), try issue(labels: ["x", "y"]),
        try issue(labels: ["x", "y"], edges: ["t-2"]),
      ])
    let old = try issue()
    var closed = old
    closed.status = .closed
    #expect(EventHooks.calls(for: CommittedChange(before: old, after: new)).map(\.event) == [.update])
    #expect(EventHooks.calls(for: CommittedChange(before: old, after: closed)).map(\.event) == [.close])
    #expect(EventHooks.calls(for: CommittedChange(before: closed, after: old)).map(\.event) == [.update])
    #expect(EventHooks.calls(for: CommittedChange(before: closed, after: closed)).map(\.event) == [.update])
    var buried = old
    buried.becomeTombstone(by: "a", reason: "", at: old.createdAt)
    #expect(EventHooks.calls(for: CommittedChange(before: old, after: buried)).isEmpty)
  }

  // MARK: Programs

  private func withProgram(_ name: String, _ script: String, _ body: (TestProject) throws -> Void) throws {
    let project = try TestProject()
    let path = Path.join(project.beadsDirectory, "hooks", name)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: Array(("#!/bin/sh\n" + script).utf8), mode: 0o755)
    try body(project)
  }

  private func log(_ project: TestProject) -> String {
    (try? FileSystem.readText(Path.join(project.beadsDirectory, "hooks.log"))) ?? ""
  }

  private func fire(_ project: TestProject, _ input: String, limit: Duration = .seconds(60)) {
    EventHooks.run(
      Array(input.utf8), beadsDirectory: project.beadsDirectory, environment: project.environment,
      timeLimit: limit)
  }

  @Test(arguments: [
    ("exit 0", ""), ("echo said", "on_close t-1: said\n"),
    ("echo out; echo err >&2; exit 3", "on_close t-1: exit status 3\nout\nerr\n"),
    ("kill -9 $$", "on_close t-1: ended by signal 9\n"), ("cat", "on_close t-1: {}\n"),
    ("echo $1 $2 $BD_NO_HOOKS", "on_close t-1: t-1 close 1\n"),
  ])
  func whatProgramsPrintIsKept(_ script: String, _ expected: String) throws {
    try withProgram("on_close", script) { project in
      fire(project, "close t-1\n{}\nupdate t-1\n{}\n")
      #expect(log(project).drop { $0 != " " }.dropFirst() == expected)
    }
  }

  @Test func theLogStaysSmall() throws {
    try withProgram("on_update", "head -c 5000 /dev/zero | tr '\\0' x") { project in
      fire(project, String(repeating: "update t-1\n{}\n", count: 100))
      #expect(log(project).utf8.count < 70_000)
      #expect(log(project).split(separator: "\n").allSatisfy { $0.utf8.count < 1100 })
    }
  }

  /// A program that hangs is ended with everything it started, and the next one gets its turn.
  @Test(arguments: [
    "sleep 600", "trap '' TERM\nsleep 600", "(trap '' TERM; sleep 600) & echo $! > child\nwait",
  ])
  func hangingProgramsAreEnded(_ script: String) throws {
    try withProgram("on_create", "echo $$ >> pids\n" + script) { project in
      fire(project, "create t-1\n{}\ncreate t-2\n{}\n", limit: .milliseconds(200))
      #expect(
        log(project).split(separator: "\n").count { $0.hasSuffix("ended because it took too long") } == 2)
      for name in ["pids", "child"] {
        let text = (try? FileSystem.readText(Path.join(project.directory, name))) ?? ""
        for pid in text.split(separator: "\n") {
          let result = try Subprocess(["ps", "-o", "stat=", "-p", String(pid)]).run()
          #expect(result.text.isEmpty || result.text.hasPrefix("Z"), "\(pid) lives: \(result.text)")
        }
      }
    }
  }

  @Test func onlyProgramsThatMayRun() throws {
    try withProgram("on_close", "exit 1") { project in
      let directory = project.beadsDirectory
      #expect(EventHooks(beadsDirectory: directory) != nil)
      try FileSystem.setMode(Path.join(directory, "hooks/on_close"), 0o644)
      #expect(EventHooks(beadsDirectory: directory) == nil)
      #expect(EventHooks(beadsDirectory: project.directory) == nil)
      fire(project, "close t-1\n{}\n")
      #expect(log(project).isEmpty)
    }
  }
}
