import BeadsFormats
import BeadsFormulas
public import BeadsModel
public import BeadsStore
public import BeadsSystem

/// How two pieces of work are put together.
public enum BondType: String, Sendable, CaseIterable {
  /// The second starts when the first is done.
  case sequential
  /// They run side by side.
  case parallel
  /// The second runs only if the first fails.
  case conditional

  /// The edge from what is bonded to what it is bonded to.
  public var edge: DependencyType {
    switch self {
    case .sequential: .blocks
    case .parallel: .parentChild
    case .conditional: .conditionalBlocks
    }
  }
}

extension Transaction {
  /// Makes the issues of a plan and bonds their root to an issue that exists; in parallel it becomes a part of that.
  ///
  /// - Parameter reference: Names the root `ISSUE.REFERENCE` and the steps after it, so that they can be addressed; nil
  ///   for hash IDs. May hold placeholders.
  /// - Returns: What was made.
  /// - Throws: `notFound` (the issue), `invalid` (a reference that is no part of an ID), and what `instantiate` throws.
  @discardableResult
  public mutating func bond(
    _ plan: MoleculePlan, to target: IssueID, _ type: BondType, reference: String? = nil,
    _ options: Instantiation = Instantiation()
  ) throws(BeadsError) -> Molecule {
    guard let issue = try reader.issue(target), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(target.rawValue))")
    }
    if issue.isProto {
      throw BeadsError(.conflict, "\(target) is a proto; work is bonded to what is made of it")
    }
    var options = options
    if let reference { options.rootID = try plan.rootID(reference, options.variables, below: target) }
    let molecule = try instantiate(plan, options)
    try addDependency(molecule.rootID, dependsOn: target, type: type.edge)
    return molecule
  }

  /// Bonds two issues: the second waits for the first, runs only if it fails, or becomes a part of it.
  ///
  /// - Throws: `notFound`, `cycle` when the first depends on the second already, `invalid` for an issue and itself.
  public mutating func bond(_ first: IssueID, _ second: IssueID, _ type: BondType) throws(BeadsError) {
    try addDependency(second, dependsOn: first, type: type.edge)
  }

  /// Puts two protos together into a new one, of which both become parts.
  ///
  /// - Parameter title: Of the new proto; nil for one made of the titles of the two.
  /// - Returns: The new proto.
  /// - Throws: `notFound`, `invalid` when one is no proto or both are the same, `cycle`.
  @discardableResult
  public mutating func compound(
    _ first: IssueID, _ second: IssueID, _ type: BondType, title: String? = nil
  ) throws(BeadsError) -> Issue {
    if first == second { throw BeadsError(.invalid, "\(first) cannot be bonded to itself") }
    let (a, b) = (try proto(first), try proto(second))
    var draft = IssueDraft(
      title: title ?? "Compound: \(a.title) + \(b.title)".truncated(toBytes: 500, mark: "..."))
    draft.type = .epic
    draft.labels = [Issue.protoLabel]
    draft.isTemplate = true
    draft.bondedFrom =
      JSONValue.array(
        [first, second].map { id in
          var entry = JSONValue.object([])
          entry["source_id"] = .string(id.rawValue)
          entry["bond_type"] = .string(type.rawValue)
          return entry
        }
      ).compactText
    let compound = try create(draft)
    for id in [first, second] { try addDependency(id, dependsOn: compound.id, type: .parentChild) }
    if type != .parallel { try addDependency(second, dependsOn: first, type: type.edge) }
    return compound
  }

  private func proto(_ id: IssueID) throws(BeadsError) -> Issue {
    guard let issue = try reader.issue(id), !issue.isTombstone else {
      throw BeadsError(.notFound, "no issue found matching \(quoted(id.rawValue))")
    }
    if issue.isProto { return issue }
    throw BeadsError(.invalid, "\(id) is no proto: it does not carry the label \(Issue.protoLabel)")
  }
}

extension MoleculePlan {
  /// The ID that a reference gives the root.
  fileprivate func rootID(
    _ reference: String, _ given: [String: String], below target: IssueID
  ) throws(BeadsError) -> IssueID {
    var values = given
    for variable in variables where values[variable.name] == nil {
      values[variable.name] = variable.defaultValue
    }
    let word = Placeholders.fill(reference, values)
    let isWord = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard !word.isEmpty, isWord else {
      throw BeadsError(
        .invalid, "the reference \(quoted(word)) cannot be a part of an ID",
        hint: "use letters, digits, '_', '.' and '-'; placeholders are filled in from --var")
    }
    return try IssueID("\(target).\(word)")
  }
}
