public import BeadsSystem

/// The git settings that hold in a directory, read from git's files without running git.
///
/// Only when a file includes others is `git config` asked instead: it alone evaluates the conditions.
public struct GitConfig: Sendable {
  private let environment: Environment
  private let repository: GitLocation?

  /// The settings that hold in the environment's current directory.
  public init(_ environment: Environment) {
    self.init(environment, GitLocation.find(from: environment.currentDirectory))
  }

  /// The settings that hold in the checkout of a repository, or outside any.
  public init(_ environment: Environment, _ repository: GitLocation?) {
    self.environment = environment
    self.repository = repository
  }

  /// The value of a key such as `user.name` (section and name in lower case), or nil when it is not set.
  ///
  /// Reads up to five small files, none twice; about 0.05 ms.
  public func value(_ key: String) -> String? {
    // Written by `git -c` for the programs it starts, in a quoting of its own.
    if environment["GIT_CONFIG_PARAMETERS"] != nil { return ask(key) }
    if let value = fromVariables(key) { return value }
    for path in paths {
      guard let file = GitConfigFile(path: path) else { continue }
      if file.hasIncludes { return ask(key) ?? file.value(key) }
      if let value = file.value(key) { return value }
    }
    return nil
  }

  private func fromVariables(_ key: String) -> String? {
    guard let count = environment["GIT_CONFIG_COUNT"].flatMap({ Int($0) }), count > 0 else { return nil }
    for index in (0..<min(count, 1000)).reversed() {
      if let name = environment["GIT_CONFIG_KEY_\(index)"], Self.normalized(name) == key {
        return environment["GIT_CONFIG_VALUE_\(index)"]
      }
    }
    return nil
  }

  /// The files in effect, strongest first.
  private var paths: [String] {
    var paths: [String] = []
    if let repository {
      if repository.isLinkedWorktree { paths.append(Path.join(repository.directory, "config.worktree")) }
      paths.append(Path.join(repository.commonDirectory, "config"))
    }
    if let global = environment["GIT_CONFIG_GLOBAL"] {
      paths.append(global)
    } else {
      let home = environment.homeDirectory
      paths.append(Path.join(home, ".gitconfig"))
      paths.append(Path.join(environment.configurationHome, "git/config"))
    }
    if !Self.isTrue(environment["GIT_CONFIG_NOSYSTEM"]) {
      paths.append(environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig")
    }
    return paths.filter { !$0.isEmpty }
  }

  private func ask(_ key: String) -> String? {
    let result = try? run(["--get", key])
    return result?.succeeded == true ? result?.text : nil
  }

  /// Writes a setting of this repository.
  /// - Throws: `unsupported` outside a repository, `not_found` without git, `io_error` when git refuses.
  func set(_ key: String, to value: String) throws(BeadsError) {
    try change(key, ["--local", key, value])
  }

  /// Removes a setting of this repository; one that is not there is no error.
  func unset(_ key: String) throws(BeadsError) {
    try change(key, ["--local", "--unset-all", key], allowing: [5])
  }

  private func change(_ key: String, _ arguments: [String], allowing allowed: [Int32] = []) throws(BeadsError)
  {
    guard repository != nil else {
      throw BeadsError(
        .unsupported,
        "cannot change git setting \(key): \(environment.currentDirectory) is in no git repository")
    }
    let result = try run(arguments)
    if case .exited(let status) = result.status, status == 0 || allowed.contains(status) { return }
    throw BeadsError(.io, "git could not change its setting \(key): \(result.errorText)")
  }

  private func run(_ arguments: [String]) throws(BeadsError) -> Subprocess.Result {
    let directory = repository?.workTree ?? environment.currentDirectory
    return try Subprocess(
      ["git", "config"] + arguments, directory: directory, variables: environment.variables,
      timeout: .seconds(10)
    ).run()
  }

  /// Section and name in lower case; a subsection keeps its letters.
  private static func normalized(_ key: String) -> String {
    guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else {
      return key.lowercased()
    }
    return key[..<first].lowercased() + key[first..<last] + key[last...].lowercased()
  }

  private static func isTrue(_ text: String?) -> Bool {
    ["1", "true", "yes", "on"].contains(text?.lowercased())
  }
}

extension Environment {
  /// The user's directory for settings: `$XDG_CONFIG_HOME` or `~/.config`; empty without a home.
  var configurationHome: String {
    if let directory = self["XDG_CONFIG_HOME"], Path.isAbsolute(directory) { return directory }
    return homeDirectory.isEmpty ? "" : Path.join(homeDirectory, ".config")
  }
}
