import BeadsModel
public import BeadsSystem

/// Looks a project over: reads files, database and git, and changes nothing.
///
/// Works without a project, without git, with a damaged database and on a read-only file system; then it says so.
public final class Doctor {
  let context: DoctorContext

  /// Finds the project as commands do; that there is none is a finding, not an error.
  public init(environment: Environment, databasePath: String? = nil, directory: String? = nil) {
    context = DoctorContext(environment: environment, databasePath: databasePath, directory: directory)
  }

  /// Which checks are made.
  public enum Scope: Sendable, Equatable {
    /// Those that cost a few system calls and point queries: for hooks.
    case quick
    /// All but the thorough ones.
    case normal
    /// All.
    case deep
    /// Those of one name each.
    case named([String])
  }

  /// Makes the checks; about 250 ms for 10,000 issues, a tenth of that when quick.
  public func examine(_ scope: Scope = .normal) -> HealthReport {
    var report = HealthReport(path: context.path, time: context.now)
    let suppressed = context.suppressed
    for check in DoctorCheck.all where check.isIn(scope) {
      if suppressed.contains(HealthVerdict.slug(check.name)) {
        report.suppressedCount += 1
        continue
      }
      if context.workspace == nil, !check.worksWithoutProject { continue }
      report.checks.append(check.run(context))
    }
    return report
  }

  /// Closes the database.
  public func close() { context.close() }
}

/// One entry of the table of checks.
struct DoctorCheck: Sendable {
  enum Cost: Int { case quick, normal, deep, special }

  typealias Examination = @Sendable (DoctorContext) throws(BeadsError) -> Verdict

  let name: String
  let category: HealthVerdict.Category
  let cost: Cost
  let examine: Examination
  /// Whether there is something to examine without a project.
  var worksWithoutProject = false

  /// A check that also works without a project.
  init(
    _ name: String, _ category: HealthVerdict.Category, _ cost: Cost = .normal, always: @escaping Examination
  ) {
    self.name = name
    self.category = category
    self.cost = cost
    examine = always
    worksWithoutProject = true
  }

  /// A check of a project.
  init(
    _ name: String, _ category: HealthVerdict.Category, _ cost: Cost = .normal,
    _ examine: @escaping @Sendable (Workspace, DoctorContext) throws(BeadsError) -> Verdict
  ) {
    self.init(
      name, category, cost,
      always: { context throws(BeadsError) in
        guard let workspace = context.workspace else { return .ok("no project to examine") }
        return try examine(workspace, context)
      })
    worksWithoutProject = false
  }

  /// A check of what is in the database.
  init(
    _ name: String, _ category: HealthVerdict.Category, _ cost: Cost = .normal,
    store examine: @escaping @Sendable (Store, DoctorContext) throws(BeadsError) -> Verdict
  ) {
    self.init(
      name, category, cost,
      always: { context throws(BeadsError) in
        if context.usesFileAlone { return .ok("the project works without a database") }
        guard let store = try? context.store() else { return .ok("no database that can be examined") }
        return try examine(store, context)
      })
    worksWithoutProject = false
  }

  /// A check of what git knows of the project.
  init(
    _ name: String, _ category: HealthVerdict.Category, _ cost: Cost = .normal,
    git examine: @escaping @Sendable (Workspace, GitLocation, DoctorContext) throws(BeadsError) -> Verdict
  ) {
    self.init(
      name, category, cost,
      always: { context throws(BeadsError) in
        guard let workspace = context.workspace, let repository = workspace.repository else {
          return .ok("not in a git repository")
        }
        return try examine(workspace, repository, context)
      })
    worksWithoutProject = false
  }

  static let all = core + git + data + runtime + metadata + maintenance + special

  func isIn(_ scope: Doctor.Scope) -> Bool {
    switch scope {
    case .quick: cost == .quick
    case .normal: cost.rawValue <= Cost.normal.rawValue
    case .deep: cost != .special
    case .named(let names): names.contains(name)
    }
  }

  func run(_ context: DoctorContext) -> HealthVerdict {
    let start = monotonicNanoseconds()
    var verdict: Verdict
    do throws(BeadsError) { verdict = try examine(context) } catch {
      verdict = .warning("could not be examined: \(error.message)", fix: error.hint)
    }
    let time = Double((monotonicNanoseconds() - start) / 1000) / 1000
    return HealthVerdict(
      name: name, category: category, status: verdict.status, message: verdict.message,
      details: verdict.details, fix: verdict.fix, duration: time)
  }
}

extension Doctor {
  /// The checks of `--check=validate`.
  public static let validation = [
    "Duplicate Issues", "Orphaned Dependencies", "Test Pollution", "Git Conflicts",
  ]
  /// The checks of `--check=artifacts`.
  public static let artifacts = ["Merge Artifacts", "Lock Files", "Database Files", "Tracked Runtime Files"]
  /// The checks of `--check=conventions`.
  public static let conventions = ["Missing Sections", "Stale Issues", "Orphaned Issues"]
}
