public import BeadsKit

/// An assignment that waits for its turn.
///
/// It is an issue of this machine, labelled `gt:sling-context`, that tracks the work and whose description is this as
/// JSON. The work itself is left as it was.
public struct SlingContext: Sendable, Equatable {
  /// The label of such issues.
  public static let label = "gt:sling-context"
  /// So many failures in a row end it.
  public static let failureLimit = 3

  /// The issue of the context.
  public let id: IssueID
  /// The work.
  public let work: IssueID
  /// The rig whose polecats get it.
  public let rig: RigName
  /// The polecat that is to get it; nil for any.
  public let polecat: AgentName?
  /// When it was put there, in nanoseconds since 1970.
  public let enqueuedAt: Int64
  /// Who gave it out.
  public let caller: AgentAddress
  /// How often it could not be given out, and why the last time.
  public internal(set) var failures = 0
  /// Why it could not be given out the last time.
  public internal(set) var lastFailure: String?
  /// When that was, in nanoseconds since 1970.
  public internal(set) var failedAt: Int64 = 0
  private var members: JSONValue

  /// When it is tried again by itself: half a minute after the first failure, a minute after the second.
  var triedAgainAt: Int64 { failures == 0 ? 0 : failedAt + (30_000_000_000 << Int64(min(failures - 1, 10))) }

  /// What the work was to be given out with.
  var request: SlingRequest {
    var request = SlingRequest([work.rawValue], to: polecat.map { "\(rig)/\($0)" } ?? rig.rawValue)
    func text(_ key: String) -> String? { members[key]?.stringValue }
    func flag(_ key: String) -> Bool { members[key] == .bool(true) }
    request.formula = text("formula")
    request.arguments = text("args")
    request.variables = members["vars"]?.arrayValue?.compactMap(\.stringValue) ?? []
    request.subject = text("subject")
    request.message = text("message")
    request.runtime = text("agent")
    request.mergeStrategy = text("merge")
    request.baseBranch = text("base_branch").flatMap(BranchName.init(rawValue:))
    request.mode = text("mode")
    request.isForced = flag("force")
    request.makesNoConvoy = flag("no_convoy")
    request.isConvoyOwned = flag("owned")
    request.isRaw = flag("hook_raw_bead")
    request.isNoMerge = flag("no_merge")
    request.isReviewOnly = flag("review_only")
    request.isDue = true
    return request
  }

  /// The draft of the issue of a new context.
  static func draft(
    _ issue: Issue, _ rig: RigName, _ polecat: AgentName?, _ formula: String?, _ request: SlingRequest,
    caller: AgentAddress, at now: Int64
  ) -> IssueDraft {
    func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    func flag(_ value: Bool) -> JSONValue? { value ? .bool(true) : nil }
    let variables = request.variables.map { JSONValue.string($0) }
    let members = JSONValue.members([
      ("version", .number("1")), ("work_bead_id", .string(issue.id.rawValue)),
      ("target_rig", .string(rig.rawValue)), ("target_polecat", text(polecat?.rawValue)),
      ("enqueued_at", .string(Timestamp(unixNanoseconds: now).description)),
      ("enqueued_by", .string(caller.text)), ("formula", text(formula ?? request.formula)),
      ("args", text(request.arguments)), ("vars", variables.isEmpty ? nil : .array(variables)),
      ("subject", text(request.subject)), ("message", text(request.message)),
      ("agent", text(request.runtime)), ("merge", text(request.mergeStrategy)),
      ("base_branch", text(request.baseBranch?.rawValue)), ("mode", text(request.mode)),
      ("force", flag(request.isForced)), ("no_convoy", flag(request.makesNoConvoy)),
      ("owned", flag(request.isConvoyOwned)), ("hook_raw_bead", flag(request.isRaw)),
      ("no_merge", flag(request.isNoMerge)), ("review_only", flag(request.isReviewOnly)),
    ])
    var draft = IssueDraft(title: "Sling \(issue.id) to \(rig)")
    draft.isEphemeral = true
    draft.labels = [label]
    draft.description = members.compactText
    let edge = Dependency(issue.id, dependsOn: issue.id, type: .tracks, createdAt: issue.createdAt)
    draft.dependencies = [edge]
    return draft
  }

  /// Reads a context; nil for an issue that is none, or that nobody can understand.
  init?(_ issue: Issue) {
    guard let members = JSONValue(parsing: issue.description),
      let work = members["work_bead_id"]?.stringValue.flatMap(IssueID.init(rawValue:)),
      let rig = members["target_rig"]?.stringValue.flatMap(RigName.init(rawValue:))
    else { return nil }
    id = issue.id
    self.work = work
    self.rig = rig
    self.members = members
    polecat = members["target_polecat"]?.stringValue.flatMap(AgentName.init(rawValue:))
    let enqueued = members["enqueued_at"]?.stringValue.flatMap { Timestamp($0) } ?? issue.createdAt
    enqueuedAt = enqueued.unixNanoseconds
    caller = members["enqueued_by"]?.stringValue.flatMap { AgentAddress($0) } ?? .overseer
    failures = members["dispatch_failures"]?.intValue ?? 0
    lastFailure = members["last_failure"]?.stringValue
    failedAt = members["last_failed_at"]?.stringValue.flatMap { Timestamp($0) }?.unixNanoseconds ?? 0
  }

  /// The description after one more failure.
  mutating func fail(_ reason: String, at now: Int64) -> String {
    failures += 1
    lastFailure = reason
    failedAt = now
    members["dispatch_failures"] = .number(String(failures))
    members["last_failure"] = .string(reason)
    members["last_failed_at"] = .string(Timestamp(unixNanoseconds: now).description)
    return members.compactText
  }
}

extension Ledgers {
  /// The contexts that wait in all trackers, in the order in which they came.
  public func slingContexts() throws(BeadsError) -> [SlingContext] {
    var filter = IssueFilter()
    filter.labels = [SlingContext.label]
    filter.isEphemeral = nil
    var found: [SlingContext] = []
    for store in try [hq()] + town.rigs().map({ rig throws(BeadsError) in try store(of: rig.name) }) {
      found += try store.issues(matching: filter, order: .oldest).filter { !$0.isClosed }
        .compactMap(SlingContext.init)
    }
    return found.sorted { ($0.enqueuedAt, $0.id.rawValue) < ($1.enqueuedAt, $1.id.rawValue) }
  }

  /// The context that an issue waits with; nil for none.
  func slingContext(of work: IssueID) throws(BeadsError) -> SlingContext? {
    var filter = IssueFilter()
    filter.labels = [SlingContext.label]
    filter.isEphemeral = nil
    return try store(for: work).issues(matching: filter, order: .oldest).filter { !$0.isClosed }
      .compactMap(SlingContext.init).first { $0.work == work }
  }
}
