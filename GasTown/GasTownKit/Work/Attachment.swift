public import BeadsKit

/// What Gas Town knows about the work on an issue: members of the issue's metadata, named as in contract 9.1.
///
/// The issue is what survives everybody who works on it, so what a new session has to know is there: the formula, its
/// variables, the instructions of whoever gave out the work.
public struct Attachment: Sendable, Equatable {
  /// The root of the molecule that says how the work is done.
  public var molecule: IssueID?
  /// The formula the molecule was made of.
  public var formula: String?
  /// When the work was given out.
  public var attachedAt: Timestamp?
  /// Instructions in the words of whoever gave out the work.
  public var arguments: String?
  /// Variables that were given by hand, as `name=value`.
  public var variables: [String] = []
  /// The values of all variables of the formula.
  public var formulaVariables: [String: String] = [:]
  /// Who gave out the work.
  public var dispatchedBy: String?
  /// Whether the finished branch is not to be merged.
  public var isNoMerge = false
  /// Whether nothing is to be changed, only reported on.
  public var isReviewOnly = false
  /// How the agent is to go about it, such as `ralph`.
  public var mode: String?
  /// The convoy that tracks the issue.
  public var convoy: IssueID?
  /// `direct`, `mr` or `local`.
  public var mergeStrategy: String?
  /// Whether the convoy's owner ends it, rather than its last issue.
  public var isConvoyOwned = false
  /// The subject of the note that came with the work.
  public var subject: String?
  /// The note that came with the work.
  public var message: String?

  /// Nothing known.
  public init() {}

  /// Reads what an issue's metadata says; what it does not say, or says in another form, is unknown.
  public init(_ issue: Issue) {
    guard let json = issue.metadata, let object = JSONValue(parsing: json) else { return }
    func text(_ key: String) -> String? { object[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    func flag(_ key: String) -> Bool { object[key] == .bool(true) || object[key] == .string("true") }
    molecule = text(Key.molecule).flatMap(IssueID.init(rawValue:))
    formula = text(Key.formula)
    attachedAt = text(Key.attachedAt).flatMap(Timestamp.init)
    arguments = text(Key.arguments)
    variables = object[Key.variables]?.arrayValue?.compactMap(\.stringValue) ?? []
    if case .object(let members)? = object[Key.formulaVariables] {
      for member in members { formulaVariables[member.key] = member.value.stringValue }
    }
    dispatchedBy = text(Key.dispatchedBy)
    isNoMerge = flag(Key.noMerge)
    isReviewOnly = flag(Key.reviewOnly)
    mode = text(Key.mode)
    convoy = text(Key.convoy).flatMap(IssueID.init(rawValue:))
    mergeStrategy = text(Key.mergeStrategy)
    isConvoyOwned = flag(Key.convoyOwned)
    subject = text(Key.subject)
    message = text(Key.message)
  }

  /// The names of the members.
  enum Key {
    static let molecule = "attached_molecule"
    static let formula = "attached_formula"
    static let attachedAt = "attached_at"
    static let arguments = "attached_args"
    static let variables = "attached_vars"
    static let formulaVariables = "formula_vars"
    static let dispatchedBy = "dispatched_by"
    static let noMerge = "no_merge"
    static let reviewOnly = "review_only"
    static let mode = "mode"
    static let convoy = "convoy_id"
    static let mergeStrategy = "merge_strategy"
    static let convoyOwned = "convoy_owned"
    static let subject = "attached_subject"
    static let message = "attached_message"
  }

  /// The members in their order; nil for those that are not there.
  private var members: [(key: String, value: JSONValue?)] {
    func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    func flag(_ value: Bool) -> JSONValue? { value ? .bool(true) : nil }
    let values = formulaVariables.sorted { $0.key < $1.key }
      .map { JSONValue.Member(key: $0.key, value: .string($0.value)) }
    return [
      (Key.molecule, text(molecule?.rawValue)), (Key.formula, text(formula)),
      (Key.attachedAt, text(attachedAt?.description)), (Key.arguments, text(arguments)),
      (Key.variables, variables.isEmpty ? nil : .array(variables.map { .string($0) })),
      (Key.formulaVariables, values.isEmpty ? nil : .object(values)),
      (Key.dispatchedBy, text(dispatchedBy)), (Key.noMerge, flag(isNoMerge)),
      (Key.reviewOnly, flag(isReviewOnly)), (Key.mode, text(mode)), (Key.convoy, text(convoy?.rawValue)),
      (Key.mergeStrategy, text(mergeStrategy)), (Key.convoyOwned, flag(isConvoyOwned)),
      (Key.subject, text(subject)), (Key.message, text(message)),
    ]
  }

  /// Writes all of it into an issue's metadata; other members stay as they are.
  /// - Throws: `invalid` when the metadata that is there is no JSON object.
  public func write(to issue: inout Issue) throws(BeadsError) {
    for (key, value) in members {
      if let value { try issue.setMetadata(key, value) } else { try issue.removeMetadata(key) }
    }
  }

  /// Takes everything of it out of an issue's metadata.
  public static func remove(from issue: inout Issue) throws(BeadsError) {
    if issue.metadata != nil { try Attachment().write(to: &issue) }
  }
}
