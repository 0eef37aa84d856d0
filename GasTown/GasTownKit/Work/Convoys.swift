public import BeadsKit

/// What a new convoy is to be.
public struct ConvoyDraft: Sendable {
  /// What it is about.
  public var title: String
  /// The issues it follows.
  public var issues: [IssueID] = []
  /// Whose it is; nil for who makes it.
  public var owner: String?
  /// Who is told when it ends, beside the owner.
  public var notify: String?
  /// Whether its owner ends it.
  public var isOwned = false
  /// `direct`, `mr` or `local`.
  public var mergeStrategy: String?
  /// The branch that its work starts from.
  public var baseBranch: String?
  /// The molecule that makes it.
  public var molecule: String?
  /// The issue that makes one result of what the others find.
  public var synthesis: IssueID?
  /// Whether it is dispatched, or only planned.
  public var status = Status.open
  /// The text before its fields.
  public var description = ""

  /// Starts a convoy.
  public init(title: String, issues: [IssueID] = []) {
    self.title = title
    self.issues = issues
  }
}

/// The convoys of a town: made, extended, watched and ended.
public struct Convoys {
  let ledgers: Ledgers
  let database: TownDatabase?
  /// Called for each agent that got mail because a convoy has ended.
  public var onDelivery: ((AgentAddress, Mail) -> Void)?
  /// Called for each agent that wants a nudge because a convoy has ended.
  public var onNudge: ((AgentAddress, String) -> Void)?

  /// Works on the town's tracker.
  /// - Parameter database: Where it is written who works on what; without it nobody does.
  public init(_ ledgers: Ledgers, _ database: TownDatabase? = nil) {
    self.ledgers = ledgers
    self.database = database
  }

  /// How a convoy may say that its work is merged.
  public static let mergeStrategies = ["direct", "mr", "local"]

  // MARK: Making

  /// Makes a convoy.
  /// - Throws: `invalid` for an empty title, nothing to follow, or an unknown merge strategy; `not_found` naming the
  ///   first issue that does not exist.
  @discardableResult
  public func create(_ draft: ConvoyDraft) throws(BeadsError) -> Convoy {
    if draft.issues.isEmpty {
      throw BeadsError(
        .invalid, "the convoy has no issues to follow", hint: "gt convoy create \"Deploy v2\" ap-1a2 ap-3b4")
    }
    for id in draft.issues { try requireIssue(id) }
    let hq = try ledgers.hq()
    try TownVocabulary.teach(hq)
    let made = try hq.write("convoy create") { tx throws(BeadsError) in try insert(draft, hq, &tx) }
    announce("convoy_created", made, [("tracked", String(made.tracked.count))])
    return made
  }

  /// Makes the convoy that a slung issue gets when none follows it yet: `Work: TITLE`.
  ///
  /// Of many processes that sling one issue, one makes its convoy.
  /// - Parameter draft: What the convoy is like; its title and issues are set here.
  /// - Returns: The convoy, and whether it is new.
  @discardableResult
  public func autoConvoy(
    for bead: Issue, like draft: ConvoyDraft = ConvoyDraft(title: "")
  ) throws(BeadsError) -> (convoy: Convoy, isNew: Bool) {
    let hq = try ledgers.hq()
    if let known = try convoys(tracking: bead.id).first { return (known, false) }
    try TownVocabulary.teach(hq)
    var draft = draft
    draft.title = Self.shortened("Work: \(bead.title)", toBytes: 500)
    draft.issues = [bead.id]
    let wanted = draft
    let result = try hq.write("convoy create") { tx throws(BeadsError) in
      if let known = try convoys(tracking: bead.id).first { return (convoy: known, isNew: false) }
      return (convoy: try insert(wanted, hq, &tx), isNew: true)
    }
    if result.isNew { announce("convoy_created", result.convoy, [("tracked", "1")]) }
    return result
  }

  private func insert(
    _ draft: ConvoyDraft, _ hq: Store, _ tx: inout Transaction
  ) throws(BeadsError) -> Convoy {
    if let merge = draft.mergeStrategy, !Self.mergeStrategies.contains(merge) {
      throw BeadsError(
        .invalid, "\(quoted(merge)) is no way to merge",
        hint: "use one of \(Self.mergeStrategies.joined(separator: ", "))")
    }
    var new = IssueDraft(title: draft.title)
    let id = try freeID(hq)
    new.id = id
    new.type = .convoy
    new.status = draft.status
    new.description = draft.description
    new.labels = [Convoy.label] + (draft.isOwned ? [Convoy.ownedLabel] : [])
    let (now, actor) = (tx.now, tx.actor)
    new.dependencies = Self.unique(draft.issues).map {
      Dependency(id, dependsOn: $0, type: .tracks, createdAt: now, createdBy: actor)
    }
    try tx.create(new)
    let saved = try tx.update(id) { issue throws(BeadsError) in
      try issue.setTownField("owner", draft.owner ?? ledgers.actor)
      try issue.setTownField("notify", draft.notify)
      try issue.setTownField("merge", draft.mergeStrategy)
      try issue.setTownField("base_branch", draft.baseBranch)
      try issue.setTownField("molecule", draft.molecule)
      try issue.setTownField("synthesis", draft.synthesis?.rawValue)
    }
    guard let convoy = Convoy(saved) else { throw BeadsError(.corrupt, "\(id) was not saved as a convoy") }
    return convoy
  }

