import BeadsKit
import CommandKit
import GasTownKit

/// `gt demo`: a town at work, made on the spot and removed afterwards.
enum DemoCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "demo", summary: "Watch a town at work, without a model and without the network",
      section: CommandTree.Section.diagnostics,
      discussion: """
        Makes a town, a project with a test and a few issues in a temporary folder, gives them to scripted agents and lets \
        the daemon do the rest. One agent dies half-way, one breaks the tests each time, two exclude each other. It \
        ends when everything is merged or given up with a reason, and checks that the project passes its test.
        """,
      examples: ["gt demo", "gt demo --beads 20 --agents 10"],
      flags: [
        .int("beads", in: 5...200, default: 8, help: "How many issues"),
        .int("agents", in: 1...30, default: 4, help: "How many agents at once"),
        .int("seconds", in: 10...3600, default: 120, help: "When to give up"),
        .bool("keep", help: "Leave the folder there"),
      ]
    ) { arguments, context in
      let demo = try Demo(
        context, beads: try arguments.int("beads") ?? 8, agents: try arguments.int("agents") ?? 4,
        seconds: Int64(try arguments.int("seconds") ?? 120))
      defer { demo.end(keeping: arguments.bool("keep")) }
      try demo.make()
      try demo.work()
      if try !demo.account() { throw ExitStatus(1) }
    }
  }
}

/// One demonstration: everything is done with the commands that a person would type.
private final class Demo {
  private let context: GtContext
  private let program: String
  private let folder: String
  private let beads: Int
  private let agents: Int
  private let seconds: Int64
  private var environment: Environment
  private var ids: [IssueID] = []

  private var root: String { Path.join(folder, "town") }
  private var origin: String { Path.join(folder, "app.git") }

  init(_ context: GtContext, beads: Int, agents: Int, seconds: Int64) throws(BeadsError) {
    self.context = context
    self.beads = beads
    self.agents = agents
    self.seconds = seconds
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
  }

  private func say(_ text: TerminalText) { context.output.print(text) }

  /// Runs a command of gt as a person would, and shows its first line.
  @discardableResult
  private func run(_ words: String..., in directory: String? = nil, isShown: Bool = true) throws(BeadsError)
    -> String
  {
    if isShown {
      say("\("$ gt " + words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " "), .bold)")
    }
    let result = try Subprocess(
      [program] + words, directory: directory ?? root, variables: environment.variables, timeout: .seconds(60)
    ).run()
    guard result.succeeded else {
      throw BeadsError(.io, "gt \(words.joined(separator: " ")): \(result.errorText)")
    }
    if isShown, let first = result.text.split(separator: "\n").first { say("  \(String(first))") }
    return result.text
  }

  private func git(_ words: String..., in directory: String) throws(BeadsError) {
    try GitCommand(directory, environment).run(words, to: words.joined(separator: " "))
  }

  // MARK: Making

  func make() throws(BeadsError) {
    let checkout = Path.join(folder, "checkout")
    try FileSystem.makeDirectory(checkout)
    try git("init", "--quiet", "--bare", "--initial-branch=main", origin, in: folder)
    try git("clone", "--quiet", origin, checkout, in: folder)
    let test =
      "# What must hold on every commit of main.\nfor f in broken*; do [ -e \"$f\" ] && exit 1; done\nexit 0\n"
    try FileSystem.replace(Path.join(checkout, "test.sh"), with: Array(test.utf8))
    try FileSystem.replace(Path.join(checkout, "shared.txt"), with: Array("first line\n".utf8))
    try git("checkout", "--quiet", "-B", "main", in: checkout)
    try git("add", "--all", in: checkout)
    try git("commit", "--quiet", "-m", "Begin", in: checkout)
    try git("push", "--quiet", "origin", "main", in: checkout)
    say("A town in \(root), and a project whose test is `sh test.sh`:")
    try run("install", root, in: folder)
    try run("rig", "add", "app", origin)
    try run("rig", "settings", "set", "app", "merge_queue.test_command", "sh test.sh", isShown: false)
    try run("config", "set", "default_agent", "scripted", isShown: false)
    try run("config", "set", "scheduler.max_polecats", String(agents), isShown: false)
    try createIssues()
  }

