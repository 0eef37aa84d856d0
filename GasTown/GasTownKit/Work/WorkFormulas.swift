public import BeadsKit

/// The formulas that say how work is done: those of the rig, the town, the user and the program, in this order, with
/// the changes that `formula-overlays/NAME.toml` makes in the steps of one.
///
/// An overlay of the rig replaces the town's of the same name.
public struct WorkFormulas: Sendable {
  /// What a polecat does with an issue unless something else is said.
  public static let standard = "mol-polecat-work"
  /// What a polecat does with a conflict that the merge engine found.
  public static let conflict = "mol-polecat-conflict-resolve"

  private let library: FormulaLibrary
  private let overlayPaths: [String]

  /// Looks into the directories of a town and, if there is one, a rig.
  /// - Parameter beadsDirectory: Where the rig's tracker is.
  public init(_ town: Town, rig: RigName?, beadsDirectory: String?) {
    var directories = beadsDirectory.map { [Path.join($0, "formulas")] } ?? []
    directories.append(town.path(".beads/formulas"))
    if !town.environment.homeDirectory.isEmpty {
      directories.append(Path.join(town.environment.homeDirectory, ".beads/formulas"))
    }
    library = FormulaLibrary(environment: town.environment, directories: directories)
    let places = (rig.map { [town.path(of: $0)] } ?? []) + [town.root]
    overlayPaths = places.map { Path.join($0, "formula-overlays") }
  }

  /// Every formula there is, by name.
  public func entries() throws(BeadsError) -> [FormulaLibrary.Entry] { try library.entries() }

  /// A formula as it was written.
  /// - Throws: `not_found` with the nearest name, `invalid`.
  public func formula(named name: String) throws(BeadsError) -> Formula { try library.formula(named: name) }

  /// The file of the overlay that applies to a formula, if there is one.
  public func overlayPath(of name: String) -> String? {
    guard !name.contains("/") else { return nil }
    return overlayPaths.lazy.map { Path.join($0, name + ".toml") }.first(where: FileSystem.exists)
  }

  /// A formula with its overlay applied, its steps laid out and its variables filled in.
  ///
  /// Steps that the formula gets by expansions cannot be changed by an overlay.
  /// - Throws: `not_found`, `invalid` naming the variables that are missing.
  public func cooked(_ name: String, values: [String: String]) throws(BeadsError) -> Formula {
    let library = library
    return try overlaid(name).cooked(values: values) { name throws(BeadsError) in
      try library.formula(named: name)
    }
  }

  /// What a formula makes.
  public func plan(_ name: String, values: [String: String]) throws(BeadsError) -> MoleculePlan {
    try MoleculePlan(try cooked(name, values: values), isFilled: true)
  }

  /// A formula that `entries` told, with what it extends, as no overlay has changed it.
  public func resolved(_ entry: FormulaLibrary.Entry) throws(BeadsError) -> Formula {
    try library.resolved(entry)
  }

  /// A formula with what it extends, as no overlay has changed it.
  public func resolved(_ name: String) throws(BeadsError) -> Formula { try library.resolved(named: name) }

  /// A formula with what it extends, as its overlay changes it.
  public func overlaid(_ name: String) throws(BeadsError) -> Formula {
    var formula = try library.resolved(named: name)
    // What it extends is in it now; brought in once more, a step that the overlay leaves out would be back.
    formula.extends = []
    guard let path = overlayPath(of: name) else { return formula }
    return try formula.applying(try FormulaOverlay(toml: FileSystem.read(path), source: path))
  }
}

extension Ledgers {
  /// The tracker of a rig, or the town's own for agents without one.
  public func store(of rig: RigName?) throws(BeadsError) -> Store {
    if let rig { return try store(of: rig) }
    return try hq()
  }

  /// The formulas that apply to the work of a rig, or of the town itself.
  public func formulas(of rig: RigName?) throws(BeadsError) -> WorkFormulas {
    let directory = try rig.map { rig throws(BeadsError) in try store(of: rig).location.directory }
    return WorkFormulas(town, rig: rig, beadsDirectory: directory)
  }
}