  /// `hq-cv-` and five digits of base 36.
  private func freeID(_ hq: Store) throws(BeadsError) -> IssueID {
    let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    let prefix = try hq.prefixes().primary
    for _ in 0..<100 {
      var number = ledgers.town.environment.entropy()
      var text = ""
      for _ in 0..<5 {
        text.append(digits[Int(number % 36)])
        number /= 36
      }
      let id = try IssueID("\(prefix)-cv-\(text)")
      if try !hq.exists(id) { return id }
    }
    throw BeadsError(.conflict, "no free ID for a convoy was found", hint: "try again")
  }

  /// Adds issues to a convoy; a closed one is open again.
  /// - Returns: The convoy and the issues that are new in it.
  /// - Throws: `not_found`.
  @discardableResult
  public func add(
    _ issues: [IssueID], to id: IssueID
  ) throws(BeadsError) -> (convoy: Convoy, added: [IssueID], wasClosed: Bool) {
    for issue in issues { try requireIssue(issue) }
    var added: [IssueID] = []
    var wasClosed = false
    let convoy = try change(id, "convoy add") { tx, convoy throws(BeadsError) in
      let known = Set(convoy.tracked)
      added = Self.unique(issues).filter { !known.contains($0) }
      wasClosed = convoy.isClosed && !added.isEmpty
      if wasClosed { try tx.reopen(id) }
      for issue in added { try tx.addDependency(id, dependsOn: issue, type: .tracks) }
    }
    for issue in added { announce("convoy_added", convoy, [("bead", issue.rawValue)]) }
    return (convoy, added, wasClosed)
  }

  // MARK: Watching

  /// Adds or removes somebody who is told when a convoy ends.
  /// - Parameter nudge: Whether by a nudge instead of mail.
  /// - Returns: The convoy, and whether anything changed.
  @discardableResult
  public func setWatcher(
    _ address: String, of id: IssueID, to isWatching: Bool, nudge: Bool = false
  ) throws(BeadsError) -> (convoy: Convoy, changed: Bool) {
    let key = nudge ? "nudge_watchers" : "watchers"
    var changed = false
    let convoy = try change(id, "convoy watch") { tx, convoy throws(BeadsError) in
      var list = nudge ? convoy.nudgeWatchers : convoy.watchers
      changed = list.contains(address) != isWatching
      if !changed { return }
      if isWatching { list.append(address) } else { list.removeAll { $0 == address } }
      let wanted = list
      try tx.update(id) { issue throws(BeadsError) in try issue.setTownList(key, wanted) }
    }
    return (convoy, changed)
  }

  // MARK: Finding

  /// A convoy.
  /// - Throws: `not_found`, `conflict` when the issue is none.
  public func convoy(_ id: IssueID) throws(BeadsError) -> Convoy {
    guard let issue = try ledgers.hq().issue(id), !issue.isTombstone else { throw Self.missing(id.rawValue) }
    guard let convoy = Convoy(issue) else {
      throw BeadsError(.conflict, "\(id) is no convoy, it is a \(issue.type)")
    }
    return convoy
  }

  /// The convoy that a user names by a whole ID or a part of one.
  public func resolve(_ text: String) throws(BeadsError) -> Convoy {
    do throws(BeadsError) {
      return try convoy(try ledgers.hq().resolve(text))
    } catch {
      if error.code == .notFound { throw Self.missing(text) }
      throw error
    }
  }

  /// Which convoys to list.
  public enum Selection: Sendable { case unfinished, all, status(Status) }

  /// The convoys of the town, the newest first; one query and one for each kind of list.
  public func list(_ selection: Selection = .unfinished) throws(BeadsError) -> [Convoy] {
    var filter = IssueFilter.everything
    filter.types = [.convoy]
    switch selection {
    case .unfinished: filter.statuses = .unfinished
    case .all: filter.statuses = .all
    case .status(let status): filter.statuses = .any([status])
    }
    return try ledgers.hq().issues(matching: filter, order: IssueOrder(.created, isDescending: true))
      .compactMap(Convoy.init)
  }

  /// The convoys that follow an issue, without closed ones; two queries.
  public func convoys(tracking bead: IssueID, includingClosed: Bool = false) throws(BeadsError) -> [Convoy] {
    let hq = try ledgers.hq()
    let edges = try hq.dependents(of: bead).filter { $0.type == .tracks }
    return try hq.issues(Self.unique(edges.map(\.issueID))).compactMap(Convoy.init)
      .filter { includingClosed || !$0.isClosed }
  }

  // MARK: Helpers

  /// Changes a convoy in one transaction and returns it as saved.
  func change(
    _ id: IssueID, _ kind: String,
    _ body: (inout Transaction, Convoy) throws(BeadsError) -> Void
  ) throws(BeadsError) -> Convoy {
    let hq = try ledgers.hq()
    try TownVocabulary.teach(hq)
    return try hq.write(kind) { tx throws(BeadsError) in
      try body(&tx, try convoy(id))
      return try convoy(id)
    }
  }

  func announce(_ type: String, _ convoy: Convoy, _ payload: [(String, String?)] = []) {
    EventLog(ledgers.town).append(
      type, actor: ledgers.actor, [("convoy", convoy.id.rawValue), ("title", convoy.title)] + payload)
  }

  private func requireIssue(_ id: IssueID) throws(BeadsError) {
    guard let issue = try ledgers.store(for: id).issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(id)", hint: "`bd list` in its rig shows the issues")
    }
  }

  private static func missing(_ text: String) -> BeadsError {
    BeadsError(.notFound, "there is no convoy \(quoted(text))", hint: "`gt convoy list --all` shows them")
  }

  static func unique(_ ids: [IssueID]) -> [IssueID] {
    var seen: Set<IssueID> = []
    return ids.filter { seen.insert($0).inserted }
  }

  /// The longest beginning of a text that is no longer than so many bytes.
  static func shortened(_ text: String, toBytes limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: limit)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }
}
