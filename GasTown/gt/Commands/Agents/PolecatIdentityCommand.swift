import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat identity` and `pool-init`: names that outlive worktrees.
enum PolecatIdentityCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "identity", aliases: ["id"], summary: "Manage the names of polecats and what they have done",
      discussion: "A polecat is its name: worktrees and sessions come and go, the history stays.",
      examples: ["gt polecat identity list app", "gt polecat identity show app/nux"],
      subcommands: [add, list, show, rename, remove])
  }

  private static var add: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "add", summary: "Add a polecat without work",
      discussion: "Without a name it gets the next one of the rig's name pool.",
      examples: ["gt polecat identity add app nux"], positionals: [.required("rig"), .optional("name")]
    ) { arguments, context in
      let polecats = try context.polecats(try context.town().rig(arguments.positionals[0]))
      let record: AgentRecord
      if arguments.positionals.count > 1 {
        record = try polecats.addIdentity(arguments.positionals[1])
      } else {
        let known = Set(try polecats.all().compactMap(\.address.name))
        let free = try NamePool.load(polecats.rig, town: polecats.town).firstFree(known.contains)
        record = try polecats.addIdentity(free.rawValue)
      }
      if context.isJSON { return context.object { members(record, &$0) } }
      context.print("✓ Added \(record.address.text, .bold)")
    }
  }

  private static var list: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List the names of a rig's polecats",
      examples: ["gt polecat identity list app"],
      positionals: [.required("rig")]
    ) { arguments, context in
      let all = try context.polecats(try context.town().rig(arguments.positionals[0])).all()
      if context.isJSON {
        return context.json { writer in
          writer.array(all) { writer, record in writer.object { members(record, &$0) } }
        }
      }
      if all.isEmpty { return context.print("There are no polecats") }
      for record in all {
        let work = record.bead.map { ", at \($0)" } ?? ""
        context.print("\(record.address.text, .bold)  \(record.state.rawValue)\(work)")
      }
    }
  }

  private static func members(_ record: AgentRecord, _ writer: inout JSONWriter) {
    writer.member("rig", record.address.rig?.rawValue ?? "")
    writer.member("name", record.address.name?.rawValue ?? "")
    writer.member("address", record.address.text)
    writer.member("state", record.state.rawValue)
    writer.member(optional: "issue", record.bead?.rawValue)
    writer.member(optional: "clone_path", record.worktree)
    writer.member("created_at", Timestamp(unixNanoseconds: record.createdAt).description)
  }

  private static var show: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "show", summary: "Show what a polecat has done", examples: ["gt polecat identity show app/nux --json"],
      positionals: [.required("polecat")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      let history = try polecats.history(of: record)
      if context.isJSON {
        return context.object { writer in
          members(record, &writer)
          writer.member("completed", history.completed)
          writer.member("sessions", history.sessions)
          writer.member("sessions_died", history.deaths)
          writer.member("session_rate", history.sessionRate)
          writer.member("commits", history.commits)
          writer.key("file_kinds")
          writer.array(history.fileKinds) { writer, kind in
            writer.object { writer in
              writer.member("name", kind.name)
              writer.member("count", kind.count)
            }
          }
          writer.key("work")
          writer.array(history.work) { writer, issue in
            writer.object { writer in
              writer.member("id", issue.id.rawValue)
              writer.member("title", issue.title)
              writer.member("status", issue.status.rawValue)
            }
          }
        }
      }
      context.print("\(record.address.text, .bold)  \(record.state.rawValue)")
      context.print("  Since:    \(Timestamp(unixNanoseconds: record.createdAt).shown)")
      context.print("  Issues:   \(history.completed) of \(history.work.count) done")
      context.print("  Sessions: \(history.sessions), of which \(history.deaths) died")
      let kinds = history.fileKinds.prefix(5).map { "\($0.name) \($0.count)" }.joined(separator: ", ")
      context.print("  Commits:  \(history.commits)\(kinds.isEmpty ? "" : " (files: \(kinds))")")
      for issue in history.work.prefix(20) { context.print("  \(context.named(issue))  \(issue.status)") }
    }
  }

  private static var rename: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "rename", summary: "Give a polecat without work another name",
      discussion: "Its worktree goes, after what is nowhere else was saved; its history stays.",
      examples: ["gt polecat identity rename app/nux slit"],
      positionals: [.required("polecat"), .required("name")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      let made = try polecats.renameIdentity(record, to: arguments.positionals[1])
      if context.isJSON { return context.object { members(made, &$0) } }
      context.print("✓ \(record.address) is \(made.address.text, .bold) now")
    }
  }

  private static var remove: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "remove", aliases: ["rm"], summary: "Forget a polecat, and remove its worktree",
      discussion: "Refuses like `gt polecat nuke`, and while it has work; whatever goes is saved first.",
      examples: ["gt polecat identity remove app/nux"],
      flags: [.bool("force", short: "f", help: "Also with work, unsaved changes or an open merge request")],
      positionals: [.required("polecat")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      let saved = try polecats.removeIdentity(record, force: arguments.bool("force") ? .force : .none)
      if context.isJSON {
        return context.object { writer in
          writer.member("removed", record.address.text)
          writer.member("saved", saved.places)
        }
      }
      context.print("✓ \(record.address) is forgotten")
      for place in saved.places { context.print("  saved: \(place)") }
    }
  }

  static var poolInit: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "pool-init", summary: "Make polecats with worktrees ahead of the work",
      examples: ["gt polecat pool-init app --size 3"],
      flags: [
        .int("size", in: 1...100, default: 4, help: "How many without work there are to be"),
        .bool("dry-run", short: "n", help: "Only say what would be done"),
      ], positionals: [.required("rig")]
    ) { arguments, context in
      let polecats = try context.polecats(try context.town().rig(arguments.positionals[0]))
      let size = try arguments.int("size") ?? 4
      let missing = size - (try polecats.all().count { $0.bead == nil && $0.state == .idle })
      let made = arguments.bool("dry-run") ? [] : try polecats.fillPool(to: size)
      if context.isJSON {
        return context.object { writer in
          writer.member("missing", max(0, missing))
          writer.key("made")
          writer.array(made) { writer, record in writer.object { members(record, &$0) } }
        }
      }
      if missing <= 0 { return context.print("There are \(size) polecats without work already") }
      if arguments.bool("dry-run") { return context.print("Would make \(missing) polecats") }
      for record in made { context.print("✓ \(record.address.text, .bold) waits for work") }
    }
  }
}
