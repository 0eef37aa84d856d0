public import BeadsSystem

/// Who makes a change, as written into the audit trail.
public struct ActorIdentity: Sendable, Equatable {
  /// Where the name comes from.
  public enum Source: Sendable, Equatable {
    /// The option `--actor`.
    case option
    /// The setting `actor` of a configuration file.
    case configuration
    /// This environment variable.
    case variable(String)
    /// Git's `user.name`.
    case git
    /// The login name.
    case login
    /// Nothing names anybody.
    case none
  }

  /// The name, without control characters.
  public let name: String
  /// Where the name comes from.
  public let source: Source

  /// Finds the actor: `--actor`, the setting `actor`, `BEADS_ACTOR`, `BD_ACTOR`, git's `user.name`, the login
  /// name, `unknown`.
  ///
  /// Files are only read when what comes before them gives no name.
  /// - Parameters:
  ///   - option: The value of `--actor`.
  ///   - configured: The value of the setting `actor` in the configuration files.
  public static func resolve(
    option: String?, configured: () throws(BeadsError) -> String? = { nil }, environment: Environment
  ) throws(BeadsError) -> ActorIdentity {
    if let name = clean(option) { return ActorIdentity(name: name, source: .option) }
    if let name = clean(try configured()) { return ActorIdentity(name: name, source: .configuration) }
    for variable in ["BEADS_ACTOR", "BD_ACTOR"] {
      if let name = clean(environment[variable]) {
        return ActorIdentity(name: name, source: .variable(variable))
      }
    }
    if let name = clean(GitConfig(environment).value("user.name")) {
      return ActorIdentity(name: name, source: .git)
    }
    if let name = clean(environment.userName) { return ActorIdentity(name: name, source: .login) }
    return ActorIdentity(name: "unknown", source: .none)
  }

  /// The owner of a new issue: `GIT_AUTHOR_EMAIL`, else git's `user.email`, else nil.
  public static func owner(environment: Environment) -> String? {
    clean(environment["GIT_AUTHOR_EMAIL"]) ?? clean(GitConfig(environment).value("user.email"))
  }

  private static func clean(_ text: String?) -> String? {
    guard let text else { return nil }
    let printable = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0) }))
    let name = printable.trimmingBlanks
    return name.isEmpty ? nil : String(name)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }
}
