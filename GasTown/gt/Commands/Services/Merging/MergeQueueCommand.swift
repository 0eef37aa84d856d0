import BeadsKit
import CommandKit
import GasTownKit

/// `gt mq`: what waits to be merged, and the engine that merges it.
enum MergeQueueCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "mq", aliases: ["mr", "merge-queue"], summary: "Merge what is finished, tested",
      section: CommandTree.Section.services,
      discussion: """
        `gt done` puts a branch into the queue of its rig. The engine stacks what is ready on the target, runs the rig's \
        gates on the result and pushes exactly what passed; a branch that breaks them is found by bisection and goes \
        back to its issue. A rig without gates merges nothing until somebody says so: \
        `gt rig settings set RIG merge_queue.test_command "make test"`, or `gt mq approve ID`.
        """,
      examples: [
        "gt mq submit", "gt mq list app", "gt mq run app", "gt mq status app-wisp-3fk",
        "gt mq pause app --reason release",
      ],
      subcommands: [
        MergeSubmitCommand.command, MergeQueueViews.list, MergeQueueViews.next, MergeStatusCommand.command,
        MergeRunCommand.command,
        MergeQueueActions.retry, MergeQueueActions.reject, MergeQueueActions.approve, MergeQueueActions.pause,
        MergeQueueActions.resume, MergedCommands.revert, MergedCommands.postMerge, IntegrationCommand.command,
      ])
  }
}

extension GtContext {
  /// The merge queue of a rig.
  func mergeQueue(_ rig: Rig) throws(BeadsError) -> MergeQueue {
    MergeQueue(rig, try ledgers(), policy: try MergePolicy(RigSettings.load(rig)))
  }

  /// The merge request that an argument names, and the queue it is in.
  func mergeRequest(_ text: String) throws(BeadsError) -> (id: IssueID, queue: MergeQueue) {
    let (id, store) = try ledgers().resolve(text)
    guard let name = try ledgers().rig(of: id), let issue = try store.issue(id), MergeRequest(issue) != nil
    else {
      throw BeadsError(.notFound, "\(id) is no merge request", hint: "`gt mq list RIG` shows them")
    }
    return (id, try mergeQueue(try town().rig(name.rawValue)))
  }

  /// The merge request that the arguments name, its rig before it or not.
  func namedMergeRequest() throws(BeadsError) -> (id: IssueID, queue: MergeQueue) {
    let words = arguments.positionals
    let found = try mergeRequest(words[words.count - 1])
    if words.count > 1, try town().rig(words[0]).name != found.queue.rig.name {
      throw BeadsError(
        .invalid, "\(found.id) is in the queue of \(found.queue.rig.name), not in that of \(words[0])")
    }
    return found
  }

  /// Arguments of a command that works on a merge request: other tools name the rig first.
  static var mergeRequestPlaces: [Positional] {
    [
      .required("id", help: "The merge request; its rig may stand before it"),
      .optional("id after rig", help: "The merge request after its rig"),
    ]
  }
}
