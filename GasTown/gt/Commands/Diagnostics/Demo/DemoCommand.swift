import BeadsKit
import CommandKit
import GasTownKit

/// `gt demo`: a town at work, made on the spot and removed afterwards.
enum DemoCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "demo", summary: "Watch a town at work, without a model and without the network",
      section: CommandTree.Section.diagnostics,
      discussion: """
        Makes a town, a project with a test and a few issues in a temporary folder, gives them to scripted agents and lets \
        the daemon do the rest. One agent dies half-way, one breaks the tests each time, two exclude each other. It \
        ends when everything is merged or given up with a reason, and checks that the project passes its test.

        With --chaos the issues are of every kind that agents get into trouble with, some wait for others, and agents, \
        the daemon, the merge engine and the server of the sessions are killed every few seconds. The same seed makes the \
        same issues and the same faults. The last third of the time is without faults. However it ends, also by SIGTERM, \
        it tells what became of everything. A folder in which something is wrong is kept.
        """,
      examples: [
        "gt demo", "gt demo --beads 20 --agents 10", "gt demo --agents 30 --beads 100 --chaos --seed 7",
      ],
      flags: [
        .int("beads", in: 5...500, default: 8, help: "How many issues"),
        .int("agents", in: 1...30, default: 4, help: "How many agents at once"),
        .bool("chaos", help: "Kill something every few seconds"),
        .int(
          "seed", in: 0...Int.max, default: 1, help: "What the work and the faults of --chaos are made from"),
        .int("seconds", in: 10...7200, help: "When to give up (120, with --chaos 1800)"),
        .bool("keep", help: "Leave the folder there"),
      ]
    ) { arguments, context in
      let isWild = arguments.bool("chaos")
      let demo = try Demo(
        context, beads: try arguments.int("beads") ?? 8, agents: try arguments.int("agents") ?? 4,
        seconds: Int64(try arguments.int("seconds") ?? (isWild ? 1800 : 120)),
        dice: isWild ? Dice(seed: try arguments.int("seed") ?? 1) : nil)
      var isKept = true
      defer { demo.remove(keeping: isKept || arguments.bool("keep")) }
      try demo.make()
      do throws(BeadsError) { try demo.work() } catch { context.output.note("\("✗", .red) \(error.message)") }
      let isStopped = demo.stop()
      let isAccounted = try demo.account()
      isKept = !isStopped || !isAccounted
      if isKept { throw ExitStatus(1) }
    }
  }
}
