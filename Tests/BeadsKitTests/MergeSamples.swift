@testable import BeadsModel

/// Random versions of an issue from few values, so that sides often agree, clash and tie.
struct MergeSamples {
  static let now = Timestamp("2026-03-01T00:00:00Z") ?? Timestamp(seconds: 0)
  static let policy = MergePolicy(now: now)

  var random: TestRandom

  init(seed: UInt64) { random = TestRandom(seed: seed) }

  private mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  /// Clocks are wrong by years, go backwards and tie; offsets differ.
  private mutating func time() -> Timestamp {
    let texts = [
      "2026-02-01T10:00:00Z", "2026-02-01T10:00:00.5Z", "2026-02-01T11:00:00+01:00", "2026-02-02T10:00:00Z",
      "2026-02-03T10:00:00Z", "2025-11-01T10:00:00Z", "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999999Z",
    ]
    return Timestamp(pick(texts)) ?? Self.now
  }

  private mutating func text() -> String {
    pick([
      "", "a", "b", "a\nb", "a\n", "é", "e\u{301}", "> q", "\n",
      "[merge: other title of 2026-02-01T10:00:00Z]\n> a",
      "a\n\n[merge: other design of 2026-02-02T10:00:00Z]\n> b\nc",
    ])
  }

  /// Sets a field to a random value; comments are only added.
  mutating func change(_ field: IssueField, of issue: inout Issue) {
    switch field.storage {
    case .id: break
    case .text(let path) where field.merge == .status:
      issue[keyPath: path] = pick(["open", "in_progress", "closed", "waiting"])
    case .text(let path): issue[keyPath: path] = text()
    case .optionalText(let path): issue[keyPath: path] = pick([nil, "x", "y"])
    case .json(let path): issue[keyPath: path] = pick([nil, #"{"a":1}"#, "[2]"])
    case .int(let path): issue[keyPath: path] = pick([0, 1, 2])
    case .int64(let path): issue[keyPath: path] = pick([0, 1, 2])
    case .optionalInt(let path): issue[keyPath: path] = pick([nil, 0, 1])
    case .real(let path): issue[keyPath: path] = pick([nil, 0, 0.5])
    case .flag(let path): issue[keyPath: path].toggle()
    case .time(let path): issue[keyPath: path] = time()
    case .optionalTime where field.merge == .withDeletion: break
    case .optionalTime(let path): issue[keyPath: path] = pick([nil, time()])
    case .strings(let path): issue[keyPath: path] = toggled(issue[keyPath: path])
    case .labels: issue.labels = toggled(issue.labels)
    case .dependencies: changeEdges(of: &issue)
    case .comments:
      let comment = Comment(
        id: pick(["1", "2", "x"]), issueID: issue.id, author: pick(["a", "b"]), text: pick(["t", "u"]),
        createdAt: time())
      issue.comments.append(comment)
    }
  }

  private mutating func toggled(_ items: [String]) -> [String] {
    let item = pick(["a", "b", "c", "é", "e\u{301}"])
    let rest = items.filter { !$0.utf8.elementsEqual(item.utf8) }
    return rest.count < items.count ? rest : items + [item]
  }

  private mutating func changeEdges(of issue: inout Issue) {
    let edge = Dependency(
      issue.id, dependsOn: IssueID(unchecked: pick(["x-1", "x-2", "x-3"])), type: pick([.blocks, .related]),
      createdAt: time(), createdBy: pick(["", "a"]))
    let rest = issue.dependencies.filter { $0.key != edge.key }
    issue.dependencies = rest.count == issue.dependencies.count || pick([true, false]) ? rest + [edge] : rest
  }

  /// A version some changes after another, as an honest program would write it.
  mutating func version(after base: Issue, changes: Int) -> Issue {
    var issue = base
    for _ in 0..<changes {
      change(pick(IssueField.all), of: &issue)
      if pick([false, false, true]) { changeUnknown(&issue) }
    }
    if changes > 0 { issue.updatedAt = time() }
    settle(&issue)
    return issue
  }

  private mutating func changeUnknown(_ issue: inout Issue) {
    let key = pick(["k", "l", "m"])
    issue.unknownMembers.removeAll { $0.key == key }
    if pick([true, false]) {
      issue.unknownMembers.append(Issue.UnknownMember(key: key, json: pick(["1", "[2]"])))
    }
  }

  /// A deleted version.
  mutating func tombstone(of base: Issue) -> Issue {
    var issue = base
    issue.status = .tombstone
    issue.deletedAt = time()
    issue.deletedBy = pick(["a", "b"])
    issue.dependencies = []
    issue.updatedAt = time()
    settle(&issue)
    return issue
  }

  private func settle(_ issue: inout Issue) {
    if issue.status != .tombstone { issue.deletedAt = nil }
    var seen = Set<String>()
    issue.comments = issue.comments.filter {
      seen.insert("\($0.author) \($0.text) \($0.createdAt.seconds)").inserted
    }
    issue.comments.sort { ($0.createdAt, $0.author, $0.text) < ($1.createdAt, $1.author, $1.text) }
    issue.dependencies.sort {
      ($0.createdAt, $0.dependsOnID, $0.type.rawValue) < ($1.createdAt, $1.dependsOnID, $1.type.rawValue)
    }
    issue.repair(now: Self.now)
  }

  /// A base with many values.
  mutating func base() -> Issue {
    version(after: Issue(id: IssueID(unchecked: "t-1"), title: "t", createdAt: time()), changes: 20)
  }
}
