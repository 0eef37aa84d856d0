public import BeadsKit

/// A town: one directory on one machine that holds projects (rigs) and the agents that work on them.
///
/// Its root has `mayor/town.json`. Everything else about it is read when asked for.
public struct Town: Sendable {
  /// The root directory, without symbolic links.
  public let root: String
  /// Clock, user, randomness and variables.
  public let environment: Environment

  /// Describes the town at a root that is known to be one.
  public init(root: String, environment: Environment) {
    self.root = root
    self.environment = environment
  }

  /// Finds the town one is in: what `GT_TOWN_ROOT` (or `GT_ROOT`) names, else the outermost directory above the
  /// current one that has `mayor/town.json`.
  /// - Throws: `no_town`.
  public static func find(_ environment: Environment) throws(BeadsError) -> Town {
    for variable in ["GT_TOWN_ROOT", "GT_ROOT"] {
      guard let named = environment[variable], !named.isEmpty else { continue }
      guard FileSystem.exists(Path.join(named, "mayor/town.json")) else {
        throw BeadsError(
          .noTown, "\(variable) names \(named), which is no town",
          hint: "unset it, or see `gt install --help`")
      }
      return Town(root: try FileSystem.realPath(named), environment: environment)
    }
    guard let found = Router.townRoot(above: environment.currentDirectory) else {
      throw BeadsError(
        .noTown, "there is no town at \(environment.currentDirectory) or above",
        hint: "`gt install ~/gt` makes one; commands work anywhere below it")
    }
    return Town(root: try FileSystem.realPath(found), environment: environment)
  }

  /// A path below the root.
  public func path(_ relative: String) -> String { Path.join(root, relative) }

  /// The directory of a rig.
  public func path(of rig: RigName) -> String { path(rig.rawValue) }

  /// The present time.
  public var now: Timestamp { Timestamp(unixNanoseconds: environment.clock()) }
}

extension BeadsError.Code {
  /// A command that needs a town was called outside of one.
  public static let noTown = BeadsError.Code("no_town")
  /// A program that is needed is not installed.
  public static let missingProgram = BeadsError.Code("missing_program")
  /// A guard refused what was asked, which may be allowed by saying so.
  public static let refused = BeadsError.Code("refused", exitStatus: 2)
}
