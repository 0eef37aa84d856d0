import BeadsKit
import CommandKit

/// `bd q`: creates an issue and prints nothing but its ID.
enum QuickCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "q", summary: "Capture an issue quickly and print only its ID", section: CommandTree.Section.issues,
      examples: ["bd q Fix the login page", "ID=$(bd q \"Look into the leak\" -t bug -p 1)"],
      flags: [
        .string(
          "priority", short: "p", placeholder: "N", default: "2",
          help: "0 (critical) to 4 (backlog), or P0 to P4"),
        .string("type", short: "t", placeholder: "TYPE", default: "task", help: "The kind of issue"),
        .list("labels", short: "l", help: "Labels"),
      ],
      positionals: [.oneOrMore("title")]
    ) { _, context in
      try context.inCreationPlace(create)
    }
  }

  private static func create(_ context: BdContext) throws {
    let arguments = context.arguments
    var draft = IssueDraft(title: arguments.positionals.joined(separator: " "))
    draft.owner = ActorIdentity.owner(environment: context.environment) ?? ""
    draft.type = try context.store().rules.vocabulary.type(arguments.string("type") ?? "task")
    draft.priority = try PriorityInput.parse(arguments.string("priority") ?? "2")
    for label in try arguments.list("labels") + context.directoryLabels() {
      let label = try Label.given(label)
      if !draft.labels.contains(label) { draft.labels.append(label) }
    }
    let made = draft
    let id = try context.change("q") { transaction throws(BeadsError) in
      let id = try transaction.create(made).id
      transaction.summary = id.rawValue
      return id
    }
    LastTouched.write(id, context)
    // The ID alone in either mode: scripts substitute it.
    context.output.write(id.rawValue + "\n")
  }
}
