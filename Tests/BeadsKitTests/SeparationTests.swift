import Testing

@testable import BeadsModel

/// Two clones created an issue under one ID before they knew of each other: it stays two.
@Suite struct SeparationTests {
  private static let policy = MergeSamples.policy

  /// An issue whose text says which one it is, whatever it is called.
  private static func issue(_ id: String, bornAt second: Int64, _ title: String? = nil) -> BeadsModel.Issue {
    let time = Timestamp(seconds: 1_770_000_000 + second, nanoseconds: 123_456_789)
    var issue = Issue(id: IssueID(unchecked: id), title: title ?? "Born \(second)", createdAt: time)
    issue.specID = "\(second)"
    return issue
  }

  private static func edge(_ type: DependencyType = .blocks, to id: String, at second: Int64) -> Dependency {
    Dependency(
      IssueID(unchecked: "?"), dependsOn: IssueID(unchecked: id), type: type,
      createdAt: Timestamp(seconds: 1_770_000_000 + second))
  }

  private static func file(_ issues: [BeadsModel.Issue]) -> [UInt8] {
    Array(issues.sorted { $0.id < $1.id }.map { $0.jsonLine + "\n" }.joined().utf8)
  }

  private static func issues(_ file: [UInt8]) -> [BeadsModel.Issue] {
    file.split(separator: 0x0A).compactMap { CodecSamples.decode(Array($0)) }
  }

