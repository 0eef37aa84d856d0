import BeadsKit
import CommandKit

extension BdContext {
  /// The molecule a user means: the issue's own steps, or, for one without any, those of the molecule it is a step of.
  func molecule(_ word: String) throws(BeadsError) -> MoleculeGraph {
    let store = try store()
    let id = try resolve(word)
    let graph = try store.moleculeGraph(of: id)
    if !graph.steps.isEmpty { return graph }
    guard let root = try store.moleculeRoot(of: id) else {
      throw BeadsError(
        .invalid, "\(id) is no molecule: it has no steps, and is not a step of one",
        hint: "name an epic or molecule, or one of its steps")
    }
    return root == id ? graph : try store.moleculeGraph(of: root)
  }

  /// The molecule on the command line, or those that an actor works on, the one touched last first.
  func molecules(of actor: String) throws(BeadsError) -> [MoleculeGraph] {
    let store = try store()
    return try store.read { () throws(BeadsError) in
      if let word = arguments.positionals.first { return [try molecule(word)] }
      var graphs: [MoleculeGraph] = []
      for id in try store.molecules(of: actor) { graphs.append(try store.moleculeGraph(of: id)) }
      return graphs
    }
  }
}

/// What the commands about molecules print alike.
enum StepText {
  /// `t-mol-a3f — Release, 3 of 10 steps done`.
  static func heading(_ graph: MoleculeGraph) -> TerminalText {
    "\(graph.root.id, .bold) — \(graph.root.title)\(", \(graph.completed) of \(count(graph.steps.count)) done", .gray)"
  }

  /// `1 step`, `10 steps`.
  static func count(_ steps: Int) -> String { "\(steps) step\(steps == 1 ? "" : "s")" }

  /// `t-mol-a3f: Compile`.
  static func name(_ step: MoleculeStep) -> TerminalText { "\(step.id, .bold): \(step.title)" }

  /// The character and colour of a state.
  static func icon(_ state: MoleculeStep.State) -> TerminalText {
    switch state {
    case .done: TerminalText("✓", .green)
    case .current: TerminalText("◐", .yellow)
    case .blocked: TerminalText("●", .red)
    case .ready: "○"
    case .pending: TerminalText("·", .gray)
    }
  }

  /// `3 done, 1 current, 2 ready, 4 pending`; states without steps are left out.
  static func counts(_ graph: MoleculeGraph) -> String {
    MoleculeStep.State.allCases.map { ($0, graph.count($0)) }.filter { $0.1 > 0 }
      .map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
  }

  /// Two decimals at most, without a formatter.
  static func decimal(_ value: Double) -> String {
    let hundredths = Int((min(value, 1e12) * 100).rounded())
    let fraction = hundredths % 100
    if fraction == 0 { return "\(hundredths / 100)" }
    if fraction % 10 == 0 { return "\(hundredths / 100).\(fraction / 10)" }
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
