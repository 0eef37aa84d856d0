import BeadsKit
import CommandKit

/// `bd ready --mol`: the steps of one molecule that can be started.
enum ReadySteps {
  static func show(_ word: String, limit: Int?, _ context: BdContext) throws {
    let store = try context.store()
    let (graph, analysis, issues) = try store.read { () throws(BeadsError) in
      let graph = try context.molecule(word)
      let ready = graph.readySteps.prefix(limit ?? Int.max).map(\.id)
      return (graph, try store.parallelAnalysis(of: graph), try store.issues(ready))
    }
    let steps = Dictionary(analysis.steps.map { ($0.id, $0) }) { first, _ in first }
    if context.isJSON { return write(graph, analysis, steps, issues, context) }
    context.print(StepText.heading(graph))
    if issues.isEmpty { context.print("No step is ready: \(StepText.counts(graph))") }
    for issue in issues {
      let group = steps[issue.id]?.group
      let line = IssueText.line(issue, store.rules.vocabulary)
      context.print("  \(line)\(group.map { " [\($0)]" } ?? "", .cyan)")
    }
  }

  /// Takes the first step that nobody has.
  static func claim(_ word: String, _ context: BdContext) throws {
    let molecule = try context.molecule(word).root.id
    let claimed = try context.change("claim") { transaction throws(BeadsError) in
      try transaction.claimStep(of: molecule)
    }
    let issues = try context.store().issues(claimed.map { [$0.id] } ?? [])
    LastTouched.write(claimed?.id, context)
    if context.isJSON { return try context.arrayWithCounts(issues) }
    guard let issue = issues.first else { return context.print("No step of \(molecule) is ready") }
    context.print("\("✓", .green) Claimed \(issue.id, .bold): \(issue.title)")
  }

  private static func write(
    _ graph: MoleculeGraph, _ analysis: ParallelAnalysis, _ steps: [IssueID: ParallelAnalysis.Step],
    _ issues: [Issue], _ context: BdContext
  ) {
    context.object { writer in
      writer.member("molecule_id", graph.root.id.rawValue)
      writer.member("molecule_title", graph.root.title)
      writer.member("total_steps", graph.steps.count)
      writer.member("ready_steps", issues.count)
      writer.key("steps")
      writer.array(issues) { writer, issue in
        writer.object { writer in
          writer.key("issue")
          writer.issue(issue, edges: .edgesOnly)
          guard let step = steps[issue.id] else { return }
          writer.key("parallel_info")
          writer.parallelStep(step)
          if let group = step.group { writer.member("parallel_group", group) }
        }
      }
      let named = Set(issues.compactMap { steps[$0.id]?.group })
      writer.key("parallel_groups")
      writer.parallelGroups(analysis.groups.filter { named.contains($0.name) })
    }
  }
}
