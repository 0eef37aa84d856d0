import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Every call with which this package itself writes files fails in turn: no partial file replaces a good one, the
/// error names the file, nothing is left lying about, and the next export brings everything.
@Suite(.enabled(if: FailPoint.isAvailable)) struct FaultFileTests {
  private static func change(_ project: TestProject) throws(BeadsError) {
    let store = try project.openStore()
    defer { store.closeConnection() }
    try store.importChanges()
    try store.write("update") { tx throws(BeadsError) in
      try tx.update(try IssueID("t-b")) { $0.title = "Changed" }
    }
    try store.flush()
  }

  private static func makeProject() throws -> TestProject {
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("create") { tx throws(BeadsError) in
      for name in ["t-a", "t-b", "t-c"] {
        try tx.insert(Issue(id: try IssueID(name), title: name, createdAt: tx.now))
      }
    }
    try store.close()
    return project
  }

  /// The calls of a change and its export that may fail, as `file.write#2`.
  private static func places() throws -> [String] {
    let project = try makeProject()
    let passed = try FailPoint.whileArmed { () throws(BeadsError) in try change(project) }.passed
    var counts: [String: Int] = [:]
    return passed.filter { $0.hasPrefix("file.") || $0.hasPrefix("directory.") }.map { name in
      counts[name, default: 0] += 1
      return "\(name)#\(counts[name] ?? 0)"
    }
  }

  @Test(arguments: ["ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES"], ["", "+"])
  func everyCallFails(_ error: String, lasting: String) throws {
    let places = try Self.places()
    #expect(places.count > 6)
    for place in places {
      let project = try Self.makeProject()
      let before = project.exportedText
      let failure = thrownError { () throws(BeadsError) in
        try FailPoint.whileArmed("\(place)\(lasting)=\(error)") { () throws(BeadsError) in
          try Self.change(project)
        }
      }
      let text = project.exportedText
      #expect(text == before || text.contains("\"Changed\""), "\(place)")
      #expect(text.split(separator: "\n").count == 3, "\(place)")
      if let failure {
        #expect(failure.message.contains(project.beadsDirectory), "\(failure)")
        #expect(!failure.message.contains(".tmp"), "\(failure)")
      }
      try checkRecovery(of: project, place)
    }
  }

  /// Whether or not the change was refused: the next one finds a store in order and brings the file along.
  private func checkRecovery(of project: TestProject, _ place: String) throws {
    #expect(try FileSystem.list(project.beadsDirectory).filter { $0.hasSuffix(".tmp") } == [], "\(place)")
    let store = try project.openStore()
    try store.importChanges()
    let isDone = try store.issue(try IssueID("t-b"))?.title == "Changed"
    try store.write("comment") { tx throws(BeadsError) in _ = try tx.addComment("x", to: try IssueID("t-c")) }
    try store.flush()
    let issues = try store.issues(where: "1")
    store.closeConnection()
    #expect(
      project.exportedText.split(separator: "\n").map(String.init) == issues.map(\.jsonLine), "\(place)")
    #expect(project.exportedText.contains("\"Changed\"") == isDone, "\(place)")
  }

  /// A signal, or a disk that takes less than it is given, is nobody's problem.
  @Test(arguments: ["EINTR", "short"]) func interruptedCallsGoOn(_ what: String) throws {
    for place in try Self.places() {
      let project = try Self.makeProject()
      try FailPoint.whileArmed("\(place)=\(what)") { () throws(BeadsError) in try Self.change(project) }
      try checkRecovery(of: project, place)
      #expect(project.exportedText.contains("\"Changed\""), "\(place)")
    }
  }

  /// The half of a file that fitted is thrown away.
  @Test func shortWriteBeforeAFullDisk() throws {
    let project = try Self.makeProject()
    let before = project.exportedText
    let failure = thrownError { () throws(BeadsError) in
      try FailPoint.whileArmed("file.write=short;file.write#2+=ENOSPC") { () throws(BeadsError) in
        try Self.change(project)
      }
    }
    #expect(failure?.message == "cannot write \(project.location.jsonlPath): the disk is full")
    #expect(project.exportedText == before)
    try checkRecovery(of: project, "short")
  }
}
