import BeadsFormats
public import BeadsModel
import BeadsSystem

/// One field of an issue in two versions.
public struct FieldChange: Sendable, Equatable {
  /// The JSON key.
  public let field: String
  /// The earlier value as JSON text; nil when there was none.
  public let before: String?
  /// The later value as JSON text; nil when there is none.
  public let after: String?

  /// The fields in which two versions differ, in the order of the file; members unknown to this version come last.
  package static func between(_ before: Issue, _ after: Issue) -> [FieldChange] {
    let known = IssueField.all.filter { !$0.isSame(before, after) }.map {
      FieldChange(field: "\($0.key)", before: $0.json(of: before), after: $0.json(of: after))
    }
    func json(_ key: String, _ issue: Issue) -> String? { issue.unknownMembers.last { $0.key == key }?.json }
    let added = after.unknownMembers.map(\.key).filter { json($0, before) == nil }
    return known
      + (before.unknownMembers.map(\.key) + added).compactMap { key in
        let (old, new) = (json(key, before), json(key, after))
        return old == new ? nil : FieldChange(field: key, before: old, after: new)
      }
  }
}

/// What happened to an issue between two versions.
public struct IssueChange: Sendable, Equatable {
  /// What it comes to.
  public enum Kind: String, Sendable {
    /// It was not there before.
    case added
    /// Fields differ.
    case changed
    /// It was closed.
    case closed
    /// It was opened again.
    case reopened
    /// It became a tombstone.
    case deleted
    /// It is not there any more, without a tombstone.
    case removed
  }

  /// The earlier version, or nil.
  public let before: Issue?
  /// The later version, or nil.
  public let after: Issue?

  /// The issue as it last was; one of the two versions is there.
  public var issue: Issue? { after ?? before }

  /// What it comes to.
  public var kind: Kind {
    guard let before else { return .added }
    guard let after else { return .removed }
    if after.isTombstone, !before.isTombstone { return .deleted }
    if after.isClosed != before.isClosed { return after.isClosed ? .closed : .reopened }
    return .changed
  }

  /// The fields in which the versions differ; empty unless both are there.
  public var fields: [FieldChange] {
    guard let before, let after else { return [] }
    return FieldChange.between(before, after)
  }
}

/// What differs between two versions of the issue file.
enum IssueFileChanges {
  /// The IDs of the lines that are new or changed, in the order of the file.
  static func changedIDs(from old: [UInt8], to new: [UInt8]) -> [IssueID] {
    changes(from: old, to: new).compactMap { $0.after?.id }
  }

  /// What happened to each issue, by ID.
  ///
  /// Linear; equal lines are not decoded.
  static func changes(from old: [UInt8], to new: [UInt8]) -> [IssueChange] {
    old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in changes(from: old, to: new) }
    }
  }

  private static func changes(
    from old: UnsafeBufferPointer<UInt8>, to new: UnsafeBufferPointer<UInt8>
  ) -> [IssueChange] {
    let decoder = IssueDecoder()
    let (before, after) = (lines(old, decoder), lines(new, decoder))
    var changes: [IssueChange] = []
    for (id, line) in after {
      let earlier = before[id]
      if let earlier, earlier.elementsEqual(line) { continue }
      let change = IssueChange(before: earlier.flatMap { decode($0, decoder) }, after: decode(line, decoder))
      if change.before != change.after { changes.append(change) }
    }
    for (id, line) in before where after[id] == nil {
      changes.append(IssueChange(before: decode(line, decoder), after: nil))
    }
    return changes.sorted { a, b in
      guard let a = a.issue?.id, let b = b.issue?.id else { return false }
      return a < b
    }
  }

  /// The last line of each issue.
  private static func lines(
    _ content: UnsafeBufferPointer<UInt8>, _ decoder: IssueDecoder
  ) -> [IssueID: UnsafeBufferPointer<UInt8>] {
    var lines: [IssueID: UnsafeBufferPointer<UInt8>] = [:]
    FileLines.forEach(content) { _, line in
      if let id = IssueLine.id(line, decoder) { lines[id] = line }
    }
    return lines
  }

  private static func decode(_ line: UnsafeBufferPointer<UInt8>, _ decoder: IssueDecoder) -> Issue? {
    guard case .issue(let issue)? = try? decoder.decode(line) else { return nil }
    return issue
  }
}
