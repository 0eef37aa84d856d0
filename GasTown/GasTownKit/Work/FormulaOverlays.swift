public import BeadsKit

/// The overlays of a town: `formula-overlays/NAME.toml` in its root, and of a rig in the rig's folder.
///
/// A rig's file takes the place of the town's of the same name.
public struct FormulaOverlays {
  /// One file.
  public struct File: Sendable {
    /// The formula it changes.
    public let formula: String
    /// Whose it is; nil for the town's.
    public let rig: RigName?
    /// Where it is.
    public let path: String
    /// What it changes.
    public let overlay: FormulaOverlay
    /// The steps it names that the formula does not have.
    public let staleSteps: [String]
    /// Why it cannot be used; nothing is known of its changes then.
    public let problem: BeadsError?
  }

  private let ledgers: Ledgers
  private var town: Town { ledgers.town }

  /// Looks at the town of these trackers.
  public init(_ ledgers: Ledgers) { self.ledgers = ledgers }

  /// Where the overlay of a formula is, or would be.
  /// - Throws: `invalid` for a name that no formula has.
  public func path(of formula: String, rig: RigName?) throws(BeadsError) -> String {
    if formula.isEmpty || formula.contains("/") || formula.hasPrefix(".") {
      throw BeadsError(.invalid, "\(quoted(formula)) is no name of a formula")
    }
    return Path.join(directory(rig), formula + ".toml")
  }

  private func directory(_ rig: RigName?) -> String {
    Path.join(rig.map { town.path(of: $0) } ?? town.root, "formula-overlays")
  }

  // MARK: Reading

  /// Every overlay of the town and its rigs, by formula, the town's first.
  ///
  /// A file that cannot be understood is among them, with its problem.
  public func all() throws(BeadsError) -> [File] {
    var found = try files(nil)
    for rig in try town.rigs() { found += try files(rig.name) }
    return found.sorted { ($0.formula, $0.rig?.rawValue ?? "") < ($1.formula, $1.rig?.rawValue ?? "") }
  }

  private func files(_ rig: RigName?) throws(BeadsError) -> [File] {
    let directory = directory(rig)
    guard FileSystem.isDirectory(directory) else { return [] }
    var found: [File] = []
    for name in try FileSystem.list(directory) where name.hasSuffix(".toml") && !name.hasPrefix(".") {
      if let file = try file(of: String(name.dropLast(5)), rig: rig) { found.append(file) }
    }
    return found
  }

  /// The overlay of a formula at one place; nil when there is none.
  public func file(of formula: String, rig: RigName?) throws(BeadsError) -> File? {
    let path = try path(of: formula, rig: rig)
    guard let bytes = try FileSystem.readIfPresent(path) else { return nil }
    do throws(BeadsError) {
      let overlay = try FormulaOverlay(toml: bytes, source: path)
      let resolved = try ledgers.formulas(of: rig).resolved(formula)
      return File(
        formula: formula, rig: rig, path: path, overlay: overlay,
        staleSteps: overlay.staleSteps(in: resolved),
        problem: nil)
    } catch {
      return File(
        formula: formula, rig: rig, path: path, overlay: FormulaOverlay([]), staleSteps: [], problem: error)
    }
  }

  /// The overlay that applies to the work of a rig: its own, else the town's.
  public func effective(of formula: String, rig: RigName?) throws(BeadsError) -> File? {
    if let rig, let own = try file(of: formula, rig: rig) { return own }
    return try file(of: formula, rig: nil)
  }

  // MARK: Writing

  /// Changes one step of a formula; an earlier change of it at the same place is replaced.
  /// - Throws: `not_found` for an unknown formula or step, `invalid` for a text that is missing or too much, or a file
  ///   that cannot be understood; then nothing has changed.
  public func set(
    _ override: FormulaOverlay.Override, of formula: String, rig: RigName?
  ) throws(BeadsError) -> File {
    if override.mode != .skip, override.summary?.isEmpty ?? true {
      throw BeadsError(.invalid, "\(override.mode.rawValue) needs a text", hint: "--text \"...\", or --stdin")
    }
    if override.mode == .skip, override.summary != nil {
      throw BeadsError(.invalid, "a step that is left out has no text")
    }
    return try change(formula, rig) { text, path throws(BeadsError) in
      var blocks = try Self.blocks(text, path)
      let block = try FormulaOverlay([override]).toml()
      if let place = blocks.firstIndex(where: { $0.step == override.stepID }) {
        blocks[place].text = block
        // Of one step there is one change.
        blocks = blocks.enumerated().filter { $0.offset <= place || $0.element.step != override.stepID }
          .map(\.element)
      } else {
        blocks.append((override.stepID, (blocks.last?.text.isEmpty ?? true ? "" : "\n") + block))
      }
      return blocks.map(\.text).joined()
    }
  }

