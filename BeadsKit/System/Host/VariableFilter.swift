/// The environment variables that a program may see: by name, or by the beginning of the name.
public struct VariableFilter: Sendable, Equatable {
  /// Names that pass.
  public var names: Set<String>
  /// Beginnings of names that pass, such as `LC_`.
  public var prefixes: [String]

  /// Lets these pass and nothing else.
  public init(names: Set<String>, prefixes: [String] = []) {
    self.names = names
    self.prefixes = prefixes
  }

  /// What any program needs to find its files and speak the user's language; no keys, no tokens.
  public static let basic = VariableFilter(
    names: [
      "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
    ], prefixes: ["LC_"])

  /// Lets these pass as well.
  public func adding(names more: some Sequence<String>, prefixes: [String] = []) -> VariableFilter {
    VariableFilter(names: names.union(more), prefixes: self.prefixes + prefixes)
  }

  /// The variables that pass.
  public func filter(_ variables: [String: String]) -> [String: String] {
    variables.filter { name, _ in names.contains(name) || prefixes.contains { name.hasPrefix($0) } }
  }
}
