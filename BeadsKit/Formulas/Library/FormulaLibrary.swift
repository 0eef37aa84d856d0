public import BeadsBuiltins
import BeadsModel
public import BeadsSystem

/// The formulas that a project can use: those in its search path, then those built into the program.
///
/// Nothing is read before it is asked for. A formula is `NAME.formula.toml` or `NAME.formula.json` in one of the
/// directories; an earlier directory hides what later ones have of the same name, and TOML hides JSON.
///
///     let library = FormulaLibrary(environment: environment, directories: directories)
///     let formula = try library.cook(named: "mol-release", values: ["version": "1.2"])  // steps ready to be poured
public struct FormulaLibrary: Sendable {
  /// The directories that are searched, in order.
  public let directories: [String]
  private let environment: Environment
  private let builtins: [(name: String, bytes: [UInt8])]

  /// Makes a library.
  ///
  /// - Parameters:
  ///   - environment: Tells where relative paths start.
  ///   - directories: The search path; directories that do not exist are passed over.
  ///   - builtins: The formulas of the program, as TOML; default those that come with BeadsKit.
  public init(
    environment: Environment, directories: [String],
    builtins: [(name: String, bytes: [UInt8])] = BuiltinFormulas.all
  ) {
    self.environment = environment
    self.directories = directories
    self.builtins = builtins
  }

  /// The search path of contract 7.2: extra directories, the project's, the checkout's, the user's and the town's.
  ///
  /// - Parameters:
  ///   - beadsDirectory: The project's `.beads`, if there is a project.
  ///   - checkout: The root of the checkout, if it is in one.
  ///   - extra: Directories that come before all others.
  public static func directories(
    environment: Environment, beadsDirectory: String?, checkout: String?, extra: [String] = []
  ) -> [String] {
    var paths = extra.map {
      Path.absolute(Path.expandingHome($0, environment), in: environment.currentDirectory)
    }
    if let beadsDirectory { paths.append(Path.join(beadsDirectory, "formulas")) }
    if let checkout { paths.append(Path.join(checkout, ".beads", "formulas")) }
    if !environment.homeDirectory.isEmpty {
      paths.append(Path.join(environment.homeDirectory, ".beads", "formulas"))
    }
    if let town = environment["GT_ROOT"], !town.isEmpty {
      paths.append(Path.join(town, ".beads", "formulas"))
    }
    var seen: Set<String> = []
    return paths.map(Path.normalized).filter { seen.insert($0).inserted }
  }

  // MARK: Finding

  /// Where a formula is: a path, or `builtin:NAME`.
  public struct Entry: Sendable, Equatable {
    /// The name it is used by.
    public let name: String
    /// A path, or `builtin:NAME`.
    public let source: String
    let builtin: Int?
  }

  /// Every formula that can be used, by name; those hidden by another of the same name are left out.
  /// - Throws: `io_error` for a directory that cannot be listed.
  public func entries() throws(BeadsError) -> [Entry] {
    var found: [String: Entry] = [:]
    for directory in directories where FileSystem.isDirectory(directory) {
      let names = try FileSystem.list(directory)
      for suffix in Self.suffixes {
        for file in names where file.hasSuffix(suffix) {
          let name = String(file.dropLast(suffix.count))
          guard found[name] == nil, !name.isEmpty else { continue }
          found[name] = Entry(name: name, source: Path.join(directory, file), builtin: nil)
        }
      }
    }
    for (index, builtin) in builtins.enumerated() where found[builtin.name] == nil {
      found[builtin.name] = Entry(name: builtin.name, source: "builtin:\(builtin.name)", builtin: index)
    }
    return found.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static let suffixes = [".formula.toml", ".formula.json"]

  private func entry(named name: String) -> Entry? {
    for directory in directories {
      for suffix in Self.suffixes {
        let path = Path.join(directory, name + suffix)
        if FileSystem.exists(path) { return Entry(name: name, source: path, builtin: nil) }
      }
    }
    guard let index = builtins.firstIndex(where: { $0.name == name }) else { return nil }
    return Entry(name: name, source: "builtin:\(name)", builtin: index)
  }

  // MARK: Reading

  /// Reads a formula, by name or by the path of its file, without what it extends.
  ///
  /// - Parameter name: A name; or a path, which has a slash or ends with `.toml` or `.json`.
  /// - Throws: `not_found`; `invalid` with a detail for each problem; `io_error`.
  public func formula(named name: String) throws(BeadsError) -> Formula {
    if Self.isPath(name) {
      let path = Path.expandingHome(name, environment)
      return try formula(atPath: Path.absolute(path, in: environment.currentDirectory), shown: name)
    }
    return try formula(inSearchPath: name)
  }

  /// Reads a formula that `entries` told.
  public func formula(_ entry: Entry) throws(BeadsError) -> Formula {
    let formula: Formula
    if let index = entry.builtin {
      formula = try FormulaReader.read(builtins[index].bytes, format: .toml, source: entry.source)
    } else {
      formula = try self.formula(atPath: entry.source, shown: entry.source)
    }
    guard formula.name == entry.name else {
      let message = "the formula is called \(quoted(formula.name)), but its file \(quoted(entry.name))"
      throw .formula([FormulaProblem(message, at: formula.origin)])
    }
    return formula
  }

  private static func isPath(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".toml") || name.hasSuffix(".json")
  }

  func formula(inSearchPath name: String) throws(BeadsError) -> Formula {
    if let reason = FormulaName.problem(name) {
      throw BeadsError(.invalid, "the formula name \(quoted(name)) \(reason)")
    }
    guard let entry = entry(named: name) else { throw missing(name) }
    return try formula(entry)
  }

  private func formula(atPath path: String, shown: String) throws(BeadsError) -> Formula {
    guard let status = try FileSystem.status(path) else {
      throw BeadsError(.notFound, "there is no file \(shown)")
    }
    guard status.kind == .regular else { throw BeadsError(.invalid, "\(shown) is no file") }
    guard status.stamp.size <= FormulaReader.sizeLimit else {
      throw BeadsError(.invalid, "\(shown) is larger than \(FormulaReader.sizeLimit >> 20) MB")
    }
    guard let format = FormulaFormat(path: path) else {
      throw BeadsError(.invalid, "\(shown) is neither .toml nor .json")
    }
    return try FormulaReader.read(try FileSystem.read(path), format: format, source: shown)
  }

  private func missing(_ name: String) -> BeadsError {
    var names: [String] = []
    do throws(BeadsError) { names = try entries().map(\.name) } catch {}
    let nearest = names.count > 2000 ? nil : Spelling.nearest(to: name, among: names)
    return BeadsError(
      .notFound, "there is no formula \(quoted(name))",
      hint: (nearest.map { "did you mean '\($0)'? " } ?? "") + "`bd formula list` shows those there are")
  }
}
