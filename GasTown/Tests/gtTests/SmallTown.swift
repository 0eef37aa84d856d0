import BeadsKit
import BeadsTesting
import GasTownKit

/// A town of two rigs without repositories, agents or sessions: what mail, convoys and escalations need.
final class SmallTown {
  let project: TestProject
  let town: Town

  init() throws {
    project = try TestProject()
    project.environment.variables["BD_ACTOR"] = nil
    town = Town(root: project.directory, environment: project.environment)
    try write("mayor/town.json", #"{"type":"town","version":2,"name":"small"}"#)
    try write(
      "mayor/rigs.json",
      #"{"version":1,"rigs":{"app":{"git_url":"x","beads":{"prefix":"ap"}},"web":{"git_url":"x","beads":{"prefix":"web"}}}}"#
    )
    try tracker(".", "hq")
    for (rig, prefix) in [("app", "ap"), ("web", "web")] {
      try write("\(rig)/config.json", #"{"type":"rig","version":1,"default_branch":"main"}"#)
      try tracker(rig, prefix)
    }
    try write(
      ".beads/routes.jsonl",
      """
      {"prefix":"hq-","path":"."}
      {"prefix":"ap-","path":"app"}
      {"prefix":"web-","path":"web"}

      """)
    for home in ["app/crew/max", "app/polecats/nux", "app/polecats/slit", "web/polecats/toast"] {
      try FileSystem.makeDirectory(town.path(home))
    }
  }

  func write(_ path: String, _ text: String) throws {
    try FileSystem.makeDirectory(Path.directory(of: town.path(path)))
    _ = try? FileSystem.remove(town.path(path))
    try FileSystem.append(Array(text.utf8), to: town.path(path))
  }

  private func tracker(_ directory: String, _ prefix: String) throws {
    let beads = Path.normalized(town.path("\(directory)/.beads"))
    try FileSystem.makeDirectory(beads)
    try Store.create(
      at: StoreLocation(directory: beads), prefix: try Prefix(prefix), environment: town.environment
    ).close()
  }

  /// The trackers, as a process of this agent sees them.
  func ledgers(_ actor: String = "mayor") -> Ledgers { Ledgers(town, actor: actor, command: "test") }

  func database() throws -> TownDatabase { try TownDatabase(town, command: "test") }

  /// Makes an issue in the tracker of a prefix.
  @discardableResult
  func issue(_ prefix: String, _ title: String, _ edit: (inout IssueDraft) -> Void = { _ in }) throws
    -> IssueID
  {
    let ledgers = ledgers()
    defer { ledgers.close() }
    var draft = IssueDraft(title: title)
    edit(&draft)
    let new = draft
    let store = try ledgers.store(for: try IssueID("\(prefix)-x"))
    return try store.write("create") { tx throws(BeadsError) in try tx.create(new).id }
  }

  func close(_ id: IssueID) throws {
    let ledgers = ledgers()
    defer { ledgers.close() }
    try ledgers.store(for: id).write("close") { tx throws(BeadsError) in try tx.close(id, force: true) }
  }

  func issue(_ id: IssueID) throws -> Issue? {
    let ledgers = ledgers()
    defer { ledgers.close() }
    return try ledgers.store(for: id).issue(id)
  }

  /// Runs a command line as an agent; the person unless said otherwise.
  func gt(as role: String? = nil, _ arguments: String...) -> GtResult { run(role, arguments) }

  func run(_ role: String?, _ arguments: [String]) -> GtResult {
    var environment = project.environment
    environment.variables["GT_ROLE"] = role
    return gtTests.gt(arguments, environment)
  }

  /// The JSON document that a command prints.
  func json(as role: String? = nil, _ arguments: String...) -> JSONValue {
    JSONValue(parsing: run(role, arguments + ["--json"]).standardOutput) ?? .null
  }

  /// The events so far, by type.
  var events: [String] {
    let text = (try? FileSystem.readText(town.path(".events.jsonl"))) ?? ""
    return text.split(separator: "\n").compactMap { JSONValue(parsing: String($0))?["type"]?.stringValue }
  }
}

extension JSONValue {
  subscript(index: Int) -> JSONValue? {
    guard let items = arrayValue, items.indices.contains(index) else { return nil }
    return items[index]
  }
  var strings: [String]? { arrayValue?.compactMap(\.stringValue) }
  var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
}
