import BeadsKit
import Foundation
import GasTownKit
import Testing

/// A town whose rig `app` has a gate and branches to merge.
///
/// The gate is a file of the project, `gate.sh`; it fails where there is a file `broken`, and notes in a file of its own
/// which tree it has seen.
final class MergeTown {
  let base: TestTown
  let clone: String
  /// Where the gate writes the trees that it let pass.
  let passed: String

  init(gate: String? = nil) throws {
    base = try TestTown(rig: false)
    passed = Path.join(base.root, "../passed.txt")
    let script = gate ?? "ls broken* 2>/dev/null && exit 1\ngit rev-parse HEAD^{tree} >> \(passed)\n"
    try base.makeOrigin("app", files: ["gate.sh": script])
    #expect(base.gt("rig", "add", "app", base.originPath("app")).status == 0)
    clone = Path.join(base.root, "../work")
    try set("merge_queue.test_command", "sh gate.sh")
    try base.git(base.root, "clone", "--quiet", base.originPath("app"), clone)
  }

  /// Changes a setting of the rig; nil takes it out.
  func set(_ name: String, _ value: String?) throws {
    try RigSettings.set(name, to: value, in: base.rig(), of: base.town, command: "test")
  }

  /// Pushes a branch that starts at the origin's main, and asks for its merge.
  @discardableResult
  func submit(
    _ name: String, _ files: [String: String], removing: [String] = [], priority: Int = 2,
    from start: String = "origin/main"
  ) throws -> (request: IssueID, issue: IssueID) {
    let branch = "polecat/\(name)"
    try base.git(clone, "fetch", "--quiet", "origin")
    try base.git(clone, "checkout", "--quiet", "-B", branch, start)
    for (path, text) in files { try base.write(Path.join(clone, path), text) }
    for path in removing { try base.git(clone, "rm", "--quiet", path) }
    try base.git(clone, "add", "--all")
    try base.git(clone, "commit", "--quiet", "-m", "Change \(name)")
    try base.git(clone, "push", "--quiet", "--force", "origin", branch)
    let head = try base.git(clone, "rev-parse", "HEAD")
    let issue = try base.makeIssue("Do \(name)")
    let ledgers = base.ledgers()
    defer { ledgers.close() }
    let request = try ledgers.store(of: RigName("app")).write("submit") { tx throws(BeadsError) in
      try tx.update(issue) { issue in
        issue.status = .inReview
        issue.assignee = "app/polecats/\(name)"
      }
      var draft = IssueDraft(title: "Merge: \(name)")
      draft.type = .mergeRequest
      draft.labels = [MergeRequest.label]
      draft.isEphemeral = true
      draft.priority = priority
      return try tx.create(draft).id
    }
    try setFields(
      request,
      [
        "branch": branch, "target": "main", "source_issue": issue.rawValue, "worker": "app/polecats/\(name)",
        "commit_sha": head,
      ])
    return (request, issue)
  }

  private func setFields(_ id: IssueID, _ fields: [String: String]) throws {
    let ledgers = base.ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("fields") { tx throws(BeadsError) in
      try tx.update(id) { issue throws(BeadsError) in
        for (key, value) in fields { try issue.setMetadata(key, .string(value)) }
      }
    }
  }

  /// Pushes a commit to the origin's main, as a person does who is in a hurry.
  func pushByHand(_ files: [String: String], removing: [String] = []) throws {
    try base.git(clone, "fetch", "--quiet", "origin")
    try base.git(clone, "checkout", "--quiet", "-B", "main", "origin/main")
    for (path, text) in files { try base.write(Path.join(clone, path), text) }
    for path in removing { try base.git(clone, "rm", "--quiet", path) }
    try base.git(clone, "add", "--all")
    try base.git(clone, "commit", "--quiet", "-m", "By hand")
    try base.git(clone, "push", "--quiet", "origin", "main")
  }

  /// Starts the engine as a process of its own.
  func startEngine() throws -> BackgroundProcess {
    try BackgroundProcess(
      [LiveTown.program(), "mq", "run", "app"], directory: base.root, variables: base.environment.variables)
  }

  /// What is said on an issue.
  func comments(_ id: IssueID) throws -> [String] { try issue(id).comments.map(\.text) }

  /// The state of the merge requests that are not closed, by ID.
  func states() throws -> [String: String] {
    let rows = try base.json("mq", "list", "app").arrayValue ?? []
    return Dictionary(
      uniqueKeysWithValues: rows.map { ($0["id"]?.stringValue ?? "", $0["state"]?.stringValue ?? "") })
  }

  /// Runs the engine until nothing is ready.
  @discardableResult
  func merge() -> GtResult { base.gt("mq", "run", "app") }

  /// An issue as its tracker has it.
  func issue(_ id: IssueID) throws -> BeadsKit.Issue {
    let ledgers = base.ledgers()
    defer { ledgers.close() }
    return try #require(try ledgers.store(for: id).issue(id))
  }

  /// What git prints of the origin.
  func origin(_ arguments: String...) throws -> String {
    let result = try GitCommand(base.originPath("app"), base.environment).ask(arguments)
    try #require(result.succeeded, "git \(arguments): \(result.errorText)")
    return result.text
  }

  /// The files of the origin's main.
  func files() throws -> Set<String> {
    Set(try origin("ls-tree", "-r", "--name-only", "main").split(separator: "\n").map(String.init))
  }

  /// How often the gate let something pass.
  var passes: [String] {
    ((try? FileSystem.readText(passed)) ?? "").split(separator: "\n").map(String.init)
  }
}

/// A program in the background, ended with the value.
///
/// One that Foundation starts in a test would have the signals blocked that it is to be sent.
final class BackgroundProcess {
  let pid: Int32
  private var isOver = false

  init(_ arguments: [String], directory: String = "/", variables: [String: String]? = nil) throws {
    pid = try Subprocess(arguments, directory: directory, variables: variables).startDetached()
  }

  deinit {
    if isRunning { end(SIGKILL) }
  }

  var isRunning: Bool {
    if !isOver { isOver = hasEnded(pid) }
    return !isOver
  }

  func send(_ signal: Int32) { if isRunning { _ = kill(pid, signal) } }

  /// Sends a signal and waits for the end.
  func end(_ signal: Int32) {
    send(signal)
    while isRunning { usleep(2_000) }
  }
}
