import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat`: the workers of a rig.
enum PolecatCommand {
  static var group: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "polecat", aliases: ["polecats"], summary: "Look after the workers of a rig",
      section: CommandTree.Section.agents,
      discussion: """
        A polecat is a name with a history, a worktree and a session. Whatever is in a worktree is saved under \
        refs/gt/salvage in the rig's repository before the worktree goes or gets other work.
        """,
      examples: ["gt polecat list app", "gt polecat status app/nux"],
      subcommands: [
        PolecatListCommand.command, PolecatStatusCommand.command, PolecatStatusCommand.gitState,
        PolecatStatusCommand.checkRecovery, PolecatNukeCommand.command, PolecatCleanupCommand.stale,
        PolecatCleanupCommand.gc, PolecatCleanupCommand.prune, PolecatIdentityCommand.group,
        PolecatIdentityCommand.poolInit,
      ])
  }
}

extension GtContext {
  /// The polecat that a user means by `rig/name`, or by its address.
  func polecat(_ text: String) throws(BeadsError) -> (polecats: Polecats, record: AgentRecord) {
    let parts = text.split(separator: "/").map(String.init)
    let isFull = parts.count == 3 && ["polecats", "polecat"].contains(parts[1])
    guard let rig = parts.first, let name = parts.last, parts.count == 2 || isFull else {
      throw BeadsError(.invalid, "\(quoted(text)) is no polecat", hint: "write RIG/NAME, such as app/nux")
    }
    let polecats = try polecats(try town().rig(rig))
    return (polecats, try polecats.find(name))
  }
}
