import BeadsKit
import CommandKit
import GasTownKit

/// `gt mol attach/detach/attachment/dag/squash/burn`: what is less common about molecules.
enum MolChangeCommands {
  static var all: [CommandTree.GtCommand] {
    [attachment, attach, attachFromMail, detach, dag, squash, burn]
  }

  private static var attachFromMail: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attach-from-mail", summary: "Attach the molecule that a message names to your work",
      discussion: """
        The message has a line `attached_molecule: ID` or `attached_formula: NAME`, and maybe \
        `attached_vars: name=value, ...`. Without work on your hook the message itself becomes your assignment.
        """,
      examples: ["gt mol attach-from-mail hq-wisp-4fk"],
      flags: [.bool("force", short: "f", help: "In the place of what is attached")],
      positionals: [.required("message")]
    ) { arguments, context in
      let me = try context.me()
      let mail = try context.mailbox().resolve(arguments.positionals[0], for: me)
      let issue = try context.hook().attachMolecule(from: mail, to: me, force: arguments.bool("force"))
      if context.isJSON { return context.object { $0.issueMembers(issue) } }
      context.print("✓ \(context.named(issue)) follows \(Attachment(issue).molecule?.rawValue ?? "")")
    }
  }

  private static var attachment: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attachment", summary: "Show what is attached to an issue", examples: ["gt mol attachment ap-3fk"],
      positionals: [.optional("bead")]
    ) { arguments, context in
      let issue = try context.workedOn(arguments.positionals.first)
      let attachment = Attachment(issue)
      if context.isJSON {
        return context.object { writer in
          writer.member("bead", issue.id.rawValue)
          writer.member(optional: "attached_molecule", attachment.molecule?.rawValue)
          writer.member(optional: "attached_formula", attachment.formula)
          writer.member(optional: "attached_at", attachment.attachedAt?.description)
          writer.member(optional: "attached_args", attachment.arguments)
          writer.member("attached_vars", attachment.variables)
          writer.member(optional: "dispatched_by", attachment.dispatchedBy)
          writer.member(optional: "convoy_id", attachment.convoy?.rawValue)
        }
      }
      context.print("\(context.named(issue))")
      for (name, value) in [
        ("Molecule", attachment.molecule?.rawValue), ("Formula", attachment.formula),
        ("Instructions", attachment.arguments), ("Given out by", attachment.dispatchedBy),
        ("Convoy", attachment.convoy?.rawValue),
      ] {
        if let value { context.print("  \(name): \(value)") }
      }
    }
  }

  private static var attach: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "attach", summary: "Attach a molecule, or a formula, to an issue on a hook",
      examples: ["gt mol attach mol-bug-fix --var bug=ap-3fk", "gt mol attach ap-3fk ap-mol-x1y"],
      flags: [
        .list("var", placeholder: "NAME=VALUE", help: "Set a variable of the formula; may be repeated"),
        .bool("force", short: "f", help: "In the place of what is attached"),
      ], positionals: [.oneOrMore("[bead] molecule or formula")]
    ) { arguments, context in
      let words = arguments.positionals
      guard words.count < 3 else { throw BeadsError(.invalid, "at most an issue and a molecule are named") }
      let id = try context.workedOn(words.count == 2 ? words[0] : nil).id
      var values: [String: String] = [:]
      for text in arguments.values("var") {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw BeadsError(.invalid, "\(quoted(text)) is no variable", hint: "--var name=value")
        }
        values[String(parts[0])] = String(parts[1])
      }
      let issue = try context.hook().attachMolecule(
        words[words.count - 1], to: id, variables: values, force: arguments.bool("force"))
      if context.isJSON { return context.object { $0.issueMembers(issue) } }
      context.print("✓ \(context.named(issue)) follows \(Attachment(issue).molecule?.rawValue ?? "")")
    }
  }

  private static var detach: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "detach", summary: "Take the molecule off an issue; it stays by itself", examples: ["gt mol detach"],
      positionals: [.optional("bead")]
    ) { arguments, context in
      let id = try context.workedOn(arguments.positionals.first).id
      let root = try context.hook().detachMolecule(from: id)
      if context.isJSON {
        return context.object { writer in
          writer.member("bead", id.rawValue)
          writer.member("detached", root.rawValue)
        }
      }
      context.print("✓ \(root) is no longer attached to \(id)")
    }
  }

  private static var dag: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "dag", summary: "Show which steps come before which", examples: ["gt mol dag", "gt mol dag --tree"],
      flags: [
        .bool("tiers", help: "In tiers, as is usual"), .bool("tree", help: "Each step with what it needs"),
      ], positionals: [.optional("agent")]
    ) { arguments, context in
      let (_, view) = try context.molecule(arguments.positionals.first)
      let tiers = view.tiers
      if context.isJSON {
        return context.object { writer in
          writer.member("molecule", view.rootID.rawValue)
          writer.key("tiers")
          writer.array(tiers) { writer, tier in writer.strings(tier.map(\.id)) }
          writer.key("nodes")
          writer.array(view.steps) { writer, step in writer.object { MolText.step(step, &$0) } }
        }
      }
      for (number, tier) in tiers.enumerated() {
        if !arguments.bool("tree") { context.print("\("Tier \(number + 1)", .bold)") }
        for step in tier {
          let needs =
            arguments.bool("tree") && !step.needs.isEmpty ? " ← \(step.needs.joined(separator: ", "))" : ""
          context.print("  \(MolText.line(step))\(needs)")
        }
      }
    }
  }

  private static var squash: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "squash", summary: "End the molecule and keep a digest of it",
      examples: ["gt mol squash --summary \"done\""],
      flags: [
        .string("summary", placeholder: "TEXT", help: "What the digest says first"),
        .bool("no-digest", help: "Keep nothing, as `gt mol burn` does"),
        .string("jitter", placeholder: "DURATION", hidden: true, help: "Ignored"),
      ], positionals: [.optional("agent")]
    ) { arguments, context in
      try end(
        arguments, context, digest: arguments.bool("no-digest") ? nil : arguments.string("summary") ?? "")
    }
  }

  private static var burn: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "burn", summary: "End the molecule and keep nothing of it", examples: ["gt mol burn"],
      positionals: [.optional("agent")]
    ) { arguments, context in try end(arguments, context, digest: nil) }
  }

  private static func end(
    _ arguments: Arguments, _ context: GtContext, digest: String?
  ) throws(BeadsError) {
    let (work, _) = try context.molecule(arguments.positionals.first)
    let (root, made) = try context.hook().endMolecule(of: work, digest: digest)
    if context.isJSON {
      return context.object { writer in
        writer.member("molecule", root.rawValue)
        writer.member(optional: "digest", made?.rawValue)
      }
    }
    context.print("✓ \(root) has ended\(made.map { ", its digest is \($0)" } ?? "")")
  }
}

extension GtContext {
  /// The issue of an ID, or the one on the caller's hook.
  func workedOn(_ bead: String?) throws(BeadsError) -> Issue {
    if let bead {
      let (id, store) = try ledgers().resolve(bead)
      if let issue = try store.issue(id) { return issue }
    }
    let agent = try me()
    guard let work = try hook().current(of: agent) else {
      throw BeadsError(.notFound, "nothing is on the hook of \(agent)")
    }
    return work.issue
  }
}
