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
        "gt mq list app", "gt mq run app", "gt mq status app-wisp-3fk", "gt mq pause app --reason release",
      ],
      subcommands: [
        MergeQueueViews.list, MergeQueueViews.next, MergeQueueViews.status, MergeRunCommand.command,
        MergeQueueActions.retry, MergeQueueActions.reject, MergeQueueActions.approve, MergeQueueActions.pause,
        MergeQueueActions.resume,
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
    let (id, _) = try ledgers().resolve(text)
    guard let name = try ledgers().rig(of: id) else {
      throw BeadsError(.notFound, "\(id) is no merge request of a rig", hint: "`gt mq list RIG` shows them")
    }
    return (id, try mergeQueue(try town().rig(name.rawValue)))
  }
}
