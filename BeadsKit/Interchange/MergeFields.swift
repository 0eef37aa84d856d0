/// The field-by-field merge of two live records, neither of which is the base.
///
/// It works on addresses: a record is 936 bytes, and each of its fields is compared three times.
struct FieldMerge {
  enum Side { case ours, theirs }

  /// Which sides changed something since the base, when the sides differ in it.
  enum Change { case none, ours, theirs, both }

  let base: UnsafePointer<Issue>
  let ours: UnsafePointer<Issue>
  let theirs: UnsafePointer<Issue>
  /// The side that wins where both changed a field: the one updated later unless another is preferred; nil when
  /// both are of the same moment.
  let preferred: Side?
  private var result: Issue
  /// Texts that lost against the other side's, to be kept in the notes.
  private var lostTexts: [MergeNotes.Block] = []

  /// Merges two versions; without a base, what is empty counts as unchanged.
  static func merge(
    base: Issue?, ours: Issue, theirs: Issue, _ preference: MergePolicy.Preference
  ) -> Issue {
    withUnsafePointer(to: base ?? blank(ours.id)) { base in
      withUnsafePointer(to: ours) { ours in
        withUnsafePointer(to: theirs) { theirs in
          var merge = FieldMerge(base: base, ours: ours, theirs: theirs, preference)
          return merge.run()
        }
      }
    }
  }

  /// The base of records that have none; its priority is one that nobody has.
  private static func blank(_ id: IssueID) -> Issue {
    var issue = Issue(id: id, title: "", createdAt: Timestamp(seconds: 0))
    issue.status = Status(rawValue: "")
    issue.type = IssueType(rawValue: "")
    issue.priority = .min
    return issue
  }

  private init(
    base: UnsafePointer<Issue>, ours: UnsafePointer<Issue>, theirs: UnsafePointer<Issue>,
    _ preference: MergePolicy.Preference
  ) {
    self.base = base
    self.ours = ours
    self.theirs = theirs
    result = ours.pointee
    let (mine, other) = (ours.pointee.updatedAt, theirs.pointee.updatedAt)
    switch preference {
    case .newest: preferred = mine == other ? nil : mine < other ? .theirs : .ours
    case .ours: preferred = .ours
    case .theirs: preferred = .theirs
    }
  }

  private mutating func run() -> Issue {
    for field in IssueField.all { merge(field) }
    mergeClosing()
    mergeGroup(Self.deletion, \.deletedAt)
    mergeGroup(Self.compaction, \.compactedAt)
    mergeNotes()
    result.unknownMembers = mergedUnknownMembers()
    if result.status != .closed { result.closedAt = nil }
    if result.status == .closed, result.closedAt == nil { result.closedAt = result.updatedAt }
    stamp()
    return result
  }

  /// A new state gets a time of its own, so that neither of those it was made from can pass for it later.
  private mutating func stamp() {
    if result.isIdentical(to: ours.pointee) || result.isIdentical(to: theirs.pointee) { return }
    result.updatedAt = result.updatedAt.adding(nanoseconds: 1)
  }

  private mutating func merge(_ field: IssueField) {
    let change = change(in: field)
    guard change != .none else { return }
    switch field.merge {
    case .identity: takeEarlier(field)
    case .later, .either: take(winner(change, [field]), [field])
    case .laterKeepingText: takeText(field, change)
    case .maximum: takeLater(field)
    case .set: takeElements(field, change)
    case .union: result.comments = mergedComments()
    case .status: take(statusSide(change, field), [field])
    case .notes, .withClosing, .withDeletion, .withCompaction: break  // after the others
    }
  }

  private static let status = IssueField.all.filter { $0.merge == .status }
  private static let notes = IssueField.all.filter { $0.merge == .notes }
  private static let closing = IssueField.all.filter { $0.merge == .withClosing }
  private static let deletion = IssueField.all.filter { $0.merge == .withDeletion }
  private static let compaction = IssueField.all.filter { $0.merge == .withCompaction }

  // MARK: Who changed, who wins

  private func change(in field: IssueField) -> Change {
    if field.isIdentical(ours, theirs) { return .none }
    if field.isIdentical(ours, base) { return .theirs }
    return field.isIdentical(theirs, base) ? .ours : .both
  }

  /// Fields that change together: when one side changed some and the other others, both changed them.
  private func change(in fields: [IssueField]) -> Change {
    var all = Change.none
    for field in fields {
      let one = change(in: field)
      if all == .none { all = one } else if one != .none, one != all { return .both }
    }
    return all
  }

  private func winner(_ change: Change, _ fields: [IssueField]) -> Side {
    switch change {
    case .none, .ours: .ours
    case .theirs: .theirs
    case .both: preferred ?? greater(fields)
    }
  }

