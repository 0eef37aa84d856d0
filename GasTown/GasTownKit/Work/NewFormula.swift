public import BeadsKit

/// A formula that is begun from a template, for somebody to go on with.
public struct NewFormula: Sendable {
  /// What it begins as.
  public enum Template: String, Sendable, CaseIterable {
    /// One step.
    case task
    /// Steps one after the other.
    case workflow
    /// A round that is walked again and again.
    case patrol
  }

  /// Its name.
  public let name: String
  /// What it begins as.
  public let template: Template
  /// Whose it is; nil for the town's.
  public let rig: RigName?

  /// Names a formula.
  public init(_ name: String, _ template: Template, rig: RigName?) {
    self.name = name
    self.template = template
    self.rig = rig
  }

  /// Writes the file, `.beads/formulas/NAME.formula.toml`.
  /// - Returns: Where it is.
  /// - Throws: `exists` when the rig, or the town, has one of this name; `invalid` for a name that no formula can have.
  public func write(_ ledgers: Ledgers) throws(BeadsError) -> String {
    let formulas = try ledgers.formulas(of: rig)
    if name.contains("/") || name.hasPrefix("-") {
      throw BeadsError(.invalid, "\(quoted(name)) is no name for a formula")
    }
    do throws(BeadsError) {
      _ = try formulas.formula(named: name)
      let source = try formulas.entries().first { $0.name == name }?.source ?? name
      throw BeadsError(
        .exists, "there is a formula \(name) already: \(source)",
        hint: "`gt formula overlay edit` changes steps of it")
    } catch { if error.code != .notFound { throw error } }
    let path = Path.join(try ledgers.store(of: rig).location.directory, "formulas/\(name).formula.toml")
    let bytes = Array(text.utf8)
    _ = try FormulaReader.read(bytes, format: .toml, source: path)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: bytes)
    return path
  }

  private var text: String {
    let head = { (about: String) in
      """
      formula = "\(name)"
      description = "\(about)"
      type = "workflow"
      version = 1

      """
    }
    switch template {
    case .task:
      return head("One piece of work.") + Self.issueVariable
        + Self.step(
          "do", "Do it", "Do what {{issue}} asks for. Commit, then run `gt done`.", needs: nil)
    case .workflow:
      return head("Work in steps, one after the other.") + Self.issueVariable
        + Self.step("plan", "Look and plan", "Read {{issue}} and the code it is about.", needs: nil)
        + Self.step("implement", "Do it", "Make the change, with tests.", needs: "plan")
        + Self.step(
          "finish", "Check and finish", "Run the tests. Commit, then run `gt done`.", needs: "implement")
    case .patrol:
      return head("A round that is walked again and again.")
        + Self.step("look", "Look around", "Look at what this patrol watches.", needs: nil)
        + Self.step(
          "act", "Put right what is wrong", "Do what can be done, escalate the rest.", needs: "look")
        + Self.step("report", "Report", "Say in one sentence what was found and done.", needs: "act")
    }
  }

  private static let issueVariable = """

    [vars.issue]
    description = "The issue that is worked on."
    required = true

    """

  private static func step(_ id: String, _ title: String, _ text: String, needs: String?) -> String {
    """

    [[steps]]
    id = "\(id)"
    title = "\(title)"
    \(needs.map { "needs = [\"\($0)\"]\n" } ?? "")description = "\(text)"

    """
  }
}
