import BeadsKit
import BeadsTesting
import BenchmarkKit
import GasTownKit

/// A town that one contender has made, with the rig `app` and a repository of some hundred files.
final class BenchTown {
  static let rig = "app"

  /// With the town's environment.
  let contender: Contender
  /// Where the agents run.
  let backend: String
  let root: String
  let town: Town
  /// The bare repository that the rig has as its origin.
  let origin: String
  private var hasEnded = false

  /// - Parameter files: Files of the repository besides the ordinary ones.
  init(
    _ contender: Contender, backend: String, label: String = "", files: [String: String] = [:]
  ) throws(BeadsError) {
    self.backend = backend
    var contender = contender
    let folder = try contender.makeFolder(label.isEmpty ? backend : label)
    contender.variables["BD_ACTOR"] = nil
    contender.variables.merge([
      "GT_SESSIONS": backend, "TMUX_TMPDIR": folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "bench",
      "GIT_AUTHOR_EMAIL": "bench@example.org", "GIT_COMMITTER_NAME": "bench",
      "GIT_COMMITTER_EMAIL": "bench@example.org",
    ]) { $1 }
    self.contender = contender
    root = Path.join(folder, "town")
    origin = Path.join(folder, "app.git")
    var environment = Environment.process
    environment.variables = contender.variables
    environment.currentDirectory = folder
    town = Town(root: root, environment: environment)
    try contender.git(["init", "--quiet", "--bare", "--initial-branch=main", origin], in: folder)
    var content = files
    for number in 0..<400 { content["src/d\(number % 20)/f\(number).txt"] = "content \(number)\n" }
    var history = FastImport()
    history.commit(on: "main", content)
    try add(history)
    try contender.run(["install", root], in: folder)
    try gt("rig", "add", Self.rig, origin)
    for (key, value) in [
      ("default_agent", "scripted"), ("scheduler.max_polecats", "500"),
      ("operational.polecat.max_folders", "500"),
      // The benchmark kills several within half a minute, which is one death after the other and no mass death.
      ("operational.daemon.mass_death_threshold", "100"),
    ] { try gt("config", "set", key, value) }
  }

  deinit { end() }

  /// Ends everything that runs in it.
  func end() {
    if hasEnded { return }
    hasEnded = true
    _ = try? gt("down", "--force")
  }

  /// Runs a command as the person does.
  @discardableResult
  func gt(_ words: String...) throws(BeadsError) -> ObservedProgram.Run {
    guard !StopSignal.isRaised || words.first == "down" else {
      throw BeadsError(.io, "interrupted")
    }
    return try contender.run(words, in: root)
  }

  /// Adds commits to the origin.
  func add(_ history: FastImport) throws(BeadsError) {
    let answer = try GitCommand(origin, town.environment).ask(
      ["fast-import", "--quiet", "--force"], input: history.bytes)
    guard answer.succeeded else { throw BeadsError(.io, "git fast-import: \(answer.errorText)") }
  }

  func ledgers() -> Ledgers { Ledgers(town, actor: "overseer", command: "gt-bench") }
  func database() throws(BeadsError) -> TownDatabase { try TownDatabase(town, command: "gt-bench") }

  /// Makes issues whose agents follow a script.
  func makeIssues(_ count: Int, _ title: String, script: String = "wait") throws(BeadsError) -> [Issue] {
    let ledgers = ledgers()
    defer { ledgers.close() }
    return try ledgers.store(of: try RigName(Self.rig)).write("create") { tx throws(BeadsError) in
      var made: [Issue] = []
      for number in 0..<count {
        var draft = IssueDraft(title: "\(title) \(number + 1)")
        draft.description = "scripted: \(script)"
        made.append(try tx.create(draft))
      }
      return made
    }
  }

  // MARK: What a town is full of

  /// Fills the tracker and puts agents to work, which wait for a word from then on.
  func populate(_ scale: TownScale) throws(BeadsError) {
    // In a process of its own: Linux counts the memory of a parent as the memory of its children.
    let filling = Subprocess(
      [executablePath() ?? "gt-bench", "fill", String(scale.issues)], directory: root,
      variables: contender.variables)
    let filled = try ObservedProgram(filling).wait()
    guard filled.status == 0 else { throw Contender.failure(filled, ["fill"]) }
    let issues = try makeIssues(scale.agents, "Work")
    for batch in stride(from: 0, to: issues.count, by: 10) {
      let ids = issues[batch..<min(batch + 10, issues.count)].map(\.id.rawValue)
      try contender.run(["sling"] + ids + [Self.rig], in: root)
      if StopSignal.isRaised { throw BeadsError(.io, "interrupted") }
    }
  }

