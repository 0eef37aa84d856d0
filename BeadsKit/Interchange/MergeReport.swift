import BeadsFormats

/// A merged issue and what was decided for each field in which the two sides differ.
public struct MergeReport: Sendable {
  /// The merged issue.
  public let issue: Issue
  /// The decisions in the order of the file; empty when nothing had to be decided.
  public let decisions: [MergeDecision]
}

/// What a merge decided for one field.
public struct MergeDecision: Sendable, Equatable {
  /// Whose value the merged issue has.
  public enum Winner: String, Sendable { case ours, theirs, both }

  /// Why it has that value.
  public enum Rule: String, Sendable {
    /// Only one side changed it.
    case oneSideChanged = "one side changed"
    /// Both did: the side updated later, or at the same moment the greater value.
    case later
    /// As `later`; the other text is kept in the notes.
    case laterKeepingText = "later, other text kept in notes"
    /// Element by element.
    case elements
    /// The earlier creation, or the latest moment.
    case moment
    /// The later status, and the closing data that came with it.
    case status
    /// The later of two compactions.
    case compaction
    /// A deletion is involved: an unexpired one beats a live record, the later one an earlier one.
    case deletion
  }

  /// The JSON key.
  public let field: String
  /// Why.
  public let rule: Rule
  /// Whose value.
  public let winner: Winner
  /// Our value as JSON text; nil when we have none.
  public let ours: String?
  /// Their value as JSON text; nil when they have none.
  public let theirs: String?
}

extension MergeReport {
  init(issue: Issue, basis: IssueMerge.Basis, base: Issue?, ours: Issue, theirs: Issue) {
    self.issue = issue
    let known = IssueField.all.filter { !$0.isSame(ours, theirs) }.map { field in
      let isOurs = field.isSame(issue, ours)
      let winner: MergeDecision.Winner = isOurs ? .ours : field.isSame(issue, theirs) ? .theirs : .both
      return MergeDecision(
        field: "\(field.key)", rule: Self.rule(field, basis, base, ours, theirs), winner: winner,
        ours: field.json(of: ours), theirs: field.json(of: theirs))
    }
    decisions = known + Self.unknownDecisions(issue, basis, ours, theirs)
  }

  private static func rule(
    _ field: IssueField, _ basis: IssueMerge.Basis, _ base: Issue?, _ ours: Issue, _ theirs: Issue
  ) -> MergeDecision.Rule {
    switch basis {
    case .unchangedSide: return .oneSideChanged
    case .tombstone: return .deletion
    case .fields: break
    }
    let isOneSided = base.map { field.isSame($0, ours) || field.isSame($0, theirs) } ?? false
    switch field.merge {
    case .identity, .maximum: return .moment
    case .withClosing: return .status
    case .union: return .elements
    case _ where isOneSided: return .oneSideChanged
    case .later, .either: return .later
    case .laterKeepingText, .notes: return .laterKeepingText
    case .set: return .elements
    case .status: return .status
    case .withDeletion: return .deletion
    case .withCompaction: return .compaction
    }
  }

  private static func unknownDecisions(
    _ issue: Issue, _ basis: IssueMerge.Basis, _ ours: Issue, _ theirs: Issue
  ) -> [MergeDecision] {
    func json(_ key: String, _ issue: Issue) -> String? { issue.unknownMembers.last { $0.key == key }?.json }
    let theirKeys = theirs.unknownMembers.map(\.key).filter { key in json(key, ours) == nil }
    return (ours.unknownMembers.map(\.key) + theirKeys).compactMap { key in
      let (mine, other) = (json(key, ours), json(key, theirs))
      guard mine != other else { return nil }
      return MergeDecision(
        field: key, rule: basis == .tombstone ? .deletion : basis == .fields ? .later : .oneSideChanged,
        winner: json(key, issue) == mine ? .ours : .theirs, ours: mine, theirs: other)
    }
  }
}

extension IssueField {
  /// Whether both issues would be written with the same bytes for this field.
  package func isSame(_ a: Issue, _ b: Issue) -> Bool {
    withUnsafePointer(to: a) { a in withUnsafePointer(to: b) { b in isIdentical(a, b) } }
  }

  /// The value as JSON text, or nil when it is left out.
  package func json(of issue: Issue) -> String? {
    let member = withUnsafePointer(to: issue) { writtenBytes($0) }
    return member.isEmpty ? nil : String(decoding: member.dropFirst(key.utf8CodeUnitCount + 3), as: UTF8.self)
  }
}
