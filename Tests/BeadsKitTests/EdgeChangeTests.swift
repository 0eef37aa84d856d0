import BeadsKit
import BeadsTesting
import Testing

@Suite struct EdgeChangeTests {
  private struct Sample {
    let project: TestProject
    let store: Store
    var ids: [IssueID] = []

    init(_ count: Int = 3) throws {
      project = try TestProject()
      store = try project.makeStore()
      ids = try store.write("create") { transaction throws(BeadsError) in
        var ids: [IssueID] = []
        for number in 0..<count { ids.append(try transaction.create(IssueDraft(title: "\(number)")).id) }
        return ids
      }
    }

    func add(
      _ a: IssueID, _ b: IssueID, _ type: DependencyType = .blocks, metadata: String = ""
    ) throws(BeadsError) -> Bool {
      try store.write("dep add") { transaction throws(BeadsError) in
        try transaction.addDependency(a, dependsOn: b, type: type, metadata: metadata)
      }
    }
  }

  @Test func edgeTouchesItsOwnerOnly() throws {
    let sample = try Sample()
    let (a, b) = (sample.ids[0], sample.ids[1])
    let before = try sample.store.issues([a, b])
    sample.project.advance(seconds: 60)
    #expect(try sample.add(a, b))
    let after = try sample.store.issues([a, b])
    #expect(after[0].updatedAt > before[0].updatedAt)
    #expect(after[1] == before[1])
    #expect(after[0].dependencies.map(\.createdBy) == ["alice"])
    #expect(try sample.store.isBlocked(a))
  }

  @Test func sameEdgeAgainOnlyTakesMetadata() throws {
    let sample = try Sample()
    let (a, b) = (sample.ids[0], sample.ids[1])
    #expect(try sample.add(a, b, .waitsFor, metadata: #"{"gate":"any-children"}"#))
    let first = try sample.store.issue(a)
    #expect(try !sample.add(a, b, .waitsFor))
    #expect(try !sample.add(a, b, .waitsFor, metadata: "{}"))
    #expect(try sample.store.issue(a) == first)
    #expect(try !sample.add(a, b, .waitsFor, metadata: #"{"gate":"all-children"}"#))
    #expect(try sample.store.issue(a)?.dependencies.map(\.metadata) == [#"{"gate":"all-children"}"#])
  }

  @Test func anotherTypeIsAnotherEdge() throws {
    let sample = try Sample()
    let (a, b) = (sample.ids[0], sample.ids[1])
    for type in [DependencyType.blocks, .related, "caused-by"] { #expect(try sample.add(a, b, type)) }
    #expect(try sample.store.issue(a)?.dependencies.map(\.type) == [.blocks, .related, "caused-by"])
    let removed = try sample.store.write("dep remove") { transaction throws(BeadsError) in
      try transaction.removeDependency(a, dependsOn: b, type: .related)
    }
    #expect(removed.map(\.type) == [.related])
    #expect(try sample.store.isBlocked(a))
    let rest = try sample.store.write("dep remove") { transaction throws(BeadsError) in
      try transaction.removeDependency(a, dependsOn: b)
    }
    #expect(Set(rest.map(\.type)) == [.blocks, "caused-by"])
    #expect(try !sample.store.isBlocked(a))
  }

  @Test(arguments: [
    ("t-nope", "blocks", "", BeadsError.Code.notFound), ("nope", "blocks", "", .notFound),
    ("external:x", "blocks", "", .invalid), ("external::c", "blocks", "", .invalid),
    ("other-1", "", "", .invalid), ("other-1", String(repeating: "x", count: 51), "", .invalid),
    ("other-1", "two words", "", .invalid), ("other-1", "blocks", "{", .invalid),
  ]) func refuses(_ target: String, _ type: String, _ metadata: String, _ code: BeadsError.Code) throws {
    let sample = try Sample(1)
    let error = #expect(throws: BeadsError.self) {
      _ = try sample.add(
        sample.ids[0], IssueID(target), DependencyType(rawValue: type), metadata: metadata)
    }
    #expect(error?.code == code)
    #expect(try sample.store.issue(sample.ids[0])?.dependencies == [])
  }

  @Test(arguments: [
    ("other-1", "blocks"), ("external:project:capability", "blocks"), ("external:p:c:d", "related"),
    ("other-1", String(repeating: "x", count: 50)),
  ]) func acceptsForeignTargets(_ target: String, _ type: String) throws {
    let sample = try Sample(1)
    #expect(try sample.add(sample.ids[0], IssueID(target), DependencyType(rawValue: type)))
    // What is missing does not block, what is external does (edge case 16).
    #expect(try sample.store.isBlocked(sample.ids[0]) == (type == "blocks" && target.hasPrefix("external:")))
  }

  @Test func refusedCycleNamesItsPath() throws {
    let sample = try Sample()
    let ids = sample.ids
    _ = try sample.add(ids[0], ids[1])
    _ = try sample.add(ids[1], ids[2], .conditionalBlocks)
    let error = #expect(throws: BeadsError.self) { _ = try sample.add(ids[2], ids[0]) }
    #expect(error?.code == .cycle)
    #expect(
      error?.message.hasSuffix([ids[2], ids[0], ids[1], ids[2]].map(\.rawValue).joined(separator: " → "))
        == true)
  }

  @Test func moveUnderAnotherParentAndOut() throws {
    let sample = try Sample()
    let (a, b, c) = (sample.ids[0], sample.ids[1], sample.ids[2])
    func move(_ parent: IssueID?) throws {
      try sample.store.write("update") { transaction throws(BeadsError) in
        try transaction.setParent(of: c, to: parent)
      }
    }
    try move(a)
    let first = try sample.store.issue(c)
    try move(a)
    #expect(try sample.store.issue(c) == first)
    try move(b)
    #expect(try sample.store.issue(c)?.dependencies.map(\.dependsOnID) == [b])
    try move(nil)
    #expect(try sample.store.issue(c)?.dependencies == [])
  }

  @Test func relationIsTwoRowsAndNoObstacle() throws {
    let sample = try Sample()
    let (a, b) = (sample.ids[0], sample.ids[1])
    func relate(_ a: IssueID, _ b: IssueID) throws(BeadsError) -> Bool {
      try sample.store.write("relate") { transaction throws(BeadsError) in try transaction.relate(a, b) }
    }
    #expect(try relate(a, b))
    #expect(try !relate(b, a))
    #expect(try sample.store.dependents(of: a).map(\.type) == [.relatesTo])
    #expect(try sample.add(a, b))
    let removed = try sample.store.write("unrelate") { transaction throws(BeadsError) in
      try transaction.unrelate(b, a)
    }
    #expect(removed.count == 2)
    #expect(try sample.store.issue(a)?.dependencies.map(\.type) == [.blocks])
    #expect(try sample.store.issue(b)?.dependencies == [])
  }
}