  /// The side whose written value is the greater one: a choice that does not depend on the direction.
  private func greater(_ fields: [IssueField]) -> Side {
    let written = fields.flatMap { $0.writtenBytes(ours) }
    return written.lexicographicallyPrecedes(fields.flatMap { $0.writtenBytes(theirs) }) ? .theirs : .ours
  }

  private mutating func take(_ side: Side, _ fields: [IssueField]) {
    if side == .theirs { for field in fields { field.copy(from: theirs, to: &result) } }
  }

  // MARK: Times and states

  private mutating func takeEarlier(_ field: IssueField) {
    guard case .time(let path) = field.storage else { return }
    if path.value(in: theirs).precedes(path.value(in: ours)) { take(.theirs, [field]) }
  }

  private mutating func takeLater(_ field: IssueField) {
    switch field.storage {
    case .time(let path): if path.value(in: ours).precedes(path.value(in: theirs)) { take(.theirs, [field]) }
    case .optionalTime(let path):
      guard let time = path.value(in: theirs) else { return }
      if path.value(in: ours)?.precedes(time) ?? true { take(.theirs, [field]) }
    default: break
    }
  }

  private func statusSide(_ change: Change, _ field: IssueField) -> Side {
    guard change == .both, preferred == nil else { return winner(change, [field]) }
    if ours.pointee.status == .closed { return .ours }
    return theirs.pointee.status == .closed ? .theirs : greater([field])
  }

  /// Closing data belongs to the status it came with.
  private mutating func mergeClosing() {
    if ours.pointee.status == theirs.pointee.status { return mergeGroup(Self.closing, \.closedAt) }
    take(result.status == theirs.pointee.status ? .theirs : .ours, Self.closing)
  }

  /// Fields that make sense only together: when both sides changed them, those of the later event.
  private mutating func mergeGroup(_ fields: [IssueField], _ event: KeyPath<Issue, Timestamp?>) {
    let change = change(in: fields)
    guard change != .none else { return }
    let (mine, other) = (ours.pointee[keyPath: event], theirs.pointee[keyPath: event])
    if change != .both || mine == other { return take(winner(change, fields), fields) }
    guard let mine else { return take(.theirs, fields) }
    if let other, mine < other { take(.theirs, fields) }
  }

  private mutating func takeElements(_ field: IssueField, _ change: Change) {
    guard change == .both else { return take(winner(change, [field]), [field]) }
    switch field.storage {
    case .labels:
      let labels = mergedTexts(base.pointee.labels, ours.pointee.labels, theirs.pointee.labels)
      result.labels = labels.sorted { $0.precedes($1) }
    case .strings(let path):
      result[keyPath: path] = mergedTexts(path.value(in: base), path.value(in: ours), path.value(in: theirs))
    case .dependencies: result.dependencies = mergedDependencies()
    default: break
    }
  }

  // MARK: Texts

  private mutating func takeText(_ field: IssueField, _ change: Change) {
    guard case .text(let path) = field.storage else { return }
    let winner = winner(change, [field])
    take(winner, [field])
    guard change == .both else { return }
    keepLost("\(field.key)", winner, path.value(in: base), path.value(in: ours), path.value(in: theirs))
  }

  private mutating func keepLost(
    _ name: String, _ winner: Side, _ base: String, _ mine: String, _ other: String
  ) {
    let (kept, lost, loser) = winner == .ours ? (mine, other, theirs) : (other, mine, ours)
    guard let text = MergeNotes.lostPart(of: lost, against: kept, base: base) else { return }
    lostTexts.append(MergeNotes.Block(field: name, of: loser.pointee.updatedAt, text: text))
  }

  /// Notes are text and, below it, blocks that merges kept: the text merges as a text, the blocks as a set.
  private mutating func mergeNotes() {
    let change = change(in: Self.notes)
    take(change == .theirs ? .theirs : .ours, Self.notes)
    if change == .both {
      let old = MergeNotes(base.pointee.notes)
      let (mine, other) = (MergeNotes(ours.pointee.notes), MergeNotes(theirs.pointee.notes))
      let body = mergedBody(old.body, mine.body, other.body)
      let blocks = mergedElements(old.blocks, mine.blocks, other.blocks, key: \.self) { _, mine, _ in mine }
      result.notes = MergeNotes(body: body, blocks: blocks + lostTexts).text
    } else if !lostTexts.isEmpty {
      let notes = MergeNotes(result.notes)
      let missing = lostTexts.filter { !notes.keeps($0) }
      if !missing.isEmpty { result.notes = MergeNotes(body: notes.body, blocks: notes.blocks + missing).text }
    }
  }

  private mutating func mergedBody(_ base: String, _ mine: String, _ other: String) -> String {
    if mine.isIdentical(to: other) || other.isIdentical(to: base) { return mine }
    if mine.isIdentical(to: base) { return other }
    let winner = preferred ?? (mine.precedes(other) ? .theirs : .ours)
    keepLost("notes", winner, base, mine, other)
    return winner == .ours ? mine : other
  }
}
