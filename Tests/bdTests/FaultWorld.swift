import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// A small project in a known state, of which every round of a fault test gets a copy, and the questions that
/// must be answered with yes whatever happened to it.
final class FaultWorld {
  private let template: TestProject
  let project: TestProject
  private let bd: String
  /// The issues that the project starts with: each of them is acknowledged.
  let known: [String]

  /// - Parameter fill: Makes the issues the project starts with and returns their IDs; nil for the usual five.
  init(_ fill: ((inout Transaction) throws(BeadsError) -> [String])? = nil) throws {
    bd = try #require(StressProject.program, "bd is not beside the tests")
    template = try TestProject()
    project = try TestProject()
    let store = try template.makeStore()
    known = try store.write("create") { transaction throws(BeadsError) in
      if let fill { return try fill(&transaction) }
      return try Self.fill(&transaction)
    }
    try store.close()
  }

  private static func fill(_ transaction: inout Transaction) throws(BeadsError) -> [String] {
    for (id, title) in [
      ("t-a", "Alpha"), ("t-b", "Beta"), ("t-c", "Gamma"), ("t-d", "Delta"), ("t-e", "Epic"),
    ] {
      try transaction.insert(Issue(id: try IssueID(id), title: title, createdAt: transaction.now))
    }
    try transaction.addLabels(["red", "blue"], to: try IssueID("t-b"))
    try transaction.addComment("A remark", to: try IssueID("t-b"))
    try transaction.addDependency(try IssueID("t-c"), dependsOn: try IssueID("t-a"))
    try transaction.update(try IssueID("t-d")) { $0.description = "A text that can be said shorter" }
    try transaction.close(try IssueID("t-d"), reason: "Done")
    return ["t-a", "t-b", "t-c", "t-d", "t-e"]
  }

  /// Puts the project back into the known state.
  func reset() throws {
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: project.directory) where name != ".home" {
      try files.removeItem(atPath: Path.join(project.directory, name))
    }
    try files.copyItem(atPath: template.beadsDirectory, toPath: project.beadsDirectory)
    // The copy of the file is another file; now it is known.
    let store = try project.openStore()
    try store.importChanges()
    store.closeConnection()
  }

  /// Runs `bd` with a fail plan.
  func run(_ arguments: [String], failing plan: String = "", trace: String? = nil) throws
    -> ObservedProgram.Run
  {
    var variables = project.environment.variables
    variables["BD_FAILPOINT"] = plan.isEmpty ? nil : plan
    variables["BD_FAILPOINT_TRACE"] = trace
    return try ObservedProgram(
      Subprocess([bd] + arguments, directory: project.directory, variables: variables)
    )
    .wait()
  }

  /// The places that a command passes, each with the number of its pass: `commit.before#2`.
  func places(_ arguments: [String]) throws -> [String] {
    let trace = Path.join(project.directory, "trace")
    let run = try run(arguments, trace: trace)
    #expect(run.status == 0, "\(run.errorText)")
    var counts: [String: Int] = [:]
    return try FileSystem.readText(trace).split(separator: "\n").map { name in
      counts[String(name), default: 0] += 1
      return "\(name)#\(counts[String(name)] ?? 0)"
    }
  }
}

// What must hold after any fault.
extension FaultWorld {
  /// Everything the store says but moments and the IDs of new issues, which differ from run to run.
  func state() throws -> [String] {
    let store = try project.openStore(access: .readOnly)
    defer { store.closeConnection() }
    let issues = try store.issues(where: "1")
    let made = issues.map(\.id.rawValue).filter { !known.contains($0) }
    let lines = issues.map { issue in
      var line = issue.jsonLine
      for id in made { line = line.replacingOccurrences(of: "\"\(id)\"", with: "\"NEW\"") }
      return line.replacing(/"[a-z]+_at":"[^"]*",?/, with: "")
    }
    let settings = try store.allConfig().map { "\($0.key)=\($0.value)" }
    return lines.sorted() + settings + (try store.operations().map(\.kind))
  }

  /// Checks database and file as they are, and that the next command brings them together.
  /// - Parameter before: The IDs that the file had.
  func checkSound(allowing states: [[String]], before: Set<String>, after place: String) throws {
    let connection = try Connection(project.location.databasePath, .readWrite)
    #expect(try connection.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"], "\(place)")
    connection.close()
    let inFile = try fileIDs()
    #expect(inFile.isSuperset(of: before), "\(place)")
    let state = try state()
    #expect(states.contains(state), "\(place): \(state)")
    try checkConvergence(after: place)
  }

  /// The IDs in the file, each line of which must be JSON.
  func fileIDs() throws -> Set<String> {
    Set(
      try project.exportedText.split(separator: "\n").map { line in
        let value = try #require(JSONValue(parsing: String(line)), "not JSON: \(line)")
        return try #require(value["id"]?.stringValue)
      })
  }

  /// Lets what a killed writer left look old, as it would to somebody who comes later.
  private func ageTemporaries() throws {
    for name in try FileSystem.list(project.beadsDirectory)
    where name.hasSuffix(".tmp") || name.contains(".new-") {
      let hourAgo = Date(timeIntervalSinceNow: -3600)
      let path = Path.join(project.beadsDirectory, name)
      try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: path)
    }
  }

  private func checkConvergence(after place: String) throws {
    try ageTemporaries()
    let store = try project.openStore()
    try store.importChanges()
    try store.write("create") { transaction throws(BeadsError) in
      _ = try transaction.create(IssueDraft(title: "Afterwards"))
    }
    try store.flush()
    let lines = try store.issues(where: "i.ephemeral = 0").map(\.jsonLine)
    try store.close()
    #expect(project.exportedText.split(separator: "\n").map(String.init) == lines, "\(place)")
    let left = try FileSystem.list(project.beadsDirectory).filter {
      $0.hasSuffix(".tmp") || $0.contains(".new-")
    }
    #expect(left == [], "\(place)")
  }
}
