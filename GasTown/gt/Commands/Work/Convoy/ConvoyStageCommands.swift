import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy stage` and `gt convoy launch`.
enum ConvoyStageCommands {
  static var stage: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stage", summary: "Plan a convoy without giving anything out",
      discussion: """
        Takes issues, one epic, or a convoy that is staged. Shows the waves in which the issues can be done and what may \
        go wrong. With errors, such as issues that wait for each other, no convoy is made.
        """,
      examples: ["gt convoy stage ap-9zq --title \"Search\"", "gt convoy stage ap-1a2 ap-3b4 --json"],
      flags: [
        .string("title", placeholder: "TEXT", help: "What the convoy is about"),
        .string("owner", placeholder: "ADDRESS", help: "Whose it is; you unless said otherwise"),
        .bool("owned", help: "The owner ends it, with `gt convoy land`"),
        .string("base-branch", placeholder: "BRANCH", help: "The branch its work starts from"),
        .bool("no-validate", hidden: true, help: "Make no issue for the validation, as is done anyway"),
      ],
      positionals: [.oneOrMore("issue")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let ids = try context.resolveIssues(arguments.positionals)
      let first = try context.ledgers().store(for: ids[0]).issue(ids[0])
      let known = ids.count == 1 ? first.flatMap(Convoy.init) : nil
      let isEpic = ids.count == 1 && first?.type == .epic
      let work = try known?.tracked ?? (isEpic ? convoys.slingable(below: ids[0]) : ids)
      let plan = try convoys.plan(work, fromEpic: isEpic)
      var draft = ConvoyDraft(title: arguments.string("title") ?? first?.title ?? "")
      draft.owner = try arguments.string("owner").map { try context.agent($0).text }
      draft.isOwned = arguments.bool("owned")
      draft.baseBranch = try arguments.string("base-branch").map { try BranchName($0).rawValue }
      let convoy = try convoys.stage(plan, draft, again: known?.id)
      if context.isJSON { json(plan, convoy, context) } else { show(plan, convoy, context) }
      if convoy == nil { throw ExitStatus(1) }
    }
  }

  private static func show(_ plan: ConvoyPlan, _ convoy: Convoy?, _ context: GtContext) {
    let byID = Dictionary(plan.issues.map { ($0.id, $0) }) { $1 }
    for (index, wave) in plan.waves.enumerated() {
      context.print("\("Wave \(index + 1)", .bold), \(ConvoyText.issues(wave.count))")
      for id in wave { context.print("  \(id, .bold)  \(byID[id]?.issue?.title ?? "")") }
    }
    for finding in plan.findings {
      let mark: TerminalText = finding.isError ? "\("✗", .red)" : "\("!", .yellow)"
      let beads = finding.beads.isEmpty ? "" : finding.beads.map(\.rawValue).joined(separator: ", ") + " "
      context.print("\(mark) \(finding.category): \(beads)\(finding.message)")
    }
    guard let convoy else { return context.print("No convoy was made") }
    context.print("\("✓", .green) Staged \(convoy.id, .bold): \(convoy.title)")
    let force: TerminalText = plan.warnings.isEmpty ? "" : " --force"
    context.print("  `gt convoy launch \(convoy.id)\(force)` lets it begin")
  }

  private static func json(_ plan: ConvoyPlan, _ convoy: Convoy?, _ context: GtContext) {
    context.object { writer in
      writer.member("convoy_id", convoy?.id.rawValue ?? "")
      writer.member("status", convoy?.status.rawValue ?? "error")
      for (key, findings) in [("errors", plan.errors), ("warnings", plan.warnings)] {
        writer.key(key)
        writer.array(findings) { writer, finding in
          writer.object { writer in
            writer.member("severity", finding.isError ? "error" : "warning")
            writer.member("category", finding.category)
            writer.member("bead_ids", finding.beads.map(\.rawValue))
            writer.member("message", finding.message)
          }
        }
      }
      writer.key("waves")
      writer.array(plan.waves) { $0.strings($1.map(\.rawValue)) }
      writer.key("tree")
      writer.array(plan.issues) { ConvoyJSON.tracked($1, &$0) }
    }
  }

  static var launch: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "launch", summary: "Let a staged convoy begin",
      discussion: "What can start is given out; the rest follows as it becomes ready, while the daemon runs.",
      examples: ["gt convoy launch hq-cv-x7k2m", "gt convoy launch hq-cv-x7k2m --no-sling"],
      flags: [
        .bool("force", short: "f", help: "Although it was staged with warnings"),
        .bool("no-sling", help: "Give nothing out now; the daemon does"),
      ],
      positionals: [.required("convoy")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let id = try convoys.resolve(arguments.positionals[0]).id
      let launched = try convoys.launch(id, force: arguments.bool("force"))
      var given: [IssueID] = []
      if launched.isNew, !arguments.bool("no-sling") {
        for bead in try convoys.ready(in: id) {
          do {
            for outcome in try context.sling().run(SlingRequest([bead.rawValue])) {
              if let error = outcome.error { throw error }
            }
            given.append(bead)
          } catch { context.output.report(error) }
        }
      }
      let progress = try convoys.status(id)
      if context.isJSON {
        return context.object { writer in
          ConvoyJSON.members(progress, &writer)
          writer.key("dispatched")
          writer.strings(given.map(\.rawValue))
        }
      }
      if !launched.isNew { return context.print("\(id) is launched already") }
      context.print("\("✓", .green) Launched \(id, .bold): \(launched.convoy.title)")
      if !given.isEmpty { context.print("  given out: \(ConvoyText.them(given))") }
    }
  }
}
