import BeadsKit
import CommandKit

/// `bd mol progress`: how far a molecule is and how long the rest will take.
enum MolProgressCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "progress", summary: "Show how far a molecule is",
      discussion: """
        Counts the direct steps. The rate is that between the first and the last step that was closed. Without an ID \
        it is the molecule of your step in progress, or else the one on your hook.
        """,
      examples: ["bd mol progress bd-mol-a3f8", "bd mol progress --json"], positionals: [.optionalIssue()]
    ) { arguments, context in
      let actor = try context.store().actor
      let graphs = try context.molecules(of: actor)
      guard let graph = graphs.first else {
        if context.isJSON { return context.json { $0.array([Int]()) { $0.int(Int64($1)) } } }
        return context.print("\(actor) works on no molecule")
      }
      if graphs.count > 1 {
        let others = graphs.dropFirst().map(\.root.id.rawValue).joined(separator: ", ")
        context.warn("\(actor) works on other molecules too: \(others)")
      }
      let current = graph.currentStep(for: actor)
      if context.isJSON { return write(graph, current, context) }
      show(graph, current, context)
    }
  }

  private static func show(_ graph: MoleculeGraph, _ current: MoleculeStep?, _ context: BdContext) {
    let progress = graph.progress
    context.print("\(graph.root.id, .bold) — \(graph.root.title)")
    context.print(
      "    \(bar(progress), .green) \(progress.completed) of \(StepText.count(progress.total)) done (\(Int(progress.percent))%)"
    )
    if let current { context.print("    Current step: \(StepText.name(current))") }
    guard let rate = progress.ratePerHour else { return }
    let rest = progress.hoursLeft.map { ", about \(StepText.decimal($0)) h to go" } ?? ""
    context.print("    Rate: \(StepText.decimal(rate)) per hour\(rest)")
  }

  /// Twenty columns, filled in proportion.
  private static func bar(_ progress: MoleculeProgress) -> String {
    let filled = Int(progress.percent / 5)
    return String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
  }

  private static func write(_ graph: MoleculeGraph, _ current: MoleculeStep?, _ context: BdContext) {
    let progress = graph.progress
    context.object { writer in
      writer.member("molecule_id", graph.root.id.rawValue)
      writer.member("molecule_title", graph.root.title)
      writer.member("total", progress.total)
      writer.member("completed", progress.completed)
      writer.member("in_progress", progress.inProgress)
      writer.member("current_step_id", current?.id.rawValue ?? "")
      if progress.total > 0 { writer.number("percent", progress.percent) }
      if let rate = progress.ratePerHour { writer.number("rate_per_hour", rate) }
      if let hours = progress.hoursLeft { writer.number("eta_hours", hours) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func number(_ name: String, _ value: Double) {
    key(name)
    double(value)
  }
}
