public import BeadsKit

/// Issues of the shape that real trackers have, always the same for the same count, seed and prefix.
///
/// 80 % are closed, lines are about 900 bytes with a long tail, 30 % have edges to older issues (so there are no
/// cycles), 20 % sit in epics of up to three levels; some have labels, comments, design and odd characters.
public struct TrackerGenerator: Sendable {
  /// How many issues.
  public var count: Int
  /// What chooses among all trackers of that size.
  public var seed: UInt64
  /// What the IDs start with.
  public var prefix: String

  /// A word that about one issue in 200 contains, for measuring searches.
  public static let rareWord = "hookwitness"

  /// Describes a tracker.
  public init(count: Int, seed: UInt64 = 1, prefix: String = "bench") {
    self.count = count
    self.seed = seed
    self.prefix = prefix
  }

  /// The issues in ID order; linear in their number, about 2 kB of memory each.
  public func issues() -> [Issue] {
    var writer = TrackerWriter(seed: seed, prefix: prefix, idLength: count < 30_000 ? 4 : 6)
    return (0..<count).map { writer.issue(number: $0) }.sorted { $0.id < $1.id }
  }

  /// The issues as the bytes of `issues.jsonl`.
  public func jsonLines() -> [UInt8] {
    var writer = JSONWriter()
    for issue in issues() {
      writer.issue(issue, edges: .raw)
      writer.newline()
    }
    return writer.bytes
  }
}

/// Invents one issue after the other, each linked to some before it.
private struct TrackerWriter {
  var random: SeededRandom
  let prefix: String
  let idLength: Int
  var ids: [IssueID] = []
  var used: Set<IssueID> = []
  var epics: [IssueID] = []
  var childCounts: [IssueID: Int] = [:]

  init(seed: UInt64, prefix: String, idLength: Int) {
    random = SeededRandom(seed: seed)
    self.prefix = prefix
    self.idLength = idLength
  }

  mutating func issue(number: Int) -> Issue {
    // One new issue every 40 seconds from 2025-01-01 on.
    let created = moment(1_735_689_600 + Int64(number) * 40)
    let parent = random.chance(20) ? random.pick(epics.suffix(200)) : nil
    let id = parent.map { child(of: $0) } ?? freshID()
    var issue = Issue(id: id, title: title(), createdAt: created)
    issue.createdBy = person()
    issue.type = random.chance(5) ? .epic : random.pick(Words.types) ?? .task
    issue.priority = random.pick(Words.priorities) ?? 2
    addTexts(to: &issue)
    addState(to: &issue)
    addEdges(to: &issue, parent: parent)
    if random.chance(25) { issue.labels = labels() }
    if random.chance(8) { addComments(to: &issue, number: number) }
    if issue.type == .epic, id.rawValue.utf8.count(where: { $0 == UInt8(ascii: ".") }) < 2 {
      epics.append(id)
    }
    ids.append(id)
    return issue
  }

  private mutating func child(of parent: IssueID) -> IssueID {
    childCounts[parent, default: 0] += 1
    return IssueID(unchecked: "\(parent).\(childCounts[parent, default: 0])")
  }

  private mutating func freshID() -> IssueID {
    while true {
      let tail = (0..<idLength).map { _ in String(random.below(36), radix: 36) }.joined()
      let id = IssueID(unchecked: "\(prefix)-\(tail)")
      if used.insert(id).inserted { return id }
    }
  }

