import BeadsKit

/// Something that a check found to be wrong.
public struct CheckFinding {
  /// How bad it is.
  public enum Severity: String, Sendable, Comparable {
    /// Works, but someone should know.
    case warning
    /// Something does not work.
    case error

    /// A warning is less than an error.
    public static func < (a: Severity, b: Severity) -> Bool { a == .warning && b == .error }
  }

  /// How bad it is.
  public let severity: Severity
  /// What it is, in one sentence; it also tells it from other findings of the check.
  public let text: String
  /// What to do about it.
  public let hint: String?
  /// Puts it right; nil when a person has to.
  let fix: (() throws(BeadsError) -> Void)?

  /// Whether `TownDoctor` can put it right.
  public var isFixable: Bool { fix != nil }

  private init(
    _ severity: Severity, _ text: String, _ hint: String?, _ fix: (() throws(BeadsError) -> Void)?
  ) {
    self.severity = severity
    self.text = text
    self.hint = hint
    self.fix = fix
  }

  static func error(
    _ text: String, hint: String? = nil, fix: (() throws(BeadsError) -> Void)? = nil
  ) -> CheckFinding { CheckFinding(.error, text, hint, fix) }

  static func warning(
    _ text: String, hint: String? = nil, fix: (() throws(BeadsError) -> Void)? = nil
  ) -> CheckFinding { CheckFinding(.warning, text, hint, fix) }

  /// A failure as a finding.
  static func failure(_ error: BeadsError, _ fix: (() throws(BeadsError) -> Void)? = nil) -> CheckFinding {
    CheckFinding(.error, error.message, error.hint, fix)
  }
}

/// One thing that can be wrong with a town: how it is found, and how it is put right.
struct TownCheck: Sendable {
  let name: String
  let group: String
  /// What is so when nothing is wrong.
  let summary: String
  let find: @Sendable (TownDoctor) throws(BeadsError) -> [CheckFinding]

  init(
    _ name: String, _ group: String, _ summary: String,
    _ find: @escaping @Sendable (TownDoctor) throws(BeadsError) -> [CheckFinding]
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.find = find
  }
}

/// What came of a check.
public struct CheckResult {
  /// The check.
  public let name: String
  /// What it is about: core, rig, agents ...
  public let group: String
  /// What is so when nothing is wrong.
  public let summary: String
  /// What is wrong now.
  public let findings: [CheckFinding]
  /// What was put right, and is no longer found.
  public let fixed: [String]
  /// What was to be put right, and why that did not help; it is still among the findings.
  public let failedFixes: [String]

  /// The worst of the findings; nil for none.
  public var severity: CheckFinding.Severity? { findings.map(\.severity).max() }
}
