public import BeadsSystem

/// A place where a project was looked for, and what came of it.
public struct WorkspaceCandidate: Sendable, Equatable {
  /// What came of it.
  public enum Outcome: String, Sendable {
    /// The store is here.
    case taken
    /// There was a reason to go on.
    case passed
    /// Nothing named such a place.
    case unset
    /// It was named, and something stronger was too.
    case overruled
  }

  /// Why the place is one: `--db`, `-C`, a variable, `directory`, `main checkout` or `redirect`.
  public let source: String
  /// The `.beads` directory or database; nil when nothing named one.
  public let path: String?
  /// What came of it.
  public let outcome: Outcome
  /// Why.
  public let reason: String
}

/// How the project that commands work on was found, or why none was.
public struct WorkspaceSearch: Sendable {
  /// Every place in the order in which they count.
  public let candidates: [WorkspaceCandidate]
  /// The project, or the error that commands end with.
  public let result: Result<Workspace, BeadsError>

  /// Looks as `Workspace.locate` does, taking notes.
  public init(environment: Environment, databasePath: String? = nil, directory: String? = nil) {
    var locator = WorkspaceLocator(environment)
    do throws(BeadsError) {
      result = .success(try locator.locate(databasePath: databasePath, directory: directory))
    } catch {
      result = .failure(error)
    }
    candidates = locator.candidates + locator.overruled
  }
}
