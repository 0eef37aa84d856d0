import BeadsKit
import BeadsTesting
import Foundation
import Synchronization
import Testing

/// Another program writes the file at every moment of a change and its export: nothing of either is lost.
@Suite(.enabled(if: FailPoint.isAvailable)) struct FaultInterleavingTests {
  enum Intruder: CaseIterable { case replaces, appends, removesLine, deletes }

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

  private static func change(_ project: TestProject) throws(BeadsError) {
    let store = try project.openStore()
    defer { store.closeConnection() }
    try store.importChanges()
    try store.write("update") { tx throws(BeadsError) in
      try tx.update(try IssueID("t-b")) { $0.title = "Changed" }
    }
    try store.flush()
  }

  private static func intrude(_ intruder: Intruder, _ path: String) throws {
    let line = Array(
      (Issue(id: try IssueID("t-x"), title: "Foreign", createdAt: .init(seconds: 1)).jsonLine + "\n").utf8)
    switch intruder {
    case .replaces: try FileSystem.replace(path, with: try FileSystem.read(path) + line)
    case .appends: try FileSystem.append(line, to: path)
    case .removesLine:
      let lines = try FileSystem.readText(path).split(separator: "\n").filter { !$0.contains("\"t-a\"") }
      try FileSystem.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    case .deletes: try FileSystem.remove(path)
    }
  }

  @Test(arguments: Intruder.allCases) func nothingIsOverwrittenUnseen(_ intruder: Intruder) throws {
    let sample = try Self.makeProject()
    let count = try FailPoint.whileArmed { () throws(BeadsError) in try Self.change(sample) }.passed.count
    #expect(count > 15)
    for moment in 1...count {
      let project = try Self.makeProject()
      let path = project.location.jsonlPath
      let passed = Mutex(0)
      try FailPoint.whileArmed(onPass: { _ in
        let isNow = passed.withLock { count in
          count += 1
          return count == moment
        }
        if isNow { #expect(throws: Never.self) { try Self.intrude(intruder, path) } }
      }) { () throws(BeadsError) in try Self.change(project) }
      let store = try project.openStore()
      try store.importChanges()
      try store.flush(force: true)
      let issues = try store.issues(where: "1")
      store.closeConnection()
      #expect(
        project.exportedText.split(separator: "\n").map(String.init) == issues.map(\.jsonLine), "\(moment)")
      let titles = Set(issues.map(\.title))
      #expect(titles.isSuperset(of: ["t-a", "Changed", "t-c"]), "\(moment)")
      if intruder == .replaces || intruder == .appends { #expect(titles.contains("Foreign"), "\(moment)") }
    }
  }
}
