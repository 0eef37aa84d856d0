import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("External dependencies") struct ExternalProjectTests {
  private let names = ["a", "b"]
  private let capabilities = ["x", "y", "x:y"]

  /// The naive model: what each project's file says is closed and provided, or nil when there is no project.
  private typealias World = [String: Set<String>?]

  private func write(
    _ project: TestProject, _ name: String, _ provided: Set<String>, _ random: inout SeededRandom
  )
    throws
  {
    var lines = ""
    for (index, capability) in capabilities.enumerated() {
      let isClosed = provided.contains(capability)
      // An open issue, or a closed one with another label, provides nothing.
      let status = isClosed || Bool.random(using: &random) ? "closed" : "open"
      let label = isClosed || status == "open" ? "provides:\(capability)" : "export:\(capability)"
      lines += """
        {"id":"\(name)-\(index)","title":"\(capability)","status":"\(status)","labels":["\(label)"],\
        "priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z",\
        "description":"\(UInt64.random(in: 0...UInt64.max, using: &random))"}

        """
    }
    try FileSystem.makeDirectory(project.directory + "/\(name)/.beads")
    try FileSystem.replace(
      project.directory + "/\(name)/.beads/issues.jsonl", with: Array((lines + "torn{").utf8))
  }

  @Test func whatOtherProjectsProvideUnblocks() throws {
    var random = SeededRandom(seed: 7)
    let project = try TestProject()
    let store = try project.makeStore()
    let references = (names + ["unknown"]).flatMap { name in capabilities.map { "external:\(name):\($0)" } }
    try store.write("create") { tx throws(BeadsError) in
      for (index, reference) in references.enumerated() {
        var draft = IssueDraft(title: reference)
        draft.id = try IssueID("t-\(index)")
        _ = try tx.create(draft)
        try tx.addDependency(IssueID("t-\(index)"), dependsOn: IssueID(reference))
      }
    }
    var world: World = ["a": nil, "b": nil]
    for _ in 0..<30 {
      let name = names.randomElement(using: &random) ?? "a"
      if Int.random(in: 0..<5, using: &random) == 0 {
        _ = try FileSystem.remove(project.directory + "/\(name)/.beads/issues.jsonl")
        world[name] = .some(nil)
      } else {
        let provided = Set(capabilities.filter { _ in Bool.random(using: &random) })
        try write(project, name, provided, &random)
        world[name] = .some(provided)
      }
      let configured = names.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
      try store.refreshExternalProjects { () throws(BeadsError) in
        configured.map { ($0, project.directory + "/\($0)") }
      }
      for (index, reference) in references.enumerated() {
        let parts = reference.split(separator: ":", maxSplits: 2).map(String.init)
        let isProvided = configured.contains(parts[1]) && (world[parts[1]] ?? nil)?.contains(parts[2]) == true
        #expect(try store.isBlocked(IssueID("t-\(index)")) == !isProvided, "\(reference)")
        #expect(try store.activeBlockers(of: IssueID("t-\(index)")).isEmpty == isProvided)
      }
    }
    try store.close()
  }

  @Test func lookingAgainWritesNothing() throws {
    var random = SeededRandom(seed: 8)
    let project = try TestProject()
    let store = try project.makeStore()
    try write(project, "a", ["x"], &random)
    var asked = 0
    let look = { (store: Store) throws(BeadsError) in
      try store.refreshExternalProjects { () throws(BeadsError) in
        asked += 1
        return [("a", project.directory + "/a")]
      }
    }
    try look(store)
    #expect(asked == 0, "nobody waits for another project")
    try store.write("create") { tx throws(BeadsError) in
      let id = try tx.create(IssueDraft(title: "one")).id
      try tx.addDependency(id, dependsOn: IssueID("external:a:x"))
    }
    try look(store)
    let mark = try store.changeMark()
    let operations = try store.connection.int64("SELECT count(*) FROM operations")
    try look(store)
    #expect(try store.changeMark() == mark && asked == 2)
    #expect(try store.connection.int64("SELECT count(*) FROM operations") == operations)
    // What was found is no step of the user's that could be taken back.
    #expect(try store.undoTarget().kind == "create")
    try store.close()
  }
}
