import BeadsKit
import CommandKit
import GasTownKit

/// One demonstration: everything is done with the commands that a person would type.
final class Demo {
  let context: GtContext
  let program: String
  let folder: String
  let agents: Int
  let issues: [DemoIssue]
  /// What chooses the faults; nil when nothing is killed.
  let dice: Dice?
  private let seconds: Int64
  var environment: Environment
  var ids: [IssueID] = []
  /// What was killed.
  var chaos: Chaos?
  private var isMade = false

  var root: String { Path.join(folder, "town") }
  var town: Town { Town(root: root, environment: environment) }
  private var origin: String { Path.join(folder, "app.git") }
  /// What agents did and what was killed, for those who compare.
  var ledger: String { Path.join(folder, "ledger.jsonl") }

  init(_ context: GtContext, beads: Int, agents: Int, seconds: Int64, dice: Dice?) throws(BeadsError) {
    self.context = context
    self.agents = agents
    self.seconds = seconds
    self.dice = dice
    issues = dice.map { DemoIssue.wild(beads, $0) } ?? DemoIssue.calm(beads)
    program = try context.ownProgram()
    let base = try FileSystem.realPath(context.environment["TMPDIR"] ?? "/tmp")
    folder = Path.join(base, "gt-demo-\(String(UInt32.random(in: .min ... .max), radix: 36))")
    var environment = context.environment
    environment.variables = VariableFilter.basic.filter(environment.variables).merging(
      [
        "TMUX_TMPDIR": folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "You",
        "GIT_AUTHOR_EMAIL": "you@example.org", "GIT_COMMITTER_NAME": "You",
        "GIT_COMMITTER_EMAIL": "you@example.org",
      ]
    ) { $1 }
    environment.currentDirectory = folder
    self.environment = environment
    if dice != nil { self.environment.variables["GT_SCRIPTED_LEDGER"] = ledger }
  }

  func say(_ text: TerminalText) { context.output.print(text) }

  /// Says what happens meanwhile: with faults it is no result.
  func tell(_ text: TerminalText) {
    if dice == nil { say(text) } else { context.output.note(text) }
    context.output.flush()
  }

  /// Runs a command of gt as a person would, and shows its first line.
  @discardableResult
  func run(_ words: [String], in directory: String? = nil, isShown: Bool = true) throws(BeadsError) -> String
  {
    if isShown {
      say("\("$ gt " + words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " "), .bold)")
    }
    let result = try Subprocess(
      [program] + words, directory: directory ?? root, variables: environment.variables,
      timeout: .seconds(120)
    ).run()
    guard result.succeeded else {
      throw BeadsError(.io, "gt \(words.joined(separator: " ")): \(result.errorText)\(result.text)")
    }
    if isShown, let first = result.text.split(separator: "\n").first { say("  \(String(first))") }
    return result.text
  }

  func git(_ words: String..., in directory: String) throws(BeadsError) {
    try GitCommand(directory, environment).run(words, to: words.joined(separator: " "))
  }

  var checkout: String { Path.join(folder, "checkout") }

  // MARK: Making

  func make() throws(BeadsError) {
    try FileSystem.makeDirectory(checkout)
    isMade = true
    try git("init", "--quiet", "--bare", "--initial-branch=main", origin, in: folder)
    try git("clone", "--quiet", origin, checkout, in: folder)
    // The gate of the soak takes a moment, so that there is something to be killed, and counts how often it was run.
    let slow = "sleep 0.3; echo run >>'\(Path.join(folder, "gate-runs"))'\n"
    let test =
      "# What must hold on every commit of main.\n\(dice == nil ? "" : slow)"
      + "for f in broken*; do [ -e \"$f\" ] && exit 1; done\nexit 0\n"
    try FileSystem.replace(Path.join(checkout, "test.sh"), with: Array(test.utf8))
    try FileSystem.replace(Path.join(checkout, "shared.txt"), with: Array("first line\n".utf8))
    try git("checkout", "--quiet", "-B", "main", in: checkout)
    try git("add", "--all", in: checkout)
    try git("commit", "--quiet", "-m", "Begin", in: checkout)
    try git("push", "--quiet", "origin", "main", in: checkout)
    say("A town in \(root), and a project whose test is `sh test.sh`:")
    try run(["install", root], in: folder)
    try run(["rig", "add", "app", origin])
    try run(["rig", "settings", "set", "app", "merge_queue.test_command", "sh test.sh"], isShown: false)
    for (key, value) in [
      ("default_agent", "scripted"), ("scheduler.max_polecats", String(agents)),
      ("sessions.pass_variables", "GT_SCRIPTED_LEDGER"),
    ] { try run(["config", "set", key, value], isShown: false) }
    try createIssues()
  }

