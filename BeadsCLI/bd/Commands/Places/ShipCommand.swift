import BeadsKit
import CommandKit

/// `bd ship`: tells other projects that a capability is there.
enum ShipCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "ship", summary: "Publish a capability to other projects", section: CommandTree.Section.graph,
      discussion: """
        The closed issue labelled export:NAME gets the label provides:NAME. In other projects, issues that depend on \
        external:PROJECT:NAME stop waiting, when their setting external_projects.PROJECT names this directory.
        """,
      examples: ["bd label add bd-a3f8 export:login-api", "bd ship login-api"],
      flags: [
        .bool("force", short: "f", help: "Although the issue is not closed yet"),
        .bool("dry-run", help: "Show what would be done"),
      ],
      positionals: [.required("capability")]
    ) { arguments, context in
      let capability = arguments.positionals[0]
      let isTrial = arguments.bool("dry-run")
      let ship = { (transaction: inout Transaction) throws(BeadsError) in
        try transaction.ship(capability, force: arguments.bool("force"))
      }
      let done = isTrial ? try context.rehearse("ship", ship) : try context.change("ship", ship)
      guard let (issue, wasShipped) = done else { return }
      let label = "provides:\(capability)"
      if context.isJSON {
        return context.object { writer in
          writer.member("status", wasShipped ? "already_shipped" : isTrial ? "dry_run" : "shipped")
          writer.member("capability", capability)
          writer.member("issue_id", issue.id.rawValue)
          if isTrial, !wasShipped { writer.member("would_add", label) } else { writer.member("label", label) }
        }
      }
      if wasShipped {
        context.print("\(issue.id, .bold) provides \(capability) already")
      } else {
        context.print("\(isTrial ? "Would ship" : "✓ Shipped") \(capability): \(issue.id, .bold) provides it")
      }
    }
  }
}
