public import BeadsSystem

extension FormulaLibrary {
  /// A formula with everything it extends merged into it, otherwise as it was written.
  ///
  /// - Parameter name: A name or a path.
  public func resolved(named name: String) throws(BeadsError) -> Formula {
    try pantry.inherited(formula(named: name))
  }

  /// A formula that `entries` told, with everything it extends merged into it.
  public func resolved(_ entry: Entry) throws(BeadsError) -> Formula { try pantry.inherited(formula(entry)) }

  /// Reads a formula, by name or path, and cooks it without values to find out whether it can be used.
  ///
  /// Variables without default count as any allowed value where the number of steps depends on them.
  /// - Throws: `invalid` with a detail for each problem, `not_found`, `io_error`.
  @discardableResult
  public func check(_ name: String) throws(BeadsError) -> Formula {
    let formula = try formula(named: name)
    var values: [String: String] = [:]
    for variable in try pantry.inherited(formula).variables where variable.defaultValue == nil {
      values[variable.name] = variable.allowed.first ?? (variable.pattern == nil ? "1" : nil)
    }
    let pantry = pantry
    var cook = FormulaCook(try pantry.inherited(formula), values: values, pantry: pantry)
    _ = try cook.cook()
    return formula
  }

  private var pantry: FormulaPantry {
    FormulaPantry { name throws(BeadsError) in try formula(inSearchPath: name) }
  }

  /// Writes a JSON formula as TOML beside it, so that the TOML file is used from then on.
  ///
  /// - Parameters:
  ///   - entry: A formula in a `.formula.json` file.
  ///   - removesJSON: Whether the JSON file is removed once the TOML file has been read back as the same formula.
  /// - Returns: The path of the new file.
  /// - Throws: `already_exists`, `unsupported`, `invalid`, `io_error`.
  public func convert(_ entry: Entry, removesJSON: Bool = false) throws(BeadsError) -> String {
    let text = try toml(entry)
    let path = String(entry.source.dropLast(".json".count)) + ".toml"
    if FileSystem.exists(path) {
      throw BeadsError(.exists, "there is already a file \(path)", hint: "it is the one that is used")
    }
    try FileSystem.replace(path, with: Array(text.utf8))
    if removesJSON { try FileSystem.remove(entry.source) }
    return path
  }

  /// The text that `convert` writes.
  public func toml(_ entry: Entry) throws(BeadsError) -> String {
    guard entry.source.hasSuffix(".json") else {
      throw BeadsError(.invalid, "\(entry.source) is no JSON formula, and only those are converted")
    }
    let formula = try formula(entry)
    let text = try formula.toml()
    var again = try FormulaReader.read(Array(text.utf8), format: .toml, source: entry.source)
    again.source = formula.source
    guard again == formula else {
      throw BeadsError(.unsupported, "\(entry.source) holds something that TOML cannot say")
    }
    return text
  }
}
