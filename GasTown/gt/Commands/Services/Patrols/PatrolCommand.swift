import BeadsKit
import CommandKit
import GasTownKit

/// `gt patrol`: what the watchers see.
enum PatrolCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "patrol", summary: "Look at a rig as its witness does", section: CommandTree.Section.diagnostics,
      subcommands: [scan, digest])
  }

  private static var scan: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "scan", summary: "Find polecats that are not what they say, and issues that nobody has",
      discussion:
        "Nothing is changed; the daemon acts on the same findings by itself, and `gt why` tells what it did.",
      examples: ["gt patrol scan app", "gt patrol scan --rig app --json"],
      flags: [
        .string("rig", placeholder: "RIG", help: "The project (default: where one is, or the only one)"),
        .bool("notify", help: "Write to the mayor when somebody who was at work is gone"),
      ], positionals: [.optional("rig")]
    ) { arguments, context in
      let rig = try context.rig(arguments.positionals.first ?? arguments.string("rig"))
      let found = try PatrolScan(rig, try context.launcher(), try context.ledgers())
      if arguments.bool("notify"), found.hasActiveZombies { try notify(found, context) }
      if context.isJSON { return context.object { $0.scanMembers(found) } }
      for zombie in found.zombies {
        let bead = zombie.bead.map { " with \($0)" } ?? ""
        context.print("✗ \(zombie.polecat, .bold)  \(zombie.classification)\(bead) → \(zombie.action)")
      }
      for stall in found.stalls {
        context.print("! \(stall.polecat, .bold)  \(stall.kind) → \(stall.action)")
      }
      for done in found.completions {
        context.print("✓ \(done.polecat, .bold)  \(done.issue) waits to be merged")
      }
      for receipt in found.receipts where receipt.verdict == "orphan" {
        context.print("! \(receipt.subject, .bold)  \(receipt.action)")
      }
      for error in found.errors { context.warn("\(error)") }
      context.print(
        "\(found.checked) polecats: \(found.zombies.count) not as they should be, \(found.stalls.count) stalled"
      )
    }
  }

  private static func notify(_ found: PatrolScan, _ context: GtContext) throws(BeadsError) {
    let gone = found.zombies.filter(\.wasActive)
    let lines = gone.map {
      "\(found.rig)/polecats/\($0.polecat): \($0.classification), \($0.bead?.rawValue ?? "")"
    }
    let mail = MailDraft(
      to: .mayor, subject: "\(gone.count) polecats of \(found.rig) are gone with their work",
      body: lines.joined(separator: "\n"))
    try Mailbox(try context.ledgers(), try context.database()).send(mail)
  }

  private static var digest: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "digest", summary: "Count what the watchers decided in a day",
      examples: ["gt patrol digest", "gt patrol digest --date 2026-03-02 --json"],
      flags: [
        .string("date", placeholder: "YYYY-MM-DD", help: "The day, in UTC (default: today)"),
        .bool("yesterday", help: "The day before today"),
      ]
    ) { arguments, context in
      let now = Timestamp(unixNanoseconds: context.environment.clock())
      let day = arguments.bool("yesterday") ? now.adding(seconds: -86_400) : now
      let date = arguments.string("date") ?? String(day.description.prefix(10))
      guard let start = Timestamp("\(date)T00:00:00Z") else {
        throw BeadsError(.invalid, "\(quoted(date)) is no date", hint: "for example 2026-03-02")
      }
      let counts = try context.database().decisionCounts(
        from: start.unixNanoseconds, to: start.adding(seconds: 86_400).unixNanoseconds)
      if context.isJSON {
        return context.object { writer in
          writer.member("date", date)
          writer.member("total", counts.reduce(0) { $0 + $1.count })
          writer.key("actions")
          writer.array(counts) { writer, row in
            writer.object {
              $0.member("finding", row.finding)
              $0.member("action", row.action)
              $0.member("count", row.count)
            }
          }
        }
      }
      for row in counts { context.print("\(row.count)  \(row.finding) → \(row.action)") }
      if counts.isEmpty { context.print("Nothing was decided on \(date)") }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func scanMembers(_ scan: PatrolScan) {
    member("rig", scan.rig.rawValue)
    member("timestamp", scan.at.description)
    key("zombies")
    object { writer in
      writer.member("checked", scan.checked)
      writer.member("found", scan.zombies.count)
      writer.key("zombies")
      writer.array(scan.zombies) { writer, zombie in
        writer.object {
          $0.member("polecat", zombie.polecat)
          $0.member("classification", zombie.classification)
          $0.member("agent_state", zombie.state.rawValue)
          $0.member(optional: "hook_bead", zombie.bead?.rawValue)
          $0.member(optional: "cleanup_status", zombie.cleanupStatus)
          $0.member("action", zombie.action)
          $0.member("was_active", zombie.wasActive)
          $0.member(optional: "error", zombie.error)
        }
      }
      writer.member("errors", scan.errors)
    }
    key("stalls")
    object { writer in
      writer.member("checked", scan.checked)
      writer.member("found", scan.stalls.count)
      writer.key("stalls")
      writer.array(scan.stalls) { writer, stall in
        writer.object {
          $0.member("polecat", stall.polecat)
          $0.member("stall_type", stall.kind)
          $0.member("action", stall.action)
        }
      }
    }
    key("completions")
    object { writer in
      writer.member("checked", scan.checked)
      writer.member("found", scan.completions.count)
      writer.key("completed")
      writer.array(scan.completions) { writer, done in
        writer.object {
          $0.member("polecat", done.polecat)
          $0.member("exit_type", done.exit)
          $0.member("issue_id", done.issue.rawValue)
          $0.member(optional: "mr_id", done.mergeRequest?.rawValue)
          $0.member(optional: "branch", done.branch)
          $0.member("action", done.action)
        }
      }
    }
    key("receipts")
    array(scan.receipts) { writer, receipt in
      writer.object {
        $0.member("subject", receipt.subject)
        $0.member("verdict", receipt.verdict)
        $0.member("recommended_action", receipt.action)
      }
    }
  }
}