  /// Takes back what the overlay changes in a step; an overlay without changes is removed.
  /// - Throws: `not_found` when it changes nothing there.
  public func remove(_ step: String, of formula: String, rig: RigName?) throws(BeadsError) -> File? {
    let path = try path(of: formula, rig: rig)
    let text = try FileSystem.readIfPresent(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let blocks = try Self.blocks(text, path)
    guard blocks.contains(where: { $0.step == step }) else {
      throw BeadsError(
        .notFound,
        "no overlay changes the step \(quoted(step)) of \(formula)\(rig.map { " in \($0)" } ?? "")",
        hint: "`gt formula overlay list` shows what is changed")
    }
    let rest = blocks.filter { $0.step != step }.map(\.text).joined()
    if try FormulaOverlay(toml: Array(rest.utf8), source: path).overrides.isEmpty, Self.isBlank(rest) {
      try FileSystem.remove(path)
      return nil
    }
    return try replace(rest, of: formula, rig: rig)
  }

  /// Replaces the whole text of an overlay.
  /// - Throws: `not_found` for an unknown formula or step, `invalid` naming each problem; then nothing has changed.
  public func replace(_ text: String, of formula: String, rig: RigName?) throws(BeadsError) -> File {
    try change(formula, rig) { _, _ in text }
  }

  private func change(
    _ formula: String, _ rig: RigName?, _ edit: (String, String) throws(BeadsError) -> String
  ) throws(BeadsError) -> File {
    let path = try path(of: formula, rig: rig)
    let resolved = try ledgers.formulas(of: rig).resolved(formula)
    if resolved.kind == .convoy {
      throw BeadsError(
        .invalid, "\(formula) has legs, not steps: overlays cannot change them",
        hint: "`gt formula create` makes one of your own")
    }
    let old = try FileSystem.readIfPresent(path)
    let text = try edit(old.map { String(decoding: $0, as: UTF8.self) } ?? "", path)
    let known = try old.map { bytes throws(BeadsError) in
      (try? FormulaOverlay(toml: bytes, source: path))?.staleSteps(in: resolved) ?? []
    }
    let overlay = try FormulaOverlay(toml: Array(text.utf8), source: path)
    // What had gone stale before is no fault of this change.
    let stale = overlay.staleSteps(in: resolved)
    if let unknown = stale.first(where: { !(known ?? []).contains($0) }) {
      throw BeadsError(
        .notFound, "\(formula) has no step \(quoted(unknown))",
        hint: "`gt formula show \(formula)` lists its steps")
    }
    _ = try resolved.applying(overlay)
    if old != Array(text.utf8) {
      try FileSystem.makeDirectory(Path.directory(of: path))
      try FileSystem.replace(path, with: Array(text.utf8))
    }
    return File(
      formula: formula, rig: rig, path: path, overlay: overlay, staleSteps: stale, problem: nil)
  }

  /// The text in pieces, each beginning at the head of a change, so that what people wrote between them stays.
  private static func blocks(
    _ text: String, _ path: String
  ) throws(BeadsError) -> [(step: String?, text: String)] {
    _ = try FormulaOverlay(toml: Array(text.utf8), source: path)
    var pieces: [String] = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.trimmingPrefix(while: \.isWhitespace).hasPrefix("[[step-overrides]]") { pieces.append("") }
      pieces[pieces.count - 1] += line + "\n"
    }
    pieces[pieces.count - 1].removeLast()
    var blocks: [(step: String?, text: String)] = []
    for piece in pieces where !piece.isEmpty {
      let part = try FormulaOverlay(toml: Array(piece.utf8), source: path)
      guard part.overrides.count < 2 else {
        throw BeadsError(
          .unsupported, "\(path) is too unusual to be changed step by step", hint: "edit the file")
      }
      blocks.append((part.overrides.first?.stepID, piece))
    }
    return blocks
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
