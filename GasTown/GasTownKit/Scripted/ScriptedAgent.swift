public import BeadsKit

/// An agent without a model: it behaves like a coding agent and follows a script.
///
/// It asks `gt` what it is to work on, works through its script, and then waits for messages. Every message it gets
/// is appended to `.runtime/scripted/SESSION.jsonl`, byte for byte. For tests, for `gt demo`, and for anyone who wants
/// to try Gas Town without spending money.
public final class ScriptedAgent {
  let environment: Environment
  let program: String
  let terminal: ScriptedTerminal
  private let given: Script?
  private let prompt: String?
  private let folder: String
  private let ledger: ScriptedLedger?
  /// The issue it works on.
  private var bead = ""
  /// Whether `gt done` failed, so that it has to be tried again once somebody says so.
  var isUnfinished = false

  /// Describes an agent; nothing is read yet.
  /// - Parameters:
  ///   - program: The file of the program `gt`.
  ///   - script: What it does instead of what the issue says.
  ///   - prompt: What it was told when it was started.
  public init(_ environment: Environment, program: String, script: Script?, prompt: String?) {
    self.environment = environment
    self.program = program
    self.prompt = prompt
    given = script
    terminal = ScriptedTerminal()
    ledger = ScriptedLedger(environment)
    folder = Path.join(environment["GT_ROOT"] ?? environment.currentDirectory, ".runtime/scripted")
  }

  /// What it is to work on.
  struct Assignment {
    let bead: String
    let title: String
    let description: String
  }

  /// Runs until it is told to end.
  /// - Returns: The status to exit with.
  public func run() -> Int32 {
    try? FileSystem.makeDirectory(folder)
    terminal.print("Scripted agent \(environment["GT_SESSION"] ?? "without a session")")
    if let prompt { terminal.print("Told: \(TypedText.encode(prompt))") }
    do {
      var last: String?
      while true {
        if let work = assignment(), work.bead != last || isUnfinished {
          last = work.bead
          try follow(script(for: work), work)
        } else if last == nil, let given {
          last = ""
          try follow(given, Assignment(bead: "", title: "", description: ""))
        }
        try receive(within: nil)
      }
    } catch let ending as Ending {
      return ending.status
    } catch {
      return 130
    }
  }

  /// The branch whose conflict is to be resolved, as the issue of the merge engine names it.
  private func conflictingBranch(_ work: Assignment) -> String? {
    guard work.title.hasPrefix("Resolve merge conflicts: ") else { return nil }
    let words = work.description.split(whereSeparator: \.isWhitespace)
    return words.first { BranchName(rawValue: String($0)) != nil && $0.hasPrefix("polecat/") }.map(
      String.init)
  }

  /// The script says that it ends.
  struct Ending: Error { let status: Int32 }

  private func script(for work: Assignment) -> Script {
    do throws(BeadsError) {
      if let given { return given }
      if let script = try Script(inDescription: work.description) { return script }
      if let branch = conflictingBranch(work) { return try Script(Script.resolution(of: branch)) }
      return try Script(Script.standard)
    } catch {
      terminal.print("The script makes no sense: \(error)")
      return .empty
    }
  }

  // MARK: - Messages

  /// Takes the next message and keeps it; nil when none came in time.
  @discardableResult
  func receive(within time: Int64?) throws(ScriptedTerminal.Interrupted) -> String? {
    guard let text = try terminal.message(within: time) else { return nil }
    let entry = JSONValue.object([.init(key: "text", value: .string(text))])
    let file = Path.join(folder, (environment["GT_SESSION"] ?? "none") + ".jsonl")
    try? FileSystem.append(Array((entry.compactText + "\n").utf8), to: file)
    terminal.print("● received \(text.utf8.count) bytes")
    return text
  }

  // MARK: - What it asks gt

  private func assignment() -> Assignment? {
    _ = ask(["prime"])
    guard let answer = ask(["hook", "--json"]).flatMap(JSONValue.init(parsing:)),
      let bead = answer["pinned_bead"], let id = bead["id"]?.stringValue
    else { return nil }
    return Assignment(
      bead: id, title: bead["title"]?.stringValue ?? "", description: bead["description"]?.stringValue ?? "")
  }

  /// What `gt` says; nil when it fails, which is shown.
  func ask(_ words: [String]) -> String? { output(of: [program] + words, as: "gt") }

  func output(of command: [String], as name: String) -> String? {
    let shown = ([name] + command.dropFirst()).joined(separator: " ")
    do throws(BeadsError) {
      let result = try Subprocess(command, timeout: .seconds(120)).run()
      if result.succeeded { return result.text }
      terminal.print("✗ \(shown): \(TypedText.encode(result.errorText))")
    } catch { terminal.print("✗ \(shown): \(error)") }
    return nil
  }

  /// The step that was recorded last for this assignment.
  private func reached(_ work: Assignment) -> String? {
    guard work.bead != "",
      let answer = ask(["checkpoint", "read", "--json"]).flatMap(JSONValue.init(parsing:)),
      answer["hooked_bead"]?.stringValue == work.bead
    else { return nil }
    return answer["current_step"]?.stringValue
  }

  // MARK: - Following the script

  private func follow(_ script: Script, _ work: Assignment) throws {
    var lines = script.lines[...]
    if lines.contains(where: { $0.words[0] == "checkpoint" }), let step = reached(work),
      let place = lines.lastIndex(where: { $0.words[0] == "checkpoint" && $0.words[1] == step })
    {
      terminal.print("Goes on behind step \(step)")
      lines = lines[(place + 1)...]
    }
    isUnfinished = false
    bead = work.bead
    note("begin")
    defer { note("end") }
    for line in lines {
      if line.isOnce, try !firstTime(line, work) { continue }
      let words = line.words.map { word in
        word.replacing("{{bead}}", with: work.bead).replacing("{{title}}", with: work.title)
      }
      try perform(words[0], Array(words.dropFirst()))
      try receive(within: 0)
    }
  }

  /// Writes down what it did, for those who compare.
  func note(_ what: String, _ members: [(String, String)] = []) {
    ledger?.note(what, bead: bead, members)
  }

  /// Writes down which commit is checked out.
  func noteCommit() {
    guard ledger != nil, let commit = output(of: ["git", "rev-parse", "HEAD"], as: "git") else { return }
    note("commit", [("commit", commit)])
  }

  private func firstTime(_ line: Script.Line, _ work: Assignment) throws -> Bool {
    let mark = Path.join(folder, "\(work.bead).\(line.number).once")
    if FileSystem.exists(mark) { return false }
    try FileSystem.append([], to: mark)
    return true
  }
}
