import BeadsKit
import CommandKit

/// `bd mol show`: the structure of a molecule or proto.
enum MolShowCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "show", summary: "Show the steps of a molecule and how they depend on each other",
      discussion:
        "--parallel adds which steps can be done side by side: those of one group need not wait for each other.",
      examples: ["bd mol show bd-mol-a3f8", "bd mol show bd-mol-a3f8 --parallel --json"],
      flags: [.bool("parallel", short: "p", help: "Show which steps can be done side by side")],
      positionals: [.issue()]
    ) { arguments, context in
      let store = try context.store()
      let isParallel = arguments.bool("parallel")
      let (graph, issues, analysis) = try store.read { () throws(BeadsError) in
        let graph = try context.molecule(arguments.positionals[0])
        let analysis =
          isParallel || !context.isJSON ? try store.parallelAnalysis(of: graph) : nil
        return (graph, try store.issues(graph.steps.map(\.id)), analysis)
      }
      if let analysis, !context.isJSON {
        try show(graph, issues, analysis, isParallel: isParallel, context)
      } else {
        write(graph, issues, analysis, context)
      }
    }
  }

  private static func show(
    _ graph: MoleculeGraph, _ issues: [Issue], _ analysis: ParallelAnalysis, isParallel: Bool,
    _ context: BdContext
  ) throws(BeadsError) {
    context.print(StepText.heading(graph))
    if let text = bonds(graph.root) { context.print("  \("made from", .gray) \(text)") }
    let steps = Dictionary(zip(graph.steps, analysis.steps).map { ($0.id, ($0, $1)) }) { first, _ in first }
    for row in IssueTree(issues).rows {
      guard let (step, place) = steps[row.issue.id] else { continue }
      var line: TerminalText = "  \(row.branches, .gray)\(StepText.icon(step.state)) \(StepText.name(step))"
      if isParallel, let group = place.group { line += " \("[\(group)]", .cyan)" }
      if !place.blockedBy.isEmpty {
        line += " \("(waits for \(place.blockedBy.map(\.rawValue).joined(separator: ", ")))", .gray)"
      }
      context.print(line)
    }
    let names = graph.variables(issues)
    if !names.isEmpty { context.print("Variables: \(names.joined(separator: ", "))") }
    if isParallel { showGroups(analysis, context) }
  }

  private static func showGroups(_ analysis: ParallelAnalysis, _ context: BdContext) {
    context.print("\(StepText.count(analysis.readyCount)) can be worked on now")
    for group in analysis.groups {
      context.print("\(group.name, .cyan): \(group.steps.map(\.rawValue).joined(separator: ", "))")
    }
  }

  /// What a compound was made from.
  private static func bonds(_ root: Issue) -> String? {
    let sources = root.bondedFrom.flatMap { JSONValue(parsing: $0)?.arrayValue } ?? []
    let names = sources.compactMap { ($0["source_id"] ?? $0["proto_id"])?.stringValue }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private static func write(
    _ graph: MoleculeGraph, _ issues: [Issue], _ analysis: ParallelAnalysis?, _ context: BdContext
  ) {
    let all = [graph.root] + issues
    let ids = Set(all.map(\.id))
    context.object { writer in
      writer.key("root")
      writer.issue(graph.root)
      writer.key("issues")
      writer.array(all) { $0.issue($1) }
      writer.key("dependencies")
      writer.array(all.flatMap(\.dependencies).filter { ids.contains($0.dependsOnID) }) { $0.dependency($1) }
      writer.member("variables", graph.variables(issues))
      writer.member("is_compound", bonds(graph.root) != nil)
      writer.key("bonded_from")
      if let bonded = graph.root.bondedFrom { writer.raw(bonded) } else { writer.raw("[]") }
      guard let analysis else { return }
      writer.key("parallel")
      writer.object { writer in
        writer.member("molecule_id", graph.root.id.rawValue)
        writer.member("total_steps", analysis.steps.count)
        writer.member("ready_steps", analysis.readyCount)
        writer.key("parallel_groups")
        writer.parallelGroups(analysis.groups)
        writer.key("steps")
        writer.object { writer in
          for step in analysis.steps {
            writer.key(step.id.rawValue)
            writer.parallelStep(step)
          }
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes groups as an object of lists of IDs.
  mutating func parallelGroups(_ groups: [ParallelAnalysis.Group]) {
    object { writer in
      for group in groups {
        writer.key(group.name)
        writer.strings(group.steps.map(\.rawValue))
      }
    }
  }

  /// Writes what the order means for a step.
  mutating func parallelStep(_ step: ParallelAnalysis.Step) {
    object { writer in
      writer.member("step_id", step.id.rawValue)
      writer.member("status", step.status.rawValue)
      writer.member("is_ready", step.isReady)
      if let group = step.group { writer.member("parallel_group", group) }
      writer.member("blocked_by", step.blockedBy.map(\.rawValue))
      writer.member("blocks", step.blocks.map(\.rawValue))
      writer.member("can_parallel", step.group != nil)
    }
  }
}
