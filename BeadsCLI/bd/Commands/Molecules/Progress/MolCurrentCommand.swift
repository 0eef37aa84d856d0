import BeadsKit
import CommandKit

/// `bd mol current`: where an agent is in its molecule.
enum MolCurrentCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "current", summary: "Show where you are in a molecule",
      discussion: """
        Every step is done, current (somebody works on it), ready, blocked (its status says so) or pending. Without an \
        ID these are the molecules of your steps in progress, or else the ones on your hook.

        Whoever takes over from an agent that died goes on with the current step, then with the next one. A molecule \
        of more than \(longest) steps is summed up unless --limit or --range chooses some.
        """,
      examples: [
        "bd mol current bd-mol-a3f8", "bd mol current --for alice --json",
        "bd mol current bd-mol-a3f8 --range 90-120",
      ],
      flags: [
        .string("for", placeholder: "NAME", help: "Somebody else's molecules"),
        .int("limit", in: 1...Int.max, help: "Show only the first steps"),
        .string("range", placeholder: "A-B", help: "Show only these steps, counted from 1"),
      ],
      positionals: [.optionalIssue()]
    ) { arguments, context in
      let store = try context.store()
      let actor = arguments.string("for") ?? store.actor
      let range = try range(arguments)
      let graphs = try context.molecules(of: actor)
      if context.isJSON { return try write(graphs, range, actor, context) }
      if graphs.isEmpty { context.print("\(actor) works on no molecule") }
      for (index, graph) in graphs.enumerated() {
        if index > 0 { context.print("") }
        show(graph, range, actor, context)
      }
    }
  }

  private static let longest = 100

  /// The places of the steps asked for, counted from 0; nil when none were chosen.
  private static func range(_ arguments: Arguments) throws(BeadsError) -> Range<Int>? {
    let limit = arguments.string("limit").flatMap { Int($0) }
    guard let text = arguments.string("range") else { return limit.map { 0..<$0 } }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0, first <= last else {
      throw BeadsError(.invalid, "--range: \(quoted(text)) is not a range", hint: "use A-B, for example 1-50")
    }
    return (first - 1)..<min(last, limit.map { first - 1 + min($0, last) } ?? last)
  }

  private static func show(
    _ graph: MoleculeGraph, _ range: Range<Int>?, _ actor: String, _ context: BdContext
  ) {
    context.print(StepText.heading(graph))
    let current = graph.currentStep(for: actor)
    if range == nil, graph.steps.count > longest {
      context.print("  \(StepText.counts(graph))")
    } else {
      var table = Table([.init(), .init(), .init(), .init(isFlexible: true)])
      for step in chosen(graph, range) {
        let mark = step.id == current?.id ? TerminalText("  ← here", .yellow) : ""
        table.add(
          "  \(StepText.icon(step.state)) \(step.state.rawValue, step.state == .pending ? .gray : .plain)",
          TerminalText(step.id.rawValue, .bold),
          TerminalText(step.assignee.isEmpty ? "" : "@" + step.assignee, .cyan),
          "\(step.title)\(mark)")
      }
      context.output.print(table)
    }
    if let current { context.print("Current step: \(StepText.name(current))") }
    if let next = graph.nextStep(for: actor) { context.print("Next step: \(StepText.name(next))") }
    if graph.steps.isEmpty { return }
    if graph.isComplete { context.print("All steps are done") }
  }

  private static func chosen(_ graph: MoleculeGraph, _ range: Range<Int>?) -> ArraySlice<MoleculeStep> {
    graph.steps[(range ?? 0..<graph.steps.count).clamped(to: 0..<graph.steps.count)]
  }

  private static func write(
    _ graphs: [MoleculeGraph], _ range: Range<Int>?, _ actor: String, _ context: BdContext
  ) throws(BeadsError) {
    var wanted: [IssueID] = []
    for graph in graphs {
      wanted += chosen(graph, range).map(\.id)
      wanted += [graph.currentStep(for: actor), graph.nextStep(for: actor)].compactMap { $0?.id }
    }
    let issues = Dictionary(try context.store().issues(Array(Set(wanted))).map { ($0.id, $0) }) { first, _ in
      first
    }
    context.json { writer in
      writer.array(graphs) { writer, graph in
        writer.object { writer in
          writer.member("molecule_id", graph.root.id.rawValue)
          writer.member("molecule_title", graph.root.title)
          if !graph.root.assignee.isEmpty { writer.member("assignee", graph.root.assignee) }
          let current = graph.currentStep(for: actor)
          if let issue = current.flatMap({ issues[$0.id] }) {
            writer.key("current_step")
            writer.issue(issue)
          }
          if let issue = graph.nextStep(for: actor).flatMap({ issues[$0.id] }) {
            writer.key("next_step")
            writer.issue(issue)
          }
          writer.key("steps")
          writer.array(chosen(graph, range)) { writer, step in
            writer.object { writer in
              if let issue = issues[step.id] {
                writer.key("issue")
                writer.issue(issue)
              }
              writer.member("status", step.state.rawValue)
              writer.member("is_current", step.id == current?.id)
            }
          }
          writer.member("completed", graph.completed)
          writer.member("total", graph.steps.count)
        }
      }
    }
  }
}
