import BeadsKit
import CommandKit
import GasTownKit

/// `gt convoy list`, `status` and `stranded`.
enum ConvoyViewCommands {
  static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List convoys",
      discussion: "Those that are not closed, the newest first.",
      examples: ["gt convoy list", "gt convoy list --all --json", "gt convoy list --tree"],
      flags: [
        .bool("all", short: "a", help: "Closed ones too"),
        .choice(
          "status", placeholder: "STATUS", values: ["open", "closed", "staged_ready", "staged_warnings"],
          help: "Only those in this state"),
        .bool("tree", help: "With the issues of each"),
      ]
    ) { arguments, context in
      let selection: Convoys.Selection =
        arguments.string("status").map { .status(Status(rawValue: $0)) }
        ?? (arguments.bool("all") ? .all : .unfinished)
      let convoys = try context.convoys()
      let all = try convoys.status(of: try convoys.list(selection))
      if context.isJSON { return context.json { $0.array(all) { ConvoyJSON.row($1, &$0) } } }
      if all.isEmpty {
        return context.print("No convoys; `gt convoy create TITLE ISSUE...` makes one")
      }
      guard arguments.bool("tree") else { return context.output.print(ConvoyText.table(all)) }
      let now = try context.town().now
      for (index, progress) in all.enumerated() {
        if index > 0 { context.print("") }
        context.output.print(ConvoyText.page(progress, now: now))
      }
    }
  }

  static var status: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", aliases: ["show", "refresh"], summary: "Show a convoy and what it tracks",
      discussion:
        "Each issue is looked up in its own tracker. One that cannot be found out is unknown, never done.",
      examples: ["gt convoy status hq-cv-x7k2m", "gt convoy status x7k2m --json"],
      positionals: [.optional("convoy", help: "Every open one unless named")]
    ) { arguments, context in
      let convoys = try context.convoys()
      let now = try context.town().now
      guard let name = arguments.positionals.first else {
        let all = try convoys.status(of: try convoys.list())
        if context.isJSON {
          return context.json {
            $0.array(all) { writer, each in writer.object { ConvoyJSON.members(each, &$0) } }
          }
        }
        if all.isEmpty { return context.print("No open convoys") }
        for (index, progress) in all.enumerated() {
          if index > 0 { context.print("") }
          context.output.print(ConvoyText.page(progress, now: now))
        }
        return
      }
      let progress = try convoys.status(try convoys.resolve(name).id)
      if context.isJSON { return context.object { ConvoyJSON.members(progress, &$0) } }
      context.output.print(ConvoyText.page(progress, now: now))
    }
  }

  static var stranded: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "stranded", summary: "List convoys with work that nobody is doing",
      discussion: """
        An issue can be taken up when it is open, nothing blocks it, and one agent can do it; also when its agent is \
        certainly gone.
        """,
      examples: ["gt convoy stranded", "gt convoy stranded --json"]
    ) { _, context in
      let launcher = try context.launcher()
      let found = try context.convoys().stranded { agent in
        switch launcher.liveness(of: [agent])[agent] {
        case .alive: true
        case .dead: false
        // An assignment is given before its session exists.
        case .none?, .unknown, nil: nil
        }
      }
      if context.isJSON {
        return context.json { writer in writer.array(found) { stranded($1, &$0) } }
      }
      if found.isEmpty { return context.print("No stranded convoys") }
      for convoy in found { print(convoy, context) }
    }
  }

  private static func stranded(_ found: StrandedConvoy, _ writer: inout JSONWriter) {
    let convoy = found.progress.convoy
    writer.object { writer in
      writer.member("id", convoy.id.rawValue)
      writer.member("title", convoy.title)
      writer.member("kind", found.kind.rawValue)
      writer.member("tracked_count", found.progress.tracked.count)
      writer.member("ready_count", found.ready.count)
      writer.member("ready_issues", found.ready.map(\.id.rawValue))
      writer.member("created_at", convoy.issue.createdAt.description)
      if let branch = convoy.baseBranch { writer.member("base_branch", branch) }
    }
  }

  private static func print(_ found: StrandedConvoy, _ context: GtContext) {
    let convoy = found.progress.convoy
    context.print("\(convoy.id, .bold)  \(convoy.title)")
    switch found.kind {
    case .feedable:
      for issue in found.ready { context.print("  ready  \(issue.id, .bold)  \(issue.issue?.title ?? "")") }
    case .stuck:
      let open = found.progress.tracked.filter { !$0.isDone }
      context.print("  stuck: \(ConvoyText.issues(open.count)) left and none can start")
    case .empty: context.print("  empty: it tracks nothing")
    }
  }
}
