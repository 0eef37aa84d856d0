import BeadsKit
import BeadsModel

@testable import BeadsStore

/// Terms to choose at random.
extension QueryWorld {
  typealias Term = @Sendable (inout IssueFilter, QueryWorld) -> Void

  static let terms: [(String, Term)] = [
    ("unfinished", { filter, _ in filter.statuses = .unfinished }),
    ("all", { filter, _ in filter.statuses = .all }),
    (
      "statuses",
      { filter, world in filter.statuses = .any((0..<3).map { _ in world.pick(QueryWorld.statuses) }) }
    ),
    ("status blocked", { filter, _ in filter.statuses = .any([.blocked]) }),
    ("statuses open, blocked", { filter, _ in filter.statuses = .any([.open, .blocked]) }),
    ("statuses deferred, blocked", { filter, _ in filter.statuses = .any([.deferred, .blocked]) }),
    ("status deferred", { filter, _ in filter.statuses = .any([.deferred]) }),
    ("blocked", { filter, world in filter.isBlocked = world.chance(50) }),
    ("pinned", { filter, world in filter.isPinned = world.chance(50) }),
    ("deferred", { filter, _ in filter.isDeferred = true }),
    ("overdue", { filter, _ in filter.isOverdue = true }),
    ("ephemeral", { filter, world in filter.isEphemeral = world.chance(50) }),
    ("ids", { filter, world in filter.ids = (0..<9).map { _ in world.pick(world.issues).id } }),
    ("types", { filter, world in filter.types = (0..<2).map { _ in world.pick(QueryWorld.types) } }),
    ("excluded types", { filter, world in filter.excludedTypes = [world.pick(QueryWorld.types)] }),
    ("mol type", { filter, world in filter.molType = world.pick(["swarm", "patrol", "work"]) }),
    ("wisp type", { filter, world in filter.wispType = world.pick(["patrol", "heartbeat"]) }),
    ("kinds", { filter, _ in filter.includesEveryKind() }),
    ("priorities", { filter, world in filter.priorities = [world.pick([0, 1, 2]), world.pick([3, 4])] }),
    ("minimum", { filter, world in filter.minimumPriority = world.pick([0, 1, 2]) }),
    ("maximum", { filter, world in filter.maximumPriority = world.pick([2, 3, 4]) }),
    ("nobody", { filter, _ in filter.assignee = .nobody }),
    (
      "assignee",
      { filter, world in filter.assignee = .named(world.pick(Array(QueryWorld.people.dropFirst(2)))) }
    ),
    ("labels", { filter, world in filter.labels = [world.pick(QueryWorld.labels)] }),
    (
      "any labels", { filter, world in filter.anyLabels = (0..<2).map { _ in world.pick(QueryWorld.labels) } }
    ),
    ("excluded labels", { filter, world in filter.excludedLabels = [world.pick(QueryWorld.labels)] }),
    ("label pattern", { filter, _ in filter.labelPattern = "tech-*" }),
    ("label expression", { filter, _ in filter.labelExpression = "^u|:" }),
    ("no labels", { filter, _ in filter.hasNoLabels = true }),
    ("text", { filter, world in filter.text = world.needle() }),
    ("title", { filter, world in filter.title = world.pick(world.issues).title }),
    ("title contains", { filter, world in filter.titleContains = world.needle() }),
    ("description contains", { filter, world in filter.descriptionContains = world.needle() }),
    ("notes contain", { filter, world in filter.notesContains = world.needle() }),
    (
      "reference contains", { filter, world in filter.referenceContains = world.pick(["GH-", "-1", "gh-2"]) }
    ),
    (
      "specification",
      { filter, world in filter.specification = world.pick(["specs/a%", "specs/", "Specs"]) }
    ),
    ("no description", { filter, _ in filter.hasNoDescription = true }),
    ("created", { filter, world in filter.created = world.window() }),
    ("updated", { filter, world in filter.updated = world.window() }),
    (
      "closed",
      { filter, world in
        filter.statuses = .all
        filter.closed = world.window()
      }
    ),
    ("due", { filter, world in filter.due = world.window() }),
    ("deferred until", { filter, world in filter.deferred = world.window() }),
    ("top", { filter, _ in filter.place = .top }),
    ("children", { filter, world in filter.place = .children(of: world.parent()) }),
    ("descendants", { filter, world in filter.place = .descendants(of: world.parent()) }),
    ("metadata", { filter, world in filter.metadata = [world.pick(QueryWorld.fields)] }),
    ("metadata key", { filter, world in filter.metadataKey = world.pick(["team", "n", "none", "a.b"]) }),
    (
      "ready",
      { filter, world in
        filter.statuses = .visible
        filter.readiness = IssueFilter.Readiness(
          includesDeferred: world.chance(30), includesEphemeral: world.chance(30))
      }
    ),
  ]

  static let fields = [("team", "core"), ("n", "7"), ("flag", "true"), ("none", "null"), ("a.b", "1.5")].map {
    IssueFilter.MetadataField(key: $0.0, value: $0.1)
  }

  /// A few terms together; they may contradict each other.
  func randomFilter() -> IssueFilter {
    var filter = chance(50) ? IssueFilter() : .everything
    for _ in 0..<Int.random(in: 1...4, using: &random) { pick(Self.terms).1(&filter, self) }
    return filter
  }

  /// A piece of some text, in another case.
  func needle() -> String {
    let issue = pick(issues)
    let source = Array(
      pick([issue.title, issue.title, issue.id.rawValue, "\(issue.description) x"]).unicodeScalars)
    let length = min(source.count, Int.random(in: 1...8, using: &random))
    let start = Int.random(in: 0...source.count - length, using: &random)
    var text = ""
    text.unicodeScalars.append(contentsOf: source[start..<start + length])
    if text.allSatisfy(\.isWhitespace) { return "ab" }
    return chance(30) ? text.uppercased().replacingSharp : chance(30) ? text.lowercased() : text
  }

  func parent() -> IssueID {
    let children = issues.filter { $0.parentID != nil }
    return pick(children).parentID ?? pick(issues).id
  }

  func window() -> IssueFilter.TimeWindow {
    let times = [time(), time()].sorted()
    return IssueFilter.TimeWindow(after: chance(70) ? times[0] : nil, before: chance(70) ? times[1] : nil)
  }
}

extension String {
  /// Undoes that ß becomes SS, which no search folds back.
  fileprivate var replacingSharp: String { contains("SS") ? lowercased() : self }
}
