import BeadsSystem

/// A checkout of a git repository: the main one, or one that `git worktree add` made.
public struct Worktree: Sendable, Equatable {
  /// Which store commands in it work on.
  public enum StoreUse: Sendable, Equatable {
    /// The one that its `redirect` file leads to.
    case redirect(String)
    /// The one of the main checkout.
    case shared
    /// One of its own.
    case own
    /// None.
    case none

    /// The word that programs read.
    public var word: String {
      switch self {
      case .redirect: "redirect"
      case .shared: "shared"
      case .own: "own"
      case .none: "none"
      }
    }

    /// The `.beads` directory that a redirect leads to.
    public var redirectTarget: String? {
      if case .redirect(let target) = self { target } else { nil }
    }
  }

  /// The last component of its path.
  public let name: String
  /// Its root.
  public let path: String
  /// The branch it is on, or nil when a commit was checked out by itself.
  public let branch: String?
  /// Whether it is the main checkout, or the place of a bare repository.
  public let isMain: Bool
  /// Whether its directory is gone.
  public let isMissing: Bool
  /// Why it is locked against removal; empty when no reason was given, nil when it is not locked.
  public let lockReason: String?
  /// Which store commands in it work on.
  public let store: StoreUse

  /// Reads what git keeps about a checkout.
  /// - Parameter state: The directory of its own state: `.git`, or `.git/worktrees/NAME`.
  init(path: String, state: String, isMain: Bool, _ environment: Environment) {
    self.path = path
    name = Path.name(of: path)
    self.isMain = isMain
    branch = Self.branch(state)
    isMissing = !FileSystem.isDirectory(path)
    let lock = Path.join(state, "locked")
    lockReason =
      FileSystem.exists(lock)
      ? ((try? FileSystem.readText(lock)) ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
      : nil
    store = isMissing ? .none : Self.storeUse(at: path, isMain: isMain, environment)
  }

  private static func branch(_ state: String) -> String? {
    guard let text = try? FileSystem.readText(Path.join(state, "HEAD")) else { return nil }
    let reference = "ref: refs/heads/"
    return text.hasPrefix(reference) ? String(text.dropFirst(reference.count).trimmingBlanks) : nil
  }

  private static func storeUse(at path: String, isMain: Bool, _ environment: Environment) -> StoreUse {
    guard let found = try? Workspace.locate(environment: environment, directory: path) else { return .none }
    if found.redirectedFrom != nil { return .redirect(found.beadsDirectory) }
    return !isMain && Path.isInside(found.beadsDirectory, path) ? .own : .shared
  }
}
