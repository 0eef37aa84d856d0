import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy create` and `gt convoy add`.
enum ConvoyCreateCommand {
  static var create: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "create", summary: "Make a convoy that tracks issues",
      discussion: """
        The issues may belong to different rigs. With --from-epic everything below an epic that can be slung is tracked: \
        tasks, bugs, features and chores, at any depth.
        """,
      examples: [
        "gt convoy create \"Deploy v2\" ap-1a2 web-3b4 --notify mayor",
        "gt convoy create \"Search\" --from-epic ap-9zq --owned --merge direct",
      ],
      flags: [
        .string("owner", placeholder: "ADDRESS", help: "Whose it is; you unless said otherwise"),
        .string(
          "notify", placeholder: "ADDRESS",
          help: "Who gets mail when it ends, beside the owner; the mayor when nobody is named"
        ).implying("mayor"),
        .bool("owned", help: "The owner ends it, with `gt convoy land`"),
        .choice(
          "merge", placeholder: "HOW", values: Convoys.mergeStrategies,
          help: "How its work is merged; as the rig does unless said otherwise"),
        .string("base-branch", placeholder: "BRANCH", help: "The branch its work starts from"),
        .string("molecule", placeholder: "ID", help: "The molecule that makes it"),
        .string("from-epic", placeholder: "ID", help: "Track what is below this epic"),
      ],
      positionals: [.required("title"), .zeroOrMore("issue")]
    ) { arguments, context in
      var draft = ConvoyDraft(
        title: arguments.positionals[0], issues: try context.resolveIssues(arguments.positionals.dropFirst()))
      if let epic = arguments.string("from-epic") {
        draft.issues += try context.convoys().slingable(below: try context.ledgers().resolve(epic).id)
      }
      draft.owner = try arguments.string("owner").map { try context.agent($0).text }
      draft.notify = try arguments.string("notify").map { try context.agent($0).text }
      draft.isOwned = arguments.bool("owned")
      draft.mergeStrategy = arguments.string("merge")
      draft.baseBranch = try arguments.string("base-branch").map { try BranchName($0).rawValue }
      draft.molecule = arguments.string("molecule")
      let made = try context.convoys().create(draft)
      let progress = try context.convoys().status(made.id)
      if context.isJSON { return context.object { ConvoyJSON.members(progress, &$0) } }
      context.print("\("✓", .green) Created \(made.id, .bold): \(made.title)")
      context.print(
        "  tracks \(ConvoyText.issues(made.tracked.count)); `gt convoy status \(made.id)` shows them")
    }
  }

  static var add: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Track more issues", discussion: "A closed convoy is open again afterwards.",
      examples: ["gt convoy add hq-cv-x7k2m ap-5c6 web-7d8"],
      positionals: [.required("convoy"), .oneOrMore("issue")]
    ) { arguments, context in
      let id = try context.convoys().resolve(arguments.positionals[0]).id
      let issues = try context.resolveIssues(arguments.positionals.dropFirst())
      let result = try context.convoys().add(issues, to: id)
      let progress = try context.convoys().status(id)
      if context.isJSON {
        return context.object { writer in
          ConvoyJSON.members(progress, &writer)
          writer.key("added")
          writer.strings(result.added.map(\.rawValue))
          writer.member("reopened", result.wasClosed)
        }
      }
      if result.added.isEmpty { return context.print("\(id) tracks \(ConvoyText.them(issues)) already") }
      context.print("\("✓", .green) \(id, .bold) tracks \(ConvoyText.them(result.added)) now")
      if result.wasClosed { context.print("  it was closed, and is open again") }
    }
  }
}