  private static func merge(_ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8]) -> MergedFile {
    IssueFileMerge.merge(base: base, ours: ours, theirs: theirs, policy: policy)
  }

  // MARK: What is another issue

  @Test func birthTellsIssuesApart() {
    let issue = Self.issue("t-4es", bornAt: 10)
    func isOther(_ edit: (inout BeadsModel.Issue) -> Void) -> Bool {
      var other = issue
      other.title = "Another"
      edit(&other)
      #expect(other.isOther(than: issue) == issue.isOther(than: other))
      return other.isOther(than: issue)
    }
    #expect(isOther { $0.createdAt = $0.createdAt.adding(seconds: 17) })
    #expect(isOther { $0.createdAt = $0.createdAt.adding(nanoseconds: 1) })
    #expect(!isOther { _ in })
    // As other tools write the same moment.
    for cut in [123_456_000, 123_000_000, 0] as [Int32] {
      #expect(!isOther { $0.createdAt.nanoseconds = cut })
    }
    #expect(!isOther { $0.createdAt.offsetMinutes = 60 })
    #expect(!isOther { $0.createdAt = Timestamp(seconds: 0) })
    // Old tools dated issues anew when they imported them.
    #expect(!isOther { ($0.createdAt, $0.title) = (Timestamp(seconds: 1_780_000_000), issue.title) })
    // A record that an import made in place of a missing parent.
    #expect(!isOther { ($0.createdAt, $0.title) = (Timestamp(seconds: 1_780_000_000), "(restored) t-4es") })
    // An agent is known by its ID.
    #expect(
      !isOther { ($0.createdAt, $0.type) = (Timestamp(seconds: 1_780_000_000), IssueType(rawValue: "agent")) }
    )
  }

  @Test(arguments: [
    "t-login-dashboard", "t-a_b", "t-merge-slot", "t-123456789x", "t-AB3", "external:x:abc", "plain",
  ])
  func chosenNamesAreOneIssue(_ id: String) {
    #expect(!IssueID(unchecked: id).isGenerated)
    #expect(!Self.issue(id, bornAt: 1).isOther(than: Self.issue(id, bornAt: 2)))
    #expect(IssueID(unchecked: id).beside(bornAt: 1) == IssueID(unchecked: id))
  }

  @Test(arguments: ["t-4es", "t-a3f8", "t-mol-x0z1", "my-app-7", "t-4es.1", "t-4es.1.12", "t-12345678"])
  func laterIDsArePure(_ text: String) throws {
    let id = IssueID(unchecked: text)
    #expect(id.isGenerated)
    let ids = (0..<200).map { id.beside(bornAt: 1_770_000_000 + $0) }
    #expect(ids == (0..<200).map { id.beside(bornAt: 1_770_000_000 + $0) })
    #expect(Set(ids).count == 200)
    for id in ids {
      #expect(id.isGenerated && id.depth == 0)
      let suffix = try #require(id.rawValue.split(separator: "-").last)
      #expect(suffix.count == 8 && suffix.contains(where: \.isNumber))
    }
    #expect(
      ids[0].rawValue.hasPrefix(text) == (id.depth == 0 && text.split(separator: "-").last?.count ?? 9 < 5))
  }

  // MARK: One collision

  /// The later issue goes, with its children, the edges to it and where it is mentioned; the earlier one stays.
  @Test func theLaterOneGetsAnotherID() throws {
    var first = Self.issue("t-4es", bornAt: 1)
    first.comments = [
      Comment(id: "1", issueID: first.id, author: "a", text: "one", createdAt: first.createdAt)
    ]
    var second = Self.issue("t-4es", bornAt: 2)
    second.comments = [
      Comment(id: "1", issueID: first.id, author: "b", text: "two", createdAt: second.createdAt)
    ]
    var (child, user, reader) = (
      Self.issue("t-4es.1", bornAt: 3), Self.issue("t-use", bornAt: 4), Self.issue("t-rea", bornAt: 5)
    )
    child.dependencies = [Self.edge(.parentChild, to: "t-4es", at: 3)]
    user.dependencies = [Self.edge(to: "t-4es", at: 4)]
    user.description = "after t-4es and t-4es.1, not t-4es2"
    reader.dependencies = [Self.edge(to: "t-4es", at: 5)]
    let (ours, theirs) = (Self.file([first, reader]), Self.file([second, child, user]))
    let merged = Self.merge([], ours, theirs)
    let newID = IssueID(unchecked: "t-4es").beside(bornAt: second.createdAt.seconds).rawValue
    let byTitle = Dictionary(uniqueKeysWithValues: Self.issues(merged.bytes).map { ($0.title, $0) })
    #expect(byTitle["Born 1"]?.id.rawValue == "t-4es")
    #expect(byTitle["Born 1"]?.comments.map(\.text) == ["one"])
    #expect(byTitle["Born 2"]?.id.rawValue == newID)
    #expect(byTitle["Born 2"]?.comments.map(\.text) == ["two"])
    #expect(byTitle["Born 3"]?.id.rawValue == newID + ".1")
    #expect(byTitle["Born 3"]?.dependencies.map(\.dependsOnID.rawValue) == [newID])
    #expect(byTitle["Born 4"]?.dependencies.map(\.dependsOnID.rawValue) == [newID])
    #expect(byTitle["Born 4"]?.description == "after \(newID) and \(newID).1, not t-4es2")
    #expect(byTitle["Born 5"]?.dependencies.map(\.dependsOnID.rawValue) == ["t-4es"])
    #expect(merged.separated.map(\.newID.rawValue) == [newID])
    #expect(Self.merge([], theirs, ours).bytes == merged.bytes)
    // What merges were before: whoever has one of the sides learns nothing new.
    #expect(Self.merge([], merged.bytes, theirs).bytes == merged.bytes)
    #expect(Self.merge(theirs, theirs, merged.bytes).bytes == merged.bytes)
    #expect(Self.merge(ours, merged.bytes, ours).bytes == merged.bytes)
  }

  /// A clone that still has the later one under the old ID, and works on with it.
  @Test func aThirdCloneIsUnderstood() throws {
    let first = Self.file([Self.issue("t-4es", bornAt: 1)])
    let second = Self.issue("t-4es", bornAt: 2)
    let merged = Self.merge([], first, Self.file([second]))
    var edited = second
    edited.labels = ["x"]
    edited.title = "New title"
    edited.updatedAt = edited.updatedAt.adding(seconds: 60)
    var user = Self.issue("t-use", bornAt: 70)
    user.dependencies = [Self.edge(to: "t-4es", at: 70)]
    let base = Self.file([second])
    for third in [Self.file([edited, user]), Self.file([second, user])] {
      let all = Self.merge(base, merged.bytes, third)
      let found = Self.issues(all.bytes)
      #expect(Set(found.map(\.createdAt)).count == 3 && found.count == 3)
      let later = try #require(found.first { $0.specID == "2" })
      #expect(later.id == second.id.beside(bornAt: second.createdAt.seconds))
      #expect(found.first { $0.specID == "70" }?.dependencies.map(\.dependsOnID) == [later.id])
      #expect(found.first { $0.specID == "1" }?.title == "Born 1")
      if third == Self.file([edited, user]) { #expect(later.labels == ["x"] && later.title == "New title") }
      #expect(Self.merge(base, third, merged.bytes).bytes == all.bytes)
    }
  }

  @Test func deletingOneLeavesTheOther() throws {
    let (first, second) = (Self.issue("t-4es", bornAt: 1), Self.issue("t-4es", bornAt: 2))
    for (a, b) in [(first, second), (second, first)] {
      var gone = a
      gone.status = .tombstone
      gone.deletedAt = MergeSamples.now
      gone.updatedAt = MergeSamples.now
      let found = Self.issues(Self.merge([], Self.file([gone]), Self.file([b])).bytes)
      #expect(found.count == 2)
      #expect(found.first { $0.specID == a.specID }?.status == .tombstone)
      #expect(found.first { $0.specID == b.specID }?.status == .open)
    }
  }

  /// Both clones gave a common parent its first child.
  @Test func childrenOfOneParent() throws {
    let parent = Self.issue("t-a3f8", bornAt: 0)
    func child(_ second: Int64) -> BeadsModel.Issue {
      var child = Self.issue("t-a3f8.1", bornAt: second)
      child.dependencies = [Self.edge(.parentChild, to: "t-a3f8", at: second)]
      return child
    }
    let base = Self.file([parent])
    let merged = Self.merge(base, Self.file([parent, child(5)]), Self.file([parent, child(4)]))
    let found = Self.issues(merged.bytes)
    #expect(found.count == 3)
    #expect(found.first { $0.specID == "4" }?.id.rawValue == "t-a3f8.1")
    let other = try #require(found.first { $0.specID == "5" })
    #expect(other.id.depth == 0)
    #expect(other.dependencies.map(\.dependsOnID.rawValue) == ["t-a3f8"])
  }

  /// Lines that a merge without the driver left.
  @Test func linesOfOneFile() throws {
    let (first, second) = (Self.issue("t-4es", bornAt: 1), Self.issue("t-4es", bornAt: 2))
    var user = Self.issue("t-4et", bornAt: 3)
    user.dependencies = [Self.edge(to: "t-4es", at: 3)]
    let newID = second.id.beside(bornAt: second.createdAt.seconds)
    func conflict(_ a: [BeadsModel.Issue], _ b: [BeadsModel.Issue]) -> ResolvedFile {
      let text = [a, b].map { $0.map { $0.jsonLine + "\n" }.joined() }
      let file = "<<<<<<< ours\n\(text[0])=======\n\(text[1])>>>>>>> theirs\n"
      return IssueFileMerge.resolve(Array(file.utf8), policy: Self.policy)
    }
    let resolved = conflict([first], [second, user])
    #expect(conflict([second, user], [first]).bytes == resolved.bytes)
    #expect(resolved.separated.map(\.newID) == [newID])
    let found = Self.issues(resolved.bytes)
    #expect(found.map(\.id.rawValue) == ["t-4es", newID.rawValue, "t-4et"].sorted())
    #expect(found.first { $0.specID == "3" }?.dependencies.map(\.dependsOnID) == [newID])
    // Whose edge it is nobody can tell here; but nothing is lost.
    let union = IssueFileMerge.resolve(Self.file([second, first, user]), policy: Self.policy)
    #expect(Set(Self.issues(union.bytes).map(\.specID)) == ["1", "2", "3"])
    #expect(union.hadSeveralVersions)
  }

  // MARK: Laws

  /// Clones that make issues under few IDs, with children, edges and mentions among their own.
  private struct Clone {
    var issues: [BeadsModel.Issue] = []

    mutating func live(_ random: inout TestRandom, _ births: inout Int64, ids: [String]) {
      for id in ids.shuffled(using: &random) where Bool.random(using: &random) {
        let parent = id.split(separator: ".").count > 1 ? String(id.split(separator: ".")[0]) : nil
        let isKnown = issues.contains { $0.id.rawValue == id }
        if isKnown || parent.map({ parent in !issues.contains { $0.id.rawValue == parent } }) ?? false {
          continue
        }
        births += 1
        var issue = SeparationTests.issue(id, bornAt: births)
        if let parent { issue.dependencies = [SeparationTests.edge(.parentChild, to: parent, at: births)] }
        if let other = issues.randomElement(using: &random), other.id.rawValue != parent {
          issue.dependencies.append(SeparationTests.edge(to: other.id.rawValue, at: births))
          issue.description = "see \(other.id)"
        }
        issues.append(issue)
      }
      for index in issues.indices where Int.random(in: 0..<4, using: &random) == 0 {
        births += 1
        issues[index].labels = (issues[index].labels + ["l\(births)"]).sorted()
        issues[index].updatedAt = Timestamp(seconds: 1_770_000_000 + births)
      }
    }

    var file: [UInt8] { SeparationTests.file(issues) }
  }

  /// What a file says, with every issue named by its birth.
  private static func facts(_ file: [UInt8]) -> Set<String> {
    let issues = issues(file)
    let births = Dictionary(uniqueKeysWithValues: issues.map { ($0.id, $0.specID) })
    var facts: Set<String> = []
    for issue in issues {
      facts.insert("issue \(issue.specID)")
      for label in issue.labels { facts.insert("label \(issue.specID) \(label)") }
      for edge in issue.dependencies {
        facts.insert("edge \(issue.specID) \(edge.type) \(births[edge.dependsOnID] ?? "nothing")")
      }
      if let name = issue.description.split(separator: " ").last {
        facts.insert("mention \(issue.specID) \(births[IssueID(unchecked: String(name))] ?? "nothing")")
      }
    }
    return facts
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func mergesCommuteRepeatAndLoseNothing(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var births: Int64 = 0
    let ids = ["t-aaa", "t-bbb", "t-ccc", "t-7", "t-aaa.1", "t-bbb.1", "t-bbb.2"]
    var start = Clone()
    start.live(&random, &births, ids: ["t-ccc", "t-ddd", "t-ccc.1"])
    var clones = [start, start, start]
    for index in clones.indices { clones[index].live(&random, &births, ids: ids) }
    let (base, a, b, c) = (start.file, clones[0].file, clones[1].file, clones[2].file)
    let merged = Self.merge(base, a, b).bytes
    #expect(Self.merge(base, b, a).bytes == merged)
    #expect(Self.merge(base, merged, a).bytes == merged)
    #expect(Self.merge(base, b, merged).bytes == merged)
    #expect(Self.merge(merged, merged, merged).bytes == merged)
    #expect(Self.merge(a, a, merged).bytes == merged)
    #expect(Self.merge(b, merged, b).bytes == merged)
    #expect(Self.facts(a).union(Self.facts(b)) == Self.facts(merged))
    // A third clone, and a second one that works on with the old names.
    let all = Self.merge(base, merged, c).bytes
    #expect(Self.facts(all) == Self.facts(merged).union(Self.facts(c)))
    clones[1].live(&random, &births, ids: ["t-eee"])
    let later = clones[1].file
    let both = Self.merge(b, all, later).bytes
    #expect(Self.merge(b, later, all).bytes == both)
    #expect(Self.facts(both) == Self.facts(all).union(Self.facts(later)))
  }

  /// The same issue gets the same ID whoever meets whom first.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func theOrderOfMeetingsDoesNotMatter(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var births: Int64 = 0
    var clones = [Clone(), Clone(), Clone()]
    for index in clones.indices {
      clones[index].live(&random, &births, ids: ["t-aaa", "t-bbb", "t-7", "t-aaa.1"])
    }
    let (a, b, c) = (clones[0].file, clones[1].file, clones[2].file)
    let orders = [[a, b, c], [b, c, a], [c, a, b]].map {
      Self.merge([], Self.merge([], $0[0], $0[1]).bytes, $0[2])
    }
    for other in orders {
      #expect(Self.facts(other.bytes) == Self.facts(orders[0].bytes))
      #expect(Self.issues(other.bytes).map(\.id) == Self.issues(orders[0].bytes).map(\.id))
      #expect(Self.facts(Self.merge([], other.bytes, orders[0].bytes).bytes) == Self.facts(orders[0].bytes))
    }
  }
}
