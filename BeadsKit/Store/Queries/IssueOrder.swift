import BeadsModel
public import BeadsSystem

/// The order of a list of issues.
///
/// Every order ends in the ID, so that two runs never differ.
public struct IssueOrder: Sendable, Equatable {
  /// A field to sort by.
  public enum Key: String, Sendable, CaseIterable {
    case priority, created, updated, closed, status, id, title, type, assignee

    /// Whether the usual direction is the last value first: times, so that the newest come first.
    var isNaturallyDescending: Bool {
      switch self {
      case .created, .updated, .closed: true
      default: false
      }
    }
  }

  enum Form: Sendable, Equatable {
    case key(Key, isDescending: Bool)
    /// By urgency, then by age.
    case urgency
    /// New work by priority, then old work by age.
    case hybrid
    /// How well the text that is searched for fits.
    case relevance
  }

  let form: Form

  private init(form: Form) { self.form = form }

  /// By a field, in its usual direction (times newest first, all else ascending) or in the given one.
  ///
  /// Equal values follow in the order of `priority`.
  public init(_ key: Key, isDescending: Bool? = nil) {
    form = .key(key, isDescending: isDescending ?? key.isNaturallyDescending)
  }

  /// By urgency, the newest first among equals: the order of lists.
  public static let priority = IssueOrder(.priority)
  /// By urgency, the oldest first among equals: the order of blocked work.
  public static let urgency = IssueOrder(form: .urgency)
  /// By age, the oldest first.
  public static let oldest = IssueOrder(.created, isDescending: false)
  /// What was created in the last 48 hours by priority, then the rest by age.
  public static let hybrid = IssueOrder(form: .hybrid)
  /// For a search: issues whose ID is the text, then those with the text in the title, then the others.
  ///
  /// Of these first those where it is all there is, then whole words, then the beginning of one; then by priority.
  public static let relevance = IssueOrder(form: .relevance)

  /// Reads the name of a key; a leading `-` means descending.
  /// - Throws: `invalid` listing the keys.
  public init(parsing text: String) throws(BeadsError) {
    let isNegated = text.hasPrefix("-")
    guard let key = Key(rawValue: isNegated ? String(text.dropFirst()) : text) else {
      throw BeadsError(
        .invalid, "cannot sort by \(quoted(text))",
        hint: "sort by " + Key.allCases.map(\.rawValue).joined(separator: ", ") + ", or -KEY for descending")
    }
    self.init(key, isDescending: isNegated ? true : nil)
  }

  /// The same key in the other direction; orders that are no field stay as they are.
  public var reversed: IssueOrder {
    guard case .key(_, let isDescending) = form else { return self }
    return directed(isDescending: !isDescending)
  }

  /// The same key in that direction; orders that are no field stay as they are.
  public func directed(isDescending: Bool) -> IssueOrder {
    guard case .key(let key, _) = form else { return self }
    return IssueOrder(key, isDescending: isDescending)
  }
}
