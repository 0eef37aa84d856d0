public import BeadsKit

/// The branches on which the work of an epic comes together before it goes to the default branch as a whole.
///
/// The epic names its branch and where that lands. Work below the epic starts from it and is merged into it, tested like
/// everything else; it lands as one commit with two parents, which the gates have let pass.
public struct IntegrationBranches {
  let rig: Rig
  let ledgers: Ledgers
  let settings: RigSettings

  /// The integration branches of a rig.
  public init(_ rig: Rig, _ ledgers: Ledgers) throws(BeadsError) {
    self.rig = rig
    self.ledgers = ledgers
    settings = try RigSettings.load(rig)
  }

  /// The fields of an epic with the branch, where it lands, and when it was made.
  static let branchKey = "integration_branch"
  static let baseKey = "base_branch"
  static let createdKey = "integration_created_at"

  /// Whether branches land by themselves when all below their epic is done.
  public var isAutomatic: Bool { settings.bool("merge_queue.integration_branch_auto_land") }

  var git: GitCommand { ledgers.town.git(rig.repository) }

  /// Brings what the origin has into the rig's repository.
  /// - Throws: `io_error` when it cannot be reached.
  public func refresh() throws(BeadsError) { try ledgers.town.fetchOrigin(of: rig) }

  // MARK: Names

  /// How names of integration branches begin in a rig: by that, whoever guards the default branch knows them.
  static func prefixes(_ settings: RigSettings) -> [String] {
    let template = settings.string("merge_queue.integration_branch_template") ?? ""
    let fixed = template.prefix { $0 != "{" }
    guard let slash = fixed.lastIndex(of: "/"), slash != fixed.startIndex else { return ["integration/"] }
    let own = String(fixed[...slash])
    return own == "integration/" ? [own] : ["integration/", own]
  }

  /// Throws unless a name begins as names of integration branches do.
  func requirePrefix(_ name: BranchName) throws(BeadsError) {
    let known = Self.prefixes(settings)
    if known.contains(where: { name.rawValue.hasPrefix($0) }) { return }
    throw BeadsError(
      .invalid, "\(name) is no name for an integration branch of \(rig.name)",
      hint: "begin it with \(known.joined(separator: " or ")); "
        + "the folder in merge_queue.integration_branch_template is another choice")
  }

  /// The name that the rig's template gives an epic.
  func generatedName(_ epic: Issue) throws(BeadsError) -> BranchName {
    let template = settings.string("merge_queue.integration_branch_template") ?? "integration/{title}"
    let slug = Polecats.words(of: epic.title, limit: 60, otherwise: epic.id.rawValue)
    let values = [
      "title": slug, "epic": epic.id.rawValue, "prefix": rig.prefix.rawValue,
      "user": ledgers.town.environment.userName,
    ]
    let text = Polecats.fill(template, values)
    guard let name = BranchName(rawValue: text) else {
      throw BeadsError(
        .invalid, "merge_queue.integration_branch_template gives \(quoted(text)), which is no branch name",
        hint: "for example integration/{title} or integration/{epic}")
    }
    return name
  }

  // MARK: Where work belongs

  /// The integration branch that polecats start from for an issue; nil for the default branch.
  public func start(for id: IssueID) throws(BeadsError) -> BranchName? {
    guard settings.bool("merge_queue.integration_branch_polecat_enabled") else { return nil }
    return try branch(above: id)
  }

  /// The integration branch that work on an issue is merged into; nil for the default branch.
  public func target(for id: IssueID) throws(BeadsError) -> BranchName? {
    guard settings.bool("merge_queue.integration_branch_refinery_enabled") else { return nil }
    return try branch(above: id)
  }

  /// What the integration branches of the epics above an issue may be called, nearest first.
  func names(above id: IssueID) throws(BeadsError) -> [(name: BranchName, isRecorded: Bool)] {
    let store = try ledgers.store(for: id)
    let above = Array(try store.ancestors(of: id).prefix(10))
    if above.isEmpty { return [] }
    let issues = try store.issues(above)
    var names: [(BranchName, Bool)] = []
    for id in above {
      guard let epic = issues.first(where: { $0.id == id }), epic.type == .epic else { continue }
      if let text = epic.townField(Self.branchKey) {
        if let name = BranchName(rawValue: text) { names.append((name, true)) }
        continue
      }
      // Made by somebody else, under the name they would get here or by the old rule.
      if let name = try? generatedName(epic) { names.append((name, false)) }
      if let name = BranchName(rawValue: "integration/\(epic.id)") { names.append((name, false)) }
    }
    return names
  }

  /// Whether a base is what one gets without asking: the default branch, or an integration branch found by the epic.
  func isFound(_ base: BranchName, for id: IssueID) throws(BeadsError) -> Bool {
    if base == rig.defaultBranch { return true }
    return try names(above: id).contains { $0.name == base }
  }

  /// The branch that somebody has chosen for work, by hand or with its checklist; nil for the usual one.
  func chosen(_ attachment: Attachment, for id: IssueID) throws(BeadsError) -> BranchName? {
    let start = "base_branch="
    if let given = attachment.variables.first(where: { $0.hasPrefix(start) }) {
      return try BranchName(String(given.dropFirst(start.count)))
    }
    guard let word = attachment.formulaVariables["base_branch"], !word.isEmpty else { return nil }
    let base = try BranchName(word)
    return try isFound(base, for: id) ? nil : base
  }

  /// The nearest of them that the origin has.
  ///
  /// The origin is asked only when there may be one; when it cannot be reached what was fetched last has to do.
  private func branch(above id: IssueID) throws(BeadsError) -> BranchName? {
    var likely: [BranchName] = []
    for (name, isRecorded) in try names(above: id) {
      if isRecorded { likely.append(name) } else if try rig.remoteCommit(name) != nil { likely.append(name) }
    }
    if likely.isEmpty { return nil }
    let asked = try git.ask(["ls-remote", "--heads", "origin"] + likely.map { "refs/heads/\($0)" })
    guard asked.succeeded else {
      for name in likely where try rig.remoteCommit(name) != nil { return name }
      return nil
    }
    let there = Set(asked.text.split(separator: "\n").compactMap { $0.split(separator: "\t").last })
    return likely.first { there.contains("refs/heads/\($0)") }
  }

  // MARK: Epics

  /// An epic of this rig.
  /// - Throws: `not_found`, `invalid` for another kind of issue.
  func epic(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try ledgers.store(for: id).issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "there is no issue \(id)")
    }
    guard issue.type == .epic else {
      throw BeadsError(.invalid, "\(id) is a \(issue.type), and only an epic has an integration branch")
    }
    return issue
  }

  /// The open epics with a branch.
  public func epics() throws(BeadsError) -> [Issue] {
    var filter = IssueFilter()
    filter.types = [.epic]
    filter.statuses = .unfinished
    return try ledgers.store(of: rig.name).issues(matching: filter).filter {
      $0.townField(Self.branchKey) != nil
    }
  }
}
