import BeadsKit
import CommandKit

/// `bd merge` and `bd merge-driver`: how git merges issues.jsonl, field by field.
enum MergeCommand {
  static var merge: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "merge", summary: "Merge two versions of issues.jsonl (git's merge driver)",
      section: CommandTree.Section.data,
      discussion: """
        Git calls this when both sides changed issues.jsonl; `bd init` registers it for this clone. Each issue is \
        merged field by field against the common ancestor, in the same way whichever side is whose. Exit status 0: \
        merged; 1: lines that are no records were kept at the end of the file; 2: a file cannot be read or written.
        """,
      examples: [
        "bd merge out.jsonl base.jsonl left.jsonl right.jsonl",
        "bd merge --dry-run - base.jsonl left.jsonl right.jsonl",
      ],
      flags: [dryRun, .bool("debug", hidden: true, help: "Ignored")],
      positionals: [.required("out"), .required("base"), .required("left"), .required("right")]
    ) { arguments, context in
      let files = arguments.positionals
      try run(output: files[0], base: files[1], left: files[2], right: files[3], arguments, context)
    }
  }

  static var driver: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "merge-driver", summary: "Merge with git's order of arguments: %O %A %B",
      section: CommandTree.Section.data,
      hidden: true, flags: [dryRun], positionals: [.required("base"), .required("ours"), .required("theirs")]
    ) { arguments, context in
      let files = arguments.positionals
      try run(output: files[1], base: files[0], left: files[1], right: files[2], arguments, context)
    }
  }

  private static let dryRun = Flag.bool("dry-run", help: "Explain what would be decided and write nothing")

  private static func run(
    output: String, base: String, left: String, right: String, _ arguments: Arguments, _ context: BdContext
  ) throws {
    let isDryRun = arguments.bool("dry-run")
    let policy = MergePolicy(now: Timestamp(unixNanoseconds: context.environment.clock()))
    do throws(BeadsError) {
      let merged = IssueFileMerge.merge(
        base: try read(base, context), ours: try read(left, context), theirs: try read(right, context),
        policy: policy, explaining: isDryRun)
      for issue in merged.separated { context.warn("\(issue.sentence)") }
      if isDryRun { return explain(merged, context) }
      var bytes = merged.bytes
      for line in merged.rejected { bytes += line.bytes + [0x0A] }
      try FileSystem.replace(path(output, context), with: bytes)
      if merged.rejected.isEmpty { return }
      for line in merged.rejected {
        context.warn("line \(line.number) of \(line.side.rawValue): \(line.reason)")
      }
    } catch {
      throw BeadsError(BeadsError.Code(error.code.name, exitStatus: 2), error.message, hint: error.hint)
    }
    throw ExitStatus(1)
  }

  private static func path(_ name: String, _ context: BdContext) -> String {
    Path.absolute(name, in: context.environment.currentDirectory)
  }

  private static func read(_ name: String, _ context: BdContext) throws(BeadsError) -> [UInt8] {
    try FileSystem.read(path(name, context))
  }

  private static func explain(_ merged: MergedFile, _ context: BdContext) {
    if context.isJSON {
      return context.object { writer in
        writer.member("merged", merged.mergedCount)
        writer.member("rejected", merged.rejected.count)
        writer.key("issues")
        writer.array(merged.reports) { writer, report in
          writer.object { writer in
            writer.member("id", report.issue.id.rawValue)
            writer.key("decisions")
            writer.array(report.decisions) { $0.decision($1) }
          }
        }
      }
    }
    for report in merged.reports {
      context.print("\(report.issue.id.rawValue, .bold) \(report.issue.title)")
      for decision in report.decisions {
        context.print(
          "  \(decision.field): \(decision.winner.rawValue) (\(decision.rule.rawValue)); ours \(decision.ours ?? "-"), theirs \(decision.theirs ?? "-")"
        )
      }
    }
    context.print(
      "\(merged.mergedCount) issues would be merged, \(merged.rejected.count) lines cannot be read")
  }
}

extension JSONWriter {
  fileprivate mutating func decision(_ decision: MergeDecision) {
    object { writer in
      writer.member("field", decision.field)
      writer.member("rule", decision.rule.rawValue)
      writer.member("winner", decision.winner.rawValue)
      if let ours = decision.ours { writer.member("ours", ours) }
      if let theirs = decision.theirs { writer.member("theirs", theirs) }
    }
  }
}
