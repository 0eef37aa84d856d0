public import BeadsKit

/// A finished branch that is to be merged: an issue of the rig's tracker with the label `gt:merge-request`.
public struct MergeRequest: Sendable, Equatable {
  /// Its issue.
  public let id: IssueID
  /// `open`, `in_progress` or `closed`.
  public var status: Status
  /// The branch on the origin.
  public var branch: String
  /// Where it is to go.
  public var target: String
  /// The issue that the work is for.
  public var sourceIssue: String
  /// Who did the work.
  public var worker: String
  /// The rig whose target it is.
  public var rig: String
  /// The commit that was handed in.
  public var commit: String
  /// Whether it is an integration branch on its way to its base: merged as a whole, at whatever commit it is then.
  public var isLanding: Bool

  /// The label of all of them.
  public static let label = "gt:merge-request"

  /// Reads one; nil for an issue that is none.
  public init?(_ issue: Issue) {
    guard issue.labels.contains(Self.label), let text = issue.metadata, let fields = JSONValue(parsing: text),
      let branch = fields["branch"]?.stringValue
    else { return nil }
    id = issue.id
    status = issue.status
    self.branch = branch
    target = fields["target"]?.stringValue ?? ""
    sourceIssue = fields["source_issue"]?.stringValue ?? ""
    worker = fields["worker"]?.stringValue ?? ""
    rig = fields["rig"]?.stringValue ?? ""
    commit = fields["commit_sha"]?.stringValue ?? ""
    isLanding = fields["integration_land"] == .bool(true)
  }

  /// How one ended: `merged`, `rejected`, `superseded` or, for one that nobody wants any more, `closed`; nil while it
  /// is open.
  public static func outcome(_ issue: Issue) -> String? {
    guard issue.isClosed else { return nil }
    if let word = issue.townField("close_reason") { return word }
    return ["merged", "rejected", "superseded"].first { issue.closeReason.hasPrefix($0) } ?? "closed"
  }
}

/// The merge requests of a rig.
public struct MergeRequests {
  let rig: Rig
  let ledgers: Ledgers

  /// The merge requests of a rig.
  public init(_ rig: Rig, _ ledgers: Ledgers) {
    self.rig = rig
    self.ledgers = ledgers
  }

  /// Those that are not closed, oldest first.
  public func open() throws(BeadsError) -> [MergeRequest] { try issues().compactMap(MergeRequest.init) }

  /// The issues of those that are not closed, oldest first.
  func issues() throws(BeadsError) -> [Issue] {
    var filter = IssueFilter()
    filter.labels = [MergeRequest.label]
    filter.includesInfrastructure = true
    return try ledgers.store(of: rig.name).issues(matching: filter, order: .oldest)
  }

  /// The issues of those that are closed, latest first.
  public func closed(limit: Int? = nil) throws(BeadsError) -> [Issue] {
    var filter = IssueFilter()
    filter.labels = [MergeRequest.label]
    filter.includesInfrastructure = true
    filter.statuses = .any([.closed])
    return try ledgers.store(of: rig.name).issues(
      matching: filter, order: IssueOrder(.closed), limit: limit)
  }

  /// Those of a worker that are not closed.
  public func open(of worker: AgentAddress) throws(BeadsError) -> [MergeRequest] {
    try open().filter { $0.worker == worker.text }
  }
}
