import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat status`, `git-state` and `check-recovery`: one polecat, from three sides.
enum PolecatStatusCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "status", summary: "Show one polecat: work, worktree and session",
      examples: ["gt polecat status app/nux"], positionals: [.required("polecat")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      guard let report = try polecats.reports(record, try context.launcher()).first else { return }
      if context.isJSON { return context.object { write(report, &$0) } }
      context.print("\(record.address, .bold)  \(report.state.rawValue)")
      if let bead = record.bead { context.print("  work      \(bead)") }
      if let path = report.worktree, FileSystem.exists(path) { context.print("  worktree  \(path)") }
      if let branch = record.branch { context.print("  branch    \(branch)") }
      context.print("  session   \(text(report))")
    }
  }

  private static func text(_ report: PolecatReport) -> String {
    switch report.liveness {
    case .alive: "\(report.sessionName), running"
    case .dead(let exit): "ended" + (exit.map { " with status \($0)" } ?? "")
    case .none: "none"
    case .unknown(let reason): "not known: \(reason)"
    }
  }

  private static func write(_ report: PolecatReport, _ writer: inout JSONWriter) {
    writer.member("rig", report.rig.name.rawValue)
    writer.member("name", report.name)
    writer.member("state", report.state.rawValue)
    writer.member(optional: "issue", report.record.bead?.rawValue)
    writer.member("clone_path", report.worktree ?? "")
    writer.member("branch", report.record.branch?.rawValue ?? "")
    writer.member("session_running", report.liveness.isAlive)
    guard case .alive(let session) = report.liveness else { return }
    writer.member("session_id", session.name)
    writer.member("attached", session.attachedCount > 0)
    writer.member("created_at", Timestamp(seconds: session.createdAt).description)
    writer.member(optional: "last_activity", session.lastActivity.map { Timestamp(seconds: $0).description })
  }

  static var gitState: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "git-state", summary: "Show what a polecat's worktree holds that is nowhere else",
      examples: ["gt polecat git-state app/nux"], positionals: [.required("polecat")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      guard let name = record.address.name else { return }
      let state = try polecats.worktrees.state(of: name)
      if context.isJSON {
        return context.object { writer in
          writer.member("clean", state.isClean)
          writer.member("uncommitted_files", state.uncommitted)
          writer.member("unpushed_commits", state.unpushed)
          writer.member("stash_count", state.stashes)
        }
      }
      if state.isDisposable { return context.print("Everything is committed and pushed") }
      for file in state.uncommitted { context.print("not committed: \(file)") }
      if state.unpushed > 0 { context.print("commits not pushed: \(state.unpushed)") }
      if state.stashes > 0 { context.print("stashes: \(state.stashes)") }
    }
  }

  static var checkRecovery: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "check-recovery", summary: "Tell whether a polecat's worktree may go, or what is to be done first",
      examples: ["gt polecat check-recovery app/nux"], positionals: [.required("polecat")]
    ) { arguments, context in
      let (polecats, record) = try context.polecat(arguments.positionals[0])
      let recovery = try polecats.recovery(of: record)
      if context.isJSON {
        return context.object { writer in
          writer.member("rig", polecats.rig.name.rawValue)
          writer.member("polecat", record.address.name?.rawValue ?? "")
          writer.member("cleanup_status", recovery.cleanupStatus)
          writer.member("needs_recovery", recovery.verdict == .needsRecovery)
          writer.member("verdict", recovery.verdict.rawValue)
          writer.member(optional: "branch", recovery.branch?.rawValue)
          writer.member(optional: "issue", record.bead?.rawValue)
          writer.member(optional: "mq_status", recovery.queueStatus)
        }
      }
      context.print("\(recovery.verdict.rawValue, .bold)  \(explanation(recovery))")
      for obstacle in try polecats.obstacles(to: record) { context.print("  \(obstacle.text)") }
    }
  }

  private static func explanation(_ recovery: Recovery) -> String {
    switch recovery.verdict {
    case .safe where recovery.queueStatus == "open": "everything is pushed, and waits to be merged"
    case .safe: "nothing would be missed"
    case .needsRecovery: "something is nowhere else; commit and push it"
    case .needsSubmission: "its commits are pushed, but nothing says that they are to be merged: `gt done`"
    }
  }
}
