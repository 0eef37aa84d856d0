import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Every verb that writes is killed at every place it passes: what it did has happened wholly or not at all, what
/// was there before is there, and the next command brings database and file together.
@Suite(.enabled(if: FailPoint.isAvailable)) struct KillTests {
  struct Verb: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    /// Files of the project directory that the command reads.
    var files: [String: String] = [:]
    /// What somebody else did to `issues.jsonl` before.
    var edit: (@Sendable (String) -> String)?
    /// Whether the database is missing.
    var lacksDatabase = false

    init(_ arguments: [String]) { self.arguments = arguments }

    init(
      _ line: String, files: [String: String] = [:], lacksDatabase: Bool = false,
      edit: (@Sendable (String) -> String)? = nil
    ) {
      self.init(line.split(separator: " ").map(String.init))
      self.files = files
      self.edit = edit
      self.lacksDatabase = lacksDatabase
    }

    var testDescription: String {
      "bd " + arguments.joined(separator: " ") + (edit == nil ? "" : ", file edited")
    }
  }

  static let verbs = [
    Verb("create New -d Text -l x,y --deps t-a"),
    Verb("q Quick"),
    Verb("update t-a --title Changed --priority 0 --add-label z"),
    Verb("update t-a --claim"),
    Verb("ready --claim"),
    Verb("close t-a --reason Over"),
    Verb("dep add t-b t-e"),
    Verb("dep remove t-c t-a"),
    Verb("comment t-a Hello"),
    Verb("label add t-a t-b green"),
    Verb("set-state t-a patrol=active"),
    Verb("rename t-a t-z"),
    Verb("delete t-d --force"),
    Verb("supersede t-a --with t-b"),
    Verb("undo"),
    Verb("mol pour ./two.formula.toml --attach ./two.formula.toml", files: ["two.formula.toml": formula]),
    Verb("mol wisp ./two.formula.toml", files: ["two.formula.toml": formula]),
    Verb("mol bond ./two.formula.toml t-a", files: ["two.formula.toml": formula]),
    Verb("mol burn t-a t-b --force"),
    Verb("cook ./two.formula.toml --persist", files: ["two.formula.toml": formula]),
    Verb("compact --apply --id t-d --summary short --force", files: ["short": "S\n"]),
    Verb("prune --older-than 0d --force"),
    Verb("mail send bob carol -s Hello -m Text"),
    Verb("kv set color blue"),
    Verb("config set status.custom waiting"),
    Verb(["sql", "UPDATE issues SET priority = 0 WHERE id = 't-a'"]),
    Verb("import more.jsonl", files: ["more.jsonl": imported]),
    Verb("batch -f commands", files: ["commands": "create task 1 One\nclose t-a\nupdate t-b priority=0\n"]),
    Verb("create --file plan.md", files: ["plan.md": "## First\n\nText\n\n## Second\n"]),
    Verb("list", edit: { $0.replacingOccurrences(of: "Alpha", with: "Foreign") }),
    Verb("update t-b --title Changed", edit: { $0.replacingOccurrences(of: "Alpha", with: "Foreign") }),
    Verb(
      "close t-b", edit: { text in text.split(separator: "\n").dropFirst(2).joined(separator: "\n") + "\n" }),
    Verb("list", lacksDatabase: true),
    Verb("create New", lacksDatabase: true),
    Verb("rebuild"),
  ]

  private static let formula = """
    formula = "two"
    [[steps]]
    id = "a"
    title = "A"
    type = "ritual"
    [[steps]]
    id = "b"
    title = "B"
    needs = ["a"]
    """

  private static let imported = """
    {"id":"t-x","title":"Imported","status":"open","priority":1,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}
    {"id":"t-b","title":"Newer","status":"open","priority":1,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2036-01-01T00:00:00Z"}
    """

  @Test(arguments: verbs) func killedAnywhere(_ verb: Verb) throws {
    let world = try FaultWorld()
    try prepare(world, verb)
    let places = try world.places(verb.arguments)
    #expect(places.count > 5)
    let after = try world.state()
    let allowed = try statesBefore(world, verb) + [after]
    try prepare(world, verb)
    let inFile = try world.fileIDs()
    var killed = 0
    for place in places {
      try prepare(world, verb)
      let run = try world.run(verb.arguments, failing: "\(place)=kill")
      if run.status == 128 + SIGKILL { killed += 1 }
      try recover(world, verb)
      try world.checkSound(allowing: allowed, before: inFile, after: place)
    }
    // The IDs of new issues are random, and with them the number of pieces that the file is copied in.
    #expect(killed >= places.count - 1)
  }

  /// Verbs that write a file and not the store: it is the old one or the new one.
  @Test(arguments: [["export", "-o", "out.jsonl"], ["merge", "out.jsonl", "base", "left", "right"]])
  func killedWritersLeaveWholeFiles(_ arguments: [String]) throws {
    let world = try FaultWorld()
    try world.reset()
    let text = world.project.exportedText
    let sides = ["base": text, "left": text.replacingOccurrences(of: "Alpha", with: "Left"), "right": text]
    func prepare() throws {
      for (name, text) in sides.merging(["out.jsonl": "{}\n"], uniquingKeysWith: { a, _ in a }) {
        try FileSystem.replace(Path.join(world.project.directory, name), with: Array(text.utf8))
      }
    }
    func output() throws -> String {
      try FileSystem.readText(Path.join(world.project.directory, "out.jsonl"))
    }
    try prepare()
    let places = try world.places(arguments)
    let written = try output()
    #expect(places.count > 2 && written.split(separator: "\n").count == 5)
    for place in places {
      try prepare()
      #expect(try world.run(arguments, failing: "\(place)=kill").status == 128 + SIGKILL)
      #expect(["{}\n", written].contains(try output()), "\(place)")
    }
  }

  /// A killed `init` is finished by the next one.
  @Test func killedInitIsFinishedByTheNext() throws {
    let world = try FaultWorld()
    func empty() throws {
      try world.reset()
      try FileManager.default.removeItem(atPath: world.project.beadsDirectory)
    }
    try empty()
    let places = try world.places(["init", "--prefix", "t"])
    #expect(places.count > 15)
    for place in places {
      try empty()
      #expect(try world.run(["init", "--prefix", "t"], failing: "\(place)=kill").status == 128 + SIGKILL)
      for arguments in [["init", "--prefix", "t"], ["create", "First"]] {
        let run = try world.run(arguments)
        #expect(run.status == 0, "\(place): \(run.errorText)")
      }
      #expect(try world.fileIDs().count == 1, "\(place)")
    }
  }

  private func prepare(_ world: FaultWorld, _ verb: Verb) throws {
    try world.reset()
    let project = world.project
    for (name, text) in verb.files {
      try FileSystem.replace(Path.join(project.directory, name), with: Array(text.utf8))
    }
    if let edit = verb.edit {
      try FileSystem.replace(project.location.jsonlPath, with: Array(edit(project.exportedText).utf8))
    }
    if verb.lacksDatabase { try FileSystem.remove(project.location.databasePath) }
  }

  /// The states that a command may be stopped in before its own change: as it was, and with the edited file taken
  /// over.
  private func statesBefore(_ world: FaultWorld, _ verb: Verb) throws -> [[String]] {
    try prepare(world, verb)
    try recover(world, verb)
    let first = try world.state()
    let store = try world.project.openStore()
    try store.importChanges()
    store.closeConnection()
    return [first, try world.state()]
  }

  /// A missing database is made by the next command, whatever it is.
  private func recover(_ world: FaultWorld, _ verb: Verb) throws {
    guard verb.lacksDatabase || verb.arguments == ["rebuild"] else { return }
    let run = try world.run(["list"])
    #expect(run.status == 0, "\(run.errorText)")
  }
}
