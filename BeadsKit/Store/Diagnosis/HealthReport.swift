public import BeadsModel

/// What `Doctor.examine` found out.
public struct HealthReport: Sendable {
  /// The directory that `.beads` is in, or that was examined when there is none.
  public let path: String
  /// Every verdict, in the order of the checks.
  public internal(set) var checks: [HealthVerdict] = []
  /// How many checks the project's settings leave out.
  public internal(set) var suppressedCount = 0
  /// When it was examined.
  public let time: Timestamp

  /// Whether no check found an error; warnings are allowed.
  public var isHealthy: Bool { !checks.contains { $0.status == .error } }

  /// The verdicts that ask for something.
  public var problems: [HealthVerdict] { checks.filter { $0.status != .ok } }
}

/// What one check of `bd doctor` says.
public struct HealthVerdict: Sendable, Equatable {
  /// How bad it is.
  public enum Status: String, Sendable {
    /// As it should be, or not applicable.
    case ok
    /// Works, and somebody should look at it.
    case warning
    /// Something does not work or is wrong.
    case error
  }

  /// Under which heading a check is listed.
  public enum Category: String, Sendable, CaseIterable {
    /// The project, its database and its file.
    case core = "Core System"
    /// What git knows and does.
    case git = "Git Integration"
    /// Settings and issues.
    case data = "Data & Config"
    /// The programs at work.
    case runtime = "Runtime"
    /// Issues that belong to others.
    case metadata = "Metadata"
    /// What grows or is left behind.
    case maintenance = "Maintenance"
  }

  /// The check's name.
  public let name: String
  /// Its heading.
  public let category: Category
  /// The verdict.
  public let status: Status
  /// One sentence.
  public let message: String
  /// More of it, a line each; empty when there is no more.
  public let details: [String]
  /// What to do, if something is to be done.
  public let fix: String?
  /// Milliseconds that the check took.
  public let duration: Double

  /// The name as it is written in `doctor.suppress.NAME`.
  public var slug: String { Self.slug(name) }

  static func slug(_ name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }
}

/// What a check returns.
struct Verdict {
  var status: HealthVerdict.Status
  var message: String
  var details: [String] = []
  var fix: String?

  static func ok(_ message: String, _ details: [String] = []) -> Verdict {
    Verdict(status: .ok, message: message, details: details)
  }

  static func warning(_ message: String, _ details: [String] = [], fix: String? = nil) -> Verdict {
    Verdict(status: .warning, message: message, details: details, fix: fix)
  }

  static func error(_ message: String, _ details: [String] = [], fix: String? = nil) -> Verdict {
    Verdict(status: .error, message: message, details: details, fix: fix)
  }

  /// The fix of what `bd doctor --plan` repairs.
  static let plan = "bd doctor --plan"
}

extension Verdict {
  /// `1 issue`, `2 issues`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// The first few of many, and how many more there are.
  static func some(_ items: [String], of limit: Int = 10) -> [String] {
    if items.count <= limit { return items }
    return items.prefix(limit) + ["… and \(items.count - limit) more"]
  }
}