  private func createIssues() throws(BeadsError) {
    let ledgers = Ledgers(town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let issues = issues
    ids = try ledgers.store(of: try RigName("app")).write("create") { tx throws(BeadsError) in
      var made: [IssueID] = []
      for issue in issues {
        var draft = IssueDraft(title: issue.title)
        draft.description = issue.description
        let id = try tx.create(draft).id
        for blocker in issue.blockers { try tx.addDependency(id, dependsOn: made[blocker]) }
        made.append(id)
      }
      return made
    }
  }

  // MARK: Working

  /// Has the work done; with faults they end after two thirds of the time, so that the rest shows whether the town
  /// comes to an end by itself.
  func work() throws(BeadsError) {
    StopSignal.install()
    say("")
    try run(["convoy", "create", "Demo"] + ids.map(\.rawValue), isShown: false)
    say("\(ids.count) issues in a convoy; the daemon gives them to \(agents) agents at a time:")
    try run(["up"])
    let start = monotonicNanoseconds()
    let chaos = try dice.map { dice throws(BeadsError) in
      try Chaos(town, dice, program: program, ledger: ledger) { [unowned self] in
        tell("  \(elapsed(since: start))  \($0)")
      }
    }
    self.chaos = chaos
    let progress = try DemoProgress(self)
    var end: TerminalText = "the time is over"
    while !StopSignal.isRaised, monotonicNanoseconds() - start < seconds * 1_000_000_000 {
      if dice == nil { try progress.showEvents() }
      let standing = try progress.standing()
      if chaos != nil { progress.show(standing, at: elapsed(since: start)) }
      if standing.isOver {
        end = "over"
        break
      }
      if monotonicNanoseconds() - start < seconds * 1_000_000_000 / 3 * 2 {
        chaos?.act()
      } else {
        chaos?.rest()
      }
      pause(nanoseconds: 200_000_000)
    }
    if StopSignal.isRaised { end = "asked to end" }
    chaos?.rest()
    tell("  \(elapsed(since: start))  \(end)")
  }

  private func elapsed(since start: Int64) -> String {
    let seconds = Int((monotonicNanoseconds() - start) / 1_000_000_000)
    return [seconds / 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  // MARK: Ending

  /// Stops the town, and looks that nothing of it is left.
  func stop() -> Bool {
    guard isMade else { return true }
    do throws(BeadsError) { try run(["down"], isShown: dice != nil) } catch {
      say("\("✗", .red) \(error.message)")
      return false
    }
    var left = DemoProcesses.all(of: folder)
    let deadline = monotonicNanoseconds() + 2_000_000_000
    while !left.isEmpty, monotonicNanoseconds() < deadline {
      pause(nanoseconds: 20_000_000)
      left = DemoProcesses.all(of: folder)
    }
    for process in left { say("\("✗", .red) process \(process.pid) is left: \(process.command)") }
    return left.isEmpty
  }

  func remove(keeping: Bool) {
    guard isMade else { return }
    // After an error nothing was stopped yet; otherwise this finds nothing to do.
    _ = try? run(["down"], isShown: false)
    if keeping {
      say("Everything is in \(folder)")
    } else {
      _ = try? Subprocess(["rm", "-rf", folder]).run()
    }
  }
}
