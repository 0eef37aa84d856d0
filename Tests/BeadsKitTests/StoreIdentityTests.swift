import BeadsModel
import BeadsSystem
import BeadsTesting
import Testing

@testable import BeadsStore

@Suite("Store identity") struct StoreIdentityTests {
  private func open(_ project: GitProject, _ name: String) throws -> (store: Store, note: String?) {
    let workspace = try Workspace.locate(environment: project.environment, directory: project.path(name))
    let store = try Store.open(at: StoreLocation(workspace), environment: project.environment)
    do {
      let note = try store.checkProject(workspace.projectID)
      try store.importChanges()
      return (store, note)
    } catch {
      store.closeConnection()
      throw error
    }
  }

  private func add(_ title: String, _ project: GitProject, _ name: String) throws {
    let store = try open(project, name).store
    try store.write("create") { tx throws(BeadsError) in _ = try tx.create(IssueDraft(title: title)) }
    try store.close()
  }

  private func copy(_ file: String, from: String, to: String, _ project: GitProject) throws {
    let bytes = try FileSystem.read(project.path(from) + "/.beads/" + file)
    try FileSystem.replace(project.path(to) + "/.beads/" + file, with: bytes)
  }

  @Test func movedAndCopiedProjectsGoOn() throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      try project.store("a")
      try add("one", project, "a")
      try FileSystem.rename(project.path("a"), to: project.path("moved"))
      let moved = try open(project, "moved")
      #expect(moved.note == nil)
      #expect(try moved.store.count() == 1)
      try moved.store.close()
      try FileSystem.makeDirectory(project.path("copy/.beads"))
      for file in try FileSystem.list(project.path("moved/.beads")) where !file.hasPrefix(".") {
        try copy(file, from: "moved", to: "copy", project)
      }
      let text = try FileSystem.readText(project.path("copy/.beads/issues.jsonl"))
      let copied = try open(project, "copy")
      #expect(copied.note == nil)
      #expect(try copied.store.count() == 1)
      try copied.store.close()
      #expect(try FileSystem.readText(project.path("copy/.beads/issues.jsonl")) == text)
    }
  }

  @Test func anotherProjectsDatabaseIsNotMixedIn() throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      try project.store("a", prefix: "a")
      try project.store("b", prefix: "b")
      try add("one of a", project, "a")
      try add("one of b", project, "b")
      let text = try FileSystem.readText(project.path("b/.beads/issues.jsonl"))
      try copy("beads.db", from: "a", to: "b", project)
      let error = #expect(throws: BeadsError.self) { try open(project, "b") }
      #expect(error?.code == .conflict)
      #expect(try FileSystem.readText(project.path("b/.beads/issues.jsonl")) == text)
    }
  }

  /// Two clones that started the project each for themselves, and were merged by git.
  @Test func aNewIdentityOfTheSameIssuesIsToldOnce() throws {
    try withScratchDirectory { root in
      let project = GitProject(root)
      try project.store("a")
      try project.store("b")
      try add("one", project, "a")
      try copy("metadata.json", from: "b", to: "a", project)
      let first = try open(project, "a")
      #expect(first.note?.contains("identity") == true)
      try first.store.close()
      let second = try open(project, "a")
      #expect(second.note == nil)
      #expect(try second.store.count() == 1)
      try second.store.close()
    }
  }
}
