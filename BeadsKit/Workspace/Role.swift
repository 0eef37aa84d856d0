public import BeadsSystem

/// What a person may do in this clone, which decides where new issues go.
public enum Role: String, Sendable, CaseIterable {
  /// Pushes to the project.
  case maintainer
  /// Proposes changes from a copy.
  case contributor

  /// The git setting that holds it.
  public static let key = "beads.role"

  /// Reads the word a user wrote.
  /// - Throws: `invalid` listing the roles.
  public init(userInput: String) throws(BeadsError) {
    guard let role = Role(rawValue: userInput.trimmingBlanks.lowercased()) else {
      throw BeadsError(.invalid, "unknown role '\(userInput)'", hint: "known roles: maintainer, contributor")
    }
    self = role
  }

  /// The role set for this clone or user, or nil.
  public static func configured(_ config: GitConfig) -> Role? {
    config.value(key).flatMap { Role(rawValue: $0.lowercased()) }
  }

  /// The role that the address one pushes to suggests: over plain https nobody but contributors works.
  public static func guessed(_ config: GitConfig) -> Role {
    guard let address = config.value("remote.origin.pushurl") ?? config.value("remote.origin.url") else {
      return .maintainer
    }
    guard address.hasPrefix("https://") || address.hasPrefix("http://") else { return .maintainer }
    let host = address.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
    return host.contains("@") ? .maintainer : .contributor
  }

  /// Sets the role of this clone.
  /// - Throws: `unsupported` outside a git repository, `not_found` without git, `io_error` when git refuses.
  public func save(_ config: GitConfig) throws(BeadsError) { try config.set(Self.key, to: rawValue) }
}
