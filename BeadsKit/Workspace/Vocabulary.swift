public import BeadsModel
public import BeadsSystem

/// The statuses and types a project knows: the built-in ones and those of its configuration.
public struct Vocabulary: Sendable, Equatable {
  /// The statuses that users may set, built-in first.
  public private(set) var statuses = StatusDefinition.builtIn
  /// The types of the configuration, in its order, without built-in ones.
  public private(set) var customTypes: [IssueType] = []
  /// The types that live only in this clone: hidden from lists and ready work, not exported.
  public private(set) var infrastructureTypes = IssueType.infrastructure
  /// What is wrong with the configuration; the entries concerned are left out.
  public private(set) var problems: [String] = []

  /// The built-in words alone.
  public init() {}

  /// Adds the words of the settings `status.custom`, `types.custom` and `types.infra`.
  ///
  /// Never fails, so that a bad setting cannot make a project unreadable: see `problems`.
  public init(customStatuses: String? = nil, customTypes: String? = nil, infrastructureTypes: String? = nil) {
    for entry in ConfigurationList.parse(customStatuses ?? "") { add(status: entry) }
    for entry in ConfigurationList.parse(customTypes ?? "") { add(type: entry) }
    guard let infrastructureTypes else { return }
    self.infrastructureTypes = ConfigurationList.parse(infrastructureTypes).compactMap { word in
      if let problem = Self.problem(with: word) {
        problems.append("types.infra: \(problem)")
        return nil
      }
      return IssueType(rawValue: word)
    }
  }

  private mutating func add(status entry: String) {
    let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].trimmingBlanks)
    let category = parts.count > 1 ? String(parts[1].trimmingBlanks) : StatusCategory.unspecified.rawValue
    if let problem = Self.problem(with: name) {
      problems.append("status.custom: \(problem)")
    } else if isKnown(Status(rawValue: name)) || name == Status.tombstone.rawValue {
      problems.append("status.custom: '\(name)' is already a status")
    } else if let known = StatusCategory(rawValue: category) {
      statuses.append(StatusDefinition(Status(rawValue: name), known))
    } else {
      let names = StatusCategory.allCases.filter { $0 != .unspecified }.map(\.rawValue)
      problems.append(
        "status.custom: '\(category)' is no category of '\(name)' ("
          + Spelling.hint(for: category, among: names, kind: "categories") + ")")
    }
  }

  private mutating func add(type name: String) {
    let type = IssueType(rawValue: name)
    if let problem = Self.problem(with: name) {
      problems.append("types.custom: \(problem)")
    } else if !customTypes.contains(type), !Self.builtInTypes.contains(type) {
      customTypes.append(type)
    }
  }

  /// Names are words that fit everywhere a status or type is written: options, comma lists, column values.
  private static func problem(with name: String) -> String? {
    let bytes = name.utf8
    let isWord =
      bytes.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
      && bytes.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
    if !isWord { return "'\(name)' is no name: use lower-case letters, digits, '_' and '-', a letter first" }
    return bytes.count > 50 ? "'\(name)' is longer than 50 characters" : nil
  }

  /// Checks a value that someone wants to give to `status.custom`, `types.custom` or `types.infra`.
  /// - Throws: `invalid` with everything that is wrong; other keys pass.
  public static func check(_ value: String, for key: String) throws(BeadsError) {
    let vocabulary: Vocabulary
    switch key {
    case "status.custom": vocabulary = Vocabulary(customStatuses: value)
    case "types.custom": vocabulary = Vocabulary(customTypes: value)
    case "types.infra": vocabulary = Vocabulary(infrastructureTypes: value)
    default: return
    }
    if !vocabulary.problems.isEmpty {
      throw BeadsError(.invalid, vocabulary.problems.joined(separator: "; "))
    }
  }

  // MARK: Statuses

  /// Whether users may set this status.
  public func isKnown(_ status: Status) -> Bool { definition(of: status) != nil }

  /// The definition of a status that users may set.
  public func definition(of status: Status) -> StatusDefinition? { statuses.first { $0.status == status } }

  /// What a status means; one that is not known, such as a deleted custom one, means nothing in particular.
  public func category(of status: Status) -> StatusCategory {
    definition(of: status)?.category ?? (status == .tombstone ? .done : .unspecified)
  }

  /// The character that stands for a status.
  public func icon(of status: Status) -> String {
    definition(of: status)?.icon ?? StatusDefinition(status, .unspecified).icon
  }

  /// The statuses of a category.
  public func statuses(in category: StatusCategory) -> [Status] {
    statuses.filter { $0.category == category }.map(\.status)
  }

  /// The status a user means by a word; `In-Progress` means `in_progress`.
  /// - Parameter allowingTombstone: Whether the word may be `tombstone`, as in a filter.
  /// - Throws: `invalid` listing the known ones and naming the nearest.
  public func status(_ word: String, allowingTombstone: Bool = false) throws(BeadsError) -> Status {
    let lower = word.trimmingBlanks.lowercased()
    let underscored = String(lower.map { $0 == "-" || $0 == " " ? "_" : $0 })
    for candidate in [Status(rawValue: lower), Status(rawValue: underscored)] {
      if isKnown(candidate) || (allowingTombstone && candidate == .tombstone) { return candidate }
    }
    throw BeadsError(
      .invalid, "unknown status '\(word)'",
      hint: Spelling.hint(for: lower, among: statuses.map(\.status.rawValue), kind: "statuses"))
  }

  // MARK: Types

  private static let builtInTypes = IssueType.builtIn.map(\.type) + [.event]

  /// The types that users may choose: built-in, custom, infrastructure.
  public var types: [IssueType] {
    let chosen = IssueType.builtIn.map(\.type) + customTypes
    return chosen + infrastructureTypes.filter { !chosen.contains($0) }
  }

  /// Whether issues may have this type.
  public func isKnown(_ type: IssueType) -> Bool {
    Self.builtInTypes.contains(type) || customTypes.contains(type) || infrastructureTypes.contains(type)
  }

  /// Whether issues of this type stay in this clone.
  public func isInfrastructure(_ type: IssueType) -> Bool { infrastructureTypes.contains(type) }

  /// The type a user means by a word, aliases such as `feat` included.
  /// - Throws: `invalid` listing the known ones and naming the nearest.
  public func type(_ word: String) throws(BeadsError) -> IssueType {
    let exact = IssueType(rawValue: word.trimmingBlanks.lowercased())
    let type = isKnown(exact) ? exact : IssueType(userInput: exact.rawValue)
    if isKnown(type) { return type }
    throw BeadsError(
      .invalid, "unknown issue type '\(word)'",
      hint: Spelling.hint(for: exact.rawValue, among: types.map(\.rawValue), kind: "types")
        + "; more can be added to the setting types.custom")
  }
}