  private mutating func title() -> String {
    let text = sentence(random.within(3...9))
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  private mutating func addTexts(to issue: inout Issue) {
    if random.chance(85) {
      var sentences = 1
      while sentences < 40, random.chance(81) { sentences += 1 }
      issue.description =
        (0..<sentences).map { _ in sentence(random.within(6...18)) }.joined(separator: ". ") + "."
    }
    if random.chance(10) { issue.design = sentence(40) }
    if random.chance(15) {
      issue.acceptanceCriteria = (0..<3).map { _ in "- " + sentence(8) }.joined(separator: "\n")
    }
    if random.chance(5) {
      issue.notes = sentence(25) + " \u{2014} \u{201C}quoted\u{201D} <b> & \u{1F41B}\n\ttabbed \\ slash"
    }
  }

  private mutating func addState(to issue: inout Issue) {
    let share = random.below(100)
    issue.status = share < 80 ? .closed : share < 84 ? .inProgress : .open
    if issue.status == .inProgress || random.chance(15) { issue.assignee = person() }
    issue.updatedAt = moment(issue.createdAt.seconds + Int64(random.within(60...864_000)))
    if issue.status == .inProgress { issue.startedAt = issue.updatedAt }
    if issue.status == .closed {
      issue.closedAt = issue.updatedAt
      issue.closeReason = random.pick(Words.reasons) ?? ""
    }
  }

  private mutating func addEdges(to issue: inout Issue, parent: IssueID?) {
    var edges: [Dependency] = []
    func link(_ target: IssueID, _ type: DependencyType) {
      if edges.contains(where: { $0.dependsOnID == target }) { return }
      edges.append(
        Dependency(
          issue.id, dependsOn: target, type: type, createdAt: issue.createdAt, createdBy: issue.createdBy))
    }
    if let parent { link(parent, .parentChild) }
    if random.chance(30) {
      for _ in 0..<random.within(1...3) {
        if let target = random.pick(ids.suffix(500)) { link(target, random.pick(Words.edges) ?? .blocks) }
      }
    }
    issue.dependencies = edges.sorted { $0.dependsOnID < $1.dependsOnID }
  }

  private mutating func labels() -> [String] {
    var chosen: Set<String> = []
    for _ in 0..<random.within(1...3) { if let word = random.pick(Words.labels) { chosen.insert(word) } }
    return chosen.sorted()
  }

  private mutating func addComments(to issue: inout Issue, number: Int) {
    for index in 0..<random.within(1...3) {
      issue.comments.append(
        Comment(
          id: String(10 * number + index + 1), issueID: issue.id, author: person(), text: sentence(20),
          createdAt: moment(issue.createdAt.seconds + Int64(index + 1) * 60)))
    }
  }

  /// Few common words and, one in eight, many rare ones made of two.
  private mutating func sentence(_ length: Int) -> String {
    (0..<length).map { _ in word() + (random.chance(12) ? word() : "") }.joined(separator: " ")
  }

  private mutating func word() -> String { random.pick(Words.nouns) ?? "" }

  private mutating func person() -> String { random.pick(Words.people) ?? "" }

  private mutating func moment(_ seconds: Int64) -> Timestamp {
    Timestamp(seconds: seconds, nanoseconds: Int32(random.below(1_000_000)) * 1000)
  }
}

/// What the texts are made of; a word that stands twice is chosen twice as often.
private enum Words {
  static let nouns = """
    parser cache token merge queue worker branch retry index schema auth login crash timeout graph edge export \
    import daemon lock session hook convoy witness test flaky build cli flag config error message latency memory \
    leak rename docs release
    """.split(separator: " ").map(String.init)
  static let labels = "backend frontend cli sync perf flaky docs security tech-debt needs-review"
    .split(separator: " ").map(String.init)
  static let people = ["ada", "grace", "linus", "rig/polecats/nux", "rig/polecats/slit", "rig/crew/max"]
  static let reasons = [
    "Done", "Fixed", "Closed", "Won't fix", "Merged in 4f2a9c1", "Superseded by other work",
  ]
  static let types: [IssueType] = [
    .task, .task, .task, .task, .task, .task, .bug, .bug, .bug, .feature, .feature, .chore,
  ]
  static let priorities = [0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4]
  static let edges: [DependencyType] = [
    .blocks, .blocks, .blocks, .blocks, .blocks, .blocks, .blocks, .blocks, .related, .discoveredFrom,
  ]
}