  /// Ordinary work, and four that are not: one agent dies, one breaks the test, two exclude each other.
  private func createIssues() throws(BeadsError) {
    let town = Town(root: root, environment: environment)
    let ledgers = Ledgers(town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let scripts: [(String, String)] = [
      ("Part one", ""),
      (
        "An agent dies half-way",
        "write half.txt half\ncommit Half of it\nleave rest.txt rest\nsleep 1s\nonce crash\ncommit All of it\ndone"
      ),
      ("It breaks the test", "write broken.txt x\ncommit Broken\ndone"),
      ("One way to say it", "write shared.txt one way\ncommit One way\ndone"),
      ("Another way to say it", "write shared.txt another way\ncommit Another way\ndone"),
    ]
    let store = try ledgers.store(of: try RigName("app"))
    for index in 0..<beads {
      let (title, script) = index < scripts.count ? scripts[index] : ("Part \(index + 1)", "")
      ids.append(
        try store.write("create") { tx throws(BeadsError) in
          var draft = IssueDraft(title: title)
          draft.description = script.split(separator: "\n").map { "scripted: \($0)" }.joined(separator: "\n")
          return try tx.create(draft).id
        })
    }
  }

  // MARK: Working

  func work() throws(BeadsError) {
    say("")
    let made = try Subprocess(
      [program, "convoy", "create", "Demo"] + ids.map(\.rawValue), directory: root,
      variables: environment.variables
    ).run()
    guard made.succeeded else { throw BeadsError(.io, made.errorText) }
    say("\(ids.count) issues in a convoy; the daemon gives them to \(agents) agents at a time:")
    try run("up")
    let town = Town(root: root, environment: environment)
    let start = monotonicNanoseconds()
    var shown = 0
    while monotonicNanoseconds() - start < seconds * 1_000_000_000 {
      var query = EventQuery()
      query.limit = 10_000
      query.types = ["sling", "session_death", "done", "merged", "merge_failed", "convoy_closed"]
      let events = try EventLog(town).events(query)
      for event in events.dropFirst(shown) { say("  \(line(event))") }
      shown = events.count
      if try unfinished(town).isEmpty { break }
      pause(nanoseconds: 200_000_000)
    }
  }

  private func line(_ event: TownEvent) -> TerminalText {
    let subject = event.text("bead") ?? event.text("mr") ?? event.text("agent") ?? event.text("convoy") ?? ""
    let rest = event.text("reason") ?? event.text("target") ?? ""
    return "\(event.time.description.dropFirst(11).prefix(8))  \(event.type)  \(subject)  \(rest)"
  }

  /// The issues that are neither merged nor given up.
  private func unfinished(_ town: Town) throws(BeadsError) -> [IssueID] {
    let ledgers = Ledgers(town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let database = try TownDatabase(town, command: "gt demo")
    let limit = try Admission(town, database).limits.attempts
    var unfinished: [IssueID] = []
    for id in ids {
      guard let issue = try ledgers.store(for: id).issue(id), !issue.isClosed else { continue }
      let wasRejected =
        issue.status == .open && issue.comments.contains { $0.text.contains("was not merged") }
      let attempts = try database.attempts(of: id)
      if !wasRejected || attempts < limit { unfinished.append(id) }
    }
    return unfinished
  }

  // MARK: Accounting

  /// Tells what became of each issue, and whether the project is as it should be.
  func account() throws(BeadsError) -> Bool {
    let town = Town(root: root, environment: environment)
    let ledgers = Ledgers(town, actor: "overseer", command: "gt demo")
    defer { ledgers.close() }
    let database = try TownDatabase(town, command: "gt demo")
    let open = try Set(unfinished(town))
    say("")
    for id in ids {
      guard let issue = try ledgers.store(for: id).issue(id) else { continue }
      let attempts = try database.sessions(of: id)
      let outcome: TerminalText =
        issue.isClosed
        ? "\("✓", .green) \(issue.closeReason)"
        : open.contains(id)
          ? "\("✗", .red) not finished" : "\("–", .yellow) given up: its branches break the test"
      say("  \(id)  \(issue.title): \(outcome)\(attempts > 1 ? " (\(attempts) sessions)" : "")")
    }
    try git("fetch", "--quiet", "origin", in: Path.join(folder, "checkout"))
    try git("checkout", "--quiet", "--detach", "origin/main", in: Path.join(folder, "checkout"))
    let test = try Subprocess(["sh", "test.sh"], directory: Path.join(folder, "checkout")).run()
    say("")
    say(test.succeeded ? "main passes its test." : "\("main does not pass its test.", .red)")
    return test.succeeded && open.isEmpty
  }

  func end(keeping: Bool) {
    _ = try? run("down", isShown: false)
    if keeping {
      say("Everything is in \(folder)")
    } else {
      _ = try? Subprocess(["rm", "-rf", folder]).run()
    }
  }
}

extension TownDatabase {
  /// How many sessions an issue had.
  fileprivate func sessions(of bead: IssueID) throws(BeadsError) -> Int {
    Int(try connection.int64("SELECT count(*) FROM sessions WHERE bead = ?1", bead.rawValue) ?? 0)
  }
}
