public import BeadsModel
public import BeadsSystem

extension Configuration {
  /// Where a setting of that name is kept; unknown ones are in the database.
  public static func storage(of key: String) -> ConfigurationKey.Storage {
    ConfigurationKey.find(key)?.storage ?? .database
  }

  /// Checks a change before it is made, wherever the setting is kept.
  /// - Throws: `invalid` when the name is empty or set by `init` only, or the value is not one the setting
  ///   takes.
  public static func check(_ key: String, value: String?) throws(BeadsError) {
    let isPlain =
      !key.isEmpty && !key.contains { $0.isWhitespace || $0 == ":" || $0 == "#" } && !key.hasSuffix(".")
    guard isPlain else { throw BeadsError(.invalid, "'\(key)' is no name of a setting") }
    if key == "issue-prefix" {
      throw BeadsError(
        .invalid, "issue-prefix is set when a project is started",
        hint: "`bd rename-prefix NEW` gives all issues another one")
    }
    guard let value else { return }
    if let known = ConfigurationKey.find(key), !known.isFamily { try known.check(value) }
    try Vocabulary.check(value, for: key)
  }

  /// Writes a setting that is kept in YAML into the project's `config.yaml`, leaving comments and all else
  /// alone.
  /// - Parameter allowingSecrets: Whether a secret may go into a file that git tracks.
  /// - Returns: The value now in effect, which another place may still give.
  /// - Throws: `invalid` for values the setting does not take, for secrets, and for settings kept
  ///   elsewhere; `no_store` without a project; `io_error`, `read_only`, `locked`.
  @discardableResult
  public func set(
    _ key: String, to value: String, allowingSecrets: Bool = false
  ) throws(BeadsError) -> Value? {
    try Self.check(key, value: value)
    if !allowingSecrets { try refuseSecret(key) }
    let isList = ConfigurationKey.find(key)?.kind == .list
    _ = try edit(key) { file, name throws(BeadsError) in
      try file.set(name, to: value, isList: isList)
      return true
    }
    return try self.value(key)
  }

  /// Removes a setting from the project's `config.yaml` and returns whether it was there.
  /// - Throws: as `set` does.
  @discardableResult
  public func unset(_ key: String) throws(BeadsError) -> Bool {
    try Self.check(key, value: nil)
    return try edit(key) { file, name throws(BeadsError) in try file.unset(name) }
  }

  /// Writes what the IDs of new issues begin with into `config.yaml`, for clones without a database.
  /// - Throws: `no_store` without a project; `io_error`, `read_only`, `locked`.
  public func record(_ prefix: Prefix) throws(BeadsError) {
    if try fileValue("issue-prefix")?.text == prefix.rawValue { return }
    _ = try edit("issue-prefix") { file, name throws(BeadsError) in
      try file.set(name, to: prefix.rawValue, isList: false)
      return true
    }
  }

  private func edit(
    _ key: String, _ change: (inout ConfigurationFile, String) throws(BeadsError) -> Bool
  ) throws(BeadsError) -> Bool {
    guard let workspace else {
      throw BeadsError(.noStore, "no beads database found to keep the setting \(key)")
    }
    guard Self.storage(of: key) == .yaml else {
      throw BeadsError(.invalid, "\(key) is not kept in config.yaml")
    }
    let lock = FileLock(path: workspace.writeLockPath, command: "bd config", clock: environment.clock)
    let hasChanged = try lock.withLock { () throws(BeadsError) in
      var file = try ConfigurationFile(creating: workspace.configPath)
      let names = [key] + (ConfigurationKey.find(key)?.aliases ?? [])
      let hasChanged = try change(&file, names.first { file.text($0) != nil } ?? key)
      if hasChanged { try file.write() }
      return hasChanged
    }
    forgetFiles()
    return hasChanged
  }

  /// Whether a setting's name says that its value must not be published.
  public static func isSecret(_ key: String) -> Bool {
    let last = key.split(separator: ".").last.map { $0.lowercased().filter { $0 != "_" && $0 != "-" } } ?? ""
    return ["apikey", "token", "password", "passwd", "secret", "credential", "credentials", "privatekey"]
      .contains { last.hasSuffix($0) }
  }

  private func refuseSecret(_ key: String) throws(BeadsError) {
    guard Self.isSecret(key), let workspace, let root = workspace.workTreeRoot else { return }
    let question = Subprocess(
      ["git", "check-ignore", "-q", "--", workspace.configPath], directory: root,
      variables: environment.variables, timeout: .seconds(10))
    // Without an answer from git the file counts as tracked.
    if (try? question.run())?.succeeded == true { return }
    throw BeadsError(
      .invalid, "\(key) is a secret and \(workspace.configPath) is a file that git tracks",
      hint: "write it into \(workspace.localConfigPath), which git ignores, or into an environment variable")
  }
}