  /// Takes many issues into the tracker of the rig.
  static func fill(_ town: Town, count: Int) throws(BeadsError) {
    let ledgers = Ledgers(town, actor: "overseer", command: "gt-bench")
    defer { ledgers.close() }
    let generator = TrackerGenerator(count: count, seed: 1, prefix: rig)
    _ = try ledgers.store(of: try RigName(rig)).importIssues(from: generator.jsonLines())
  }

  /// Adds mail, and branches that wait to be merged.
  func addTalk() throws(BeadsError) {
    let polecat = try workers()[0].address.text
    for number in 1...20 {
      try gt("mail", "send", "mayor", "--subject", "Report \(number)", "--message", "All is well.")
    }
    for number in 1...3 {
      try gt("mail", "send", polecat, "--subject", "Question \(number)", "--message", "What of it?")
    }
    // Nothing is merged while the rest is measured.
    try gt("mq", "pause", Self.rig, "--reason", "measuring")
    try submit(try makeIssues(10, "Finished"), files: { ["finished\($0).txt": "done\n"] })
  }

  /// Agents that have work, in the order of their names.
  func workers() throws(BeadsError) -> [AgentRecord] {
    try database().agents().filter { $0.bead != nil && $0.worktree != nil }
  }

  /// The agent that has an issue.
  func worker(on issue: Issue) throws(BeadsError) -> AgentRecord {
    guard let agent = try database().agent(on: issue.id) else {
      throw BeadsError(.notFound, "nobody has \(issue.id)")
    }
    return agent
  }

  /// The variables of a command that an agent runs.
  static func variables(of agent: AgentRecord) -> [String: String] { ["GT_ROLE": agent.address.text] }

  /// Pushes a branch for each issue, and asks that they be merged.
  func submit(_ issues: [Issue], files: (Int) -> [String: String]) throws(BeadsError) {
    var history = FastImport()
    for (number, issue) in issues.enumerated() {
      history.commit(on: "polecat/bench/\(issue.id)", from: "main", files(number))
    }
    try add(history)
    let ledgers = ledgers()
    defer { ledgers.close() }
    let requests = MergeRequests(try town.rig(Self.rig), ledgers)
    for (issue, head) in try heads(of: issues) {
      _ = try requests.submit(
        MergeRequests.Submission(
          source: issue, branch: try BranchName("polecat/bench/\(issue.id)"), target: try BranchName("main"),
          commit: head, worker: .polecat(try RigName(Self.rig), try AgentName("bench")), priority: 2))
    }
  }

  /// The commits of the branches of issues.
  func heads(of issues: [Issue]) throws(BeadsError) -> [(Issue, String)] {
    let listed = try contender.git(
      ["for-each-ref", "--format=%(refname:lstrip=4) %(objectname)", "refs/heads/polecat/bench"], in: origin)
    let pairs = listed.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let heads = Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
    return issues.compactMap { issue in heads[issue.id.rawValue].map { (issue, $0) } }
  }
}

/// Commits for `git fast-import`: many branches in one process.
struct FastImport {
  private var text = ""
  private var mark = 0

  var bytes: [UInt8] { Array(text.utf8) }

  /// Adds a commit to a branch.
  /// - Parameter start: The branch it starts from; nil for the branch itself, which is new then.
  mutating func commit(on branch: String, from start: String? = nil, _ files: [String: String]) {
    mark += 1
    let message = "Change \(branch)\n"
    text += "commit refs/heads/\(branch)\n"
    text += "committer bench <bench@example.org> \(1_772_442_000 + mark) +0000\n"
    text += "data \(message.utf8.count)\n\(message)"
    if let start { text += "from refs/heads/\(start)^0\n" }
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
      text += "M 100644 inline \(path)\ndata \(content.utf8.count)\n\(content)\n"
    }
    text += "\n"
  }
}
