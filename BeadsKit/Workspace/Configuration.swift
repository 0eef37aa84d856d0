import BeadsFormats
import BeadsModel
public import BeadsSystem
import Synchronization

/// The settings of a project, as options, environment variables, YAML files and the database give them.
///
/// The strongest wins: option, variable, database (for settings kept there), `config.local.yaml`,
/// `config.yaml`, the user's own `bd/config.yaml` and `~/.beads/config.yaml`, default. Files are read when
/// a setting is first asked for that nothing stronger gives, and once.
public final class Configuration: Sendable {
  let environment: Environment
  let workspace: Workspace?
  private let options: [String: String]
  private let files: Mutex<[ConfigurationFile]?> = Mutex(nil)

  /// Makes the settings of a project; nothing is read yet.
  /// - Parameters:
  ///   - workspace: The project; nil for the user's settings alone.
  ///   - options: What the command line says, by the name of the setting.
  public init(environment: Environment, workspace: Workspace?, options: [String: String] = [:]) {
    self.environment = environment
    self.workspace = workspace
    self.options = options
  }

  /// Where a value comes from.
  public enum Source: Sendable, Equatable {
    /// The command line.
    case option
    /// This environment variable.
    case variable(String)
    /// The database of this clone.
    case database
    /// This file.
    case file(String)
    /// Git's configuration.
    case git
    /// Nobody set it.
    case standard
  }

  /// A setting in effect.
  public struct Value: Sendable, Equatable {
    /// The setting's name.
    public let key: String
    /// Its text; entries of a list are separated by commas.
    public let text: String
    /// Where it comes from.
    public let source: Source
  }

  /// The value in effect, or nil when nothing is set and there is no default.
  /// - Parameter stored: The value in the database, for settings that are kept there.
  /// - Throws: `invalid` naming file, line and column when a file is no YAML; `io_error`.
  public func value(_ key: String, stored: String? = nil) throws(BeadsError) -> Value? {
    let known = ConfigurationKey.find(key)
    if let text = options[key] { return Value(key: key, text: text, source: .option) }
    if let (name, text) = variable(key, known) { return Value(key: key, text: text, source: .variable(name)) }
    if known?.storage == .git {
      return GitConfig(environment).value(key).map { Value(key: key, text: $0, source: .git) }
    }
    if let stored { return Value(key: key, text: stored, source: .database) }
    if let value = try fileValue(key, known) { return value }
    guard let known, !known.isFamily, let text = known.defaultValue else { return nil }
    return Value(key: key, text: text, source: .standard)
  }

  private func variable(_ key: String, _ known: ConfigurationKey?) -> (name: String, text: String)? {
    guard let known, known.storage == .yaml || !known.variables.isEmpty else { return nil }
    let spelled = "BD_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 }
    for name in known.variables + [spelled] {
      if let text = environment[name], !text.isEmpty { return (name, text) }
    }
    return nil
  }

  /// The value that the YAML files give, leaving out everything else.
  func fileValue(_ key: String, _ known: ConfigurationKey? = nil) throws(BeadsError) -> Value? {
    for file in try loadedFiles() {
      for name in [key] + (known?.aliases ?? []) {
        if let text = file.text(name) { return Value(key: key, text: text, source: .file(file.path)) }
      }
    }
    return nil
  }

  // MARK: Typed values

  /// The text of a setting.
  /// - Throws: as `value` does.
  public func string(_ key: String, stored: String? = nil) throws(BeadsError) -> String? {
    try value(key, stored: stored)?.text
  }

  /// Whether a setting is on; off when nothing is set.
  /// - Throws: `invalid` when the text is neither true nor false.
  public func bool(_ key: String, stored: String? = nil) throws(BeadsError) -> Bool {
    try typed(key, stored, "true or false", ConfigurationKey.boolean) ?? false
  }

  /// A whole number.
  /// - Throws: `invalid` when the text is none.
  public func int(_ key: String, stored: String? = nil) throws(BeadsError) -> Int? {
    try typed(key, stored, "a whole number") { Int($0) }
  }

  /// A time; a number alone means seconds.
  /// - Throws: `invalid` when the text is none.
  public func duration(_ key: String, stored: String? = nil) throws(BeadsError) -> Duration? {
    try typed(key, stored, "a time such as 30s or 1h30m", ConfigurationKey.duration)
  }

  /// The entries of a list: a YAML list, a JSON array, or words separated by commas.
  public func list(_ key: String, stored: String? = nil) throws(BeadsError) -> [String] {
    ConfigurationList.parse(try string(key, stored: stored) ?? "")
  }

  /// The entries below a key, such as the paths in `external_projects`, in byte order of their names.
  public func map(_ key: String) throws(BeadsError) -> [(name: String, value: String)] {
    var entries: [String: String] = [:]
    for file in try loadedFiles().reversed() {
      for (name, text) in file.settings where name.hasPrefix(key + ".") {
        entries[String(name.dropFirst(key.count + 1))] = text
      }
    }
    return entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
  }

  /// The statuses and types of this project.
  /// - Parameter stored: The settings in the database.
  public func vocabulary(stored: [String: String]) throws(BeadsError) -> Vocabulary {
    Vocabulary(
      customStatuses: try string("status.custom", stored: stored["status.custom"]),
      customTypes: try string("types.custom", stored: stored["types.custom"]),
      infrastructureTypes: try string("types.infra", stored: stored["types.infra"]))
  }

  /// Who makes changes; see `ActorIdentity.resolve`.
  /// - Parameter option: The value of `--actor`.
  public func actor(option: String?) throws(BeadsError) -> ActorIdentity {
    try ActorIdentity.resolve(
      option: option, configured: { () throws(BeadsError) in try fileValue("actor")?.text },
      environment: environment)
  }

  private func typed<T>(
    _ key: String, _ stored: String?, _ expected: String, _ convert: (String) -> T?
  ) throws(BeadsError) -> T? {
    guard let value = try value(key, stored: stored) else { return nil }
    if let converted = convert(value.text) { return converted }
    throw BeadsError(
      .invalid, "the setting \(key) is '\(value.text)' in \(value.source)", hint: "it takes \(expected)")
  }

  // MARK: Files

  /// The files there are, strongest first.
  func loadedFiles() throws(BeadsError) -> [ConfigurationFile] {
    if let loaded = files.withLock({ $0 }) { return loaded }
    var loaded: [ConfigurationFile] = []
    for path in paths {
      if let file = try ConfigurationFile(path) { loaded.append(file) }
    }
    let result = loaded
    files.withLock { $0 = result }
    return result
  }

  /// Makes the next lookup read the files again.
  func forgetFiles() { files.withLock { $0 = nil } }

  private var paths: [String] {
    var paths = workspace.map { [$0.localConfigPath, $0.configPath] } ?? []
    let home = environment.homeDirectory
    var personal = [Path.join(environment.configurationHome, "bd/config.yaml")]
    if !home.isEmpty { personal.append(Path.join(home, ".beads/config.yaml")) }
    // HOME may be somebody else's, after su or sudo: what may not be read there is not this user's.
    for path in personal where Path.isAbsolute(path) && !paths.contains(path) && FileSystem.isReadable(path) {
      paths.append(path)
    }
    return paths
  }
}

extension Configuration.Source: CustomStringConvertible {
  /// The place as a person would say it.
  public var description: String {
    switch self {
    case .option: "the command line"
    case .variable(let name): name
    case .database: "the database"
    case .file(let path): path
    case .git: "git config"
    case .standard: "default"
    }
  }
}
