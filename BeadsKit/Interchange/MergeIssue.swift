/// The three-way merge of one issue, field by field, as the field table says.
///
/// A change on one side beats no change on the other. It does not matter which side is called ours: ties of time
/// are broken by value. Merging a result with one of its sources again, on the same base, changes nothing.
/// Everything is pure; the cost is linear in the size of the three records.
public enum IssueMerge {
  /// Merges two versions of an issue.
  ///
  /// A side that lacks the issue has not changed it: a record is deleted by tombstone, never by absence. Versions
  /// are expected as `repair` leaves them.
  /// - Returns: nil when neither side has the issue.
  public static func merge(base: Issue?, ours: Issue?, theirs: Issue?, policy: MergePolicy) -> Issue? {
    guard let ours, let theirs else { return ours ?? theirs }
    return decide(base, ours, theirs, policy).issue
  }

  /// Merges two versions of an issue and tells what was decided for each field in which they differ.
  public static func explain(base: Issue?, ours: Issue?, theirs: Issue?, policy: MergePolicy) -> MergeReport?
  {
    guard let ours, let theirs else { return (ours ?? theirs).map { MergeReport(issue: $0, decisions: []) } }
    let (issue, basis) = decide(base, ours, theirs, policy)
    return MergeReport(issue: issue, basis: basis, base: base, ours: ours, theirs: theirs)
  }

  /// On what grounds the merged record was chosen.
  enum Basis {
    case unchangedSide, tombstone, fields
  }

  private static func decide(
    _ base: Issue?, _ ours: Issue, _ theirs: Issue, _ policy: MergePolicy
  ) -> (issue: Issue, basis: Basis) {
    if ours.isIdentical(to: theirs) { return (ours, .unchangedSide) }
    if let base {
      if ours.isIdentical(to: base) { return replace(base, by: theirs, policy) }
      if theirs.isIdentical(to: base) { return replace(base, by: ours, policy) }
    }
    switch (ours.isTombstone, theirs.isTombstone) {
    case (true, true): return (laterDeletion(ours, theirs), .tombstone)
    case (true, false): return (policy.hasExpired(ours) ? theirs : ours, .tombstone)
    case (false, true): return (policy.hasExpired(theirs) ? ours : theirs, .tombstone)
    case (false, false):
      return (FieldMerge.merge(base: base, ours: ours, theirs: theirs, policy.preference), .fields)
    }
  }

  /// The changed record; but a live one that is older than the deletion on the other side does not undo it.
  private static func replace(
    _ base: Issue, by changed: Issue, _ policy: MergePolicy
  ) -> (issue: Issue, basis: Basis) {
    let deletedAt = base.deletedAt ?? base.updatedAt
    let isStale = base.isTombstone && !changed.isTombstone && changed.updatedAt <= deletedAt
    return isStale && !policy.hasExpired(base) ? (base, .tombstone) : (changed, .unchangedSide)
  }

  private static func laterDeletion(_ a: Issue, _ b: Issue) -> Issue {
    let times = (a.deletedAt ?? a.updatedAt, b.deletedAt ?? b.updatedAt)
    if times.0 != times.1 { return times.0 > times.1 ? a : b }
    if a.updatedAt != b.updatedAt { return a.updatedAt > b.updatedAt ? a : b }
    return b.jsonLine.precedes(a.jsonLine) ? a : b
  }
}
