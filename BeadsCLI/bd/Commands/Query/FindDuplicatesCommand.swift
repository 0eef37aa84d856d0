import BeadsKit
import CommandKit

/// `bd find-duplicates`: issues that say nearly the same.
enum FindDuplicatesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "find-duplicates", aliases: ["find-dups"], summary: "Find issues that say nearly the same",
      section: CommandTree.Section.views,
      discussion: """
        Compares the words of titles and descriptions, offline: 1 means the same words equally often, 0.5 is a good \
        hint. Finished issues, templates and wisps are left out; --status names others. Nothing is changed: \
        `bd duplicate` closes one in favour of the other, `bd duplicates` finds those that are exactly the same, and \
        `bd similar` what is like one issue.
        """,
      examples: [
        "bd find-duplicates", "bd find-duplicates --threshold 0.8 --json",
        "bd find-duplicates --status all --limit 10",
      ],
      flags: [
        .choice("method", values: ["mechanical", "ai"], help: "How to compare; only mechanical is built in"),
        SimilarityFlags.threshold(default: 0.5), SimilarityFlags.statuses,
        FilterFlags.limit(50), .string("model", hidden: true, help: "The model for --method ai"),
      ]
    ) { arguments, context in
      if arguments.string("method") == "ai" {
        throw BeadsError(
          .unsupported, "there is no model here to compare issues with",
          hint: "leave out --method: words are compared offline")
      }
      let threshold = try SimilarityFlags.threshold(arguments, default: 0.5)
      var reader = try FilterReader(context, from: .comparable)
      try SimilarityFlags.readStatuses(arguments, &reader, context)
      let pairs = try context.store().similarIssues(
        matching: reader.filter, threshold: threshold, limit: reader.limit)
      if context.isJSON { printJSON(pairs, threshold, context) } else { printText(pairs, threshold, context) }
    }
  }

  private static func printJSON(_ pairs: [SimilarIssues], _ threshold: Double, _ context: BdContext) {
    context.object { writer in
      writer.key("pairs")
      writer.array(pairs) { writer, pair in
        writer.object {
          $0.member("issue_a_id", pair.first.id.rawValue)
          $0.member("issue_b_id", pair.second.id.rawValue)
          $0.member("issue_a_title", pair.first.title)
          $0.member("issue_b_title", pair.second.title)
          $0.key("similarity")
          $0.double(pair.similarity)
          $0.member("method", "mechanical")
        }
      }
      writer.member("count", pairs.count)
      writer.member("method", "mechanical")
      writer.key("threshold")
      writer.double(threshold)
    }
  }

  private static func printText(_ pairs: [SimilarIssues], _ threshold: Double, _ context: BdContext) {
    if pairs.isEmpty {
      return context.print("No similar issues found (threshold \(SimilarityFlags.percent(threshold)))")
    }
    context.print("Found \(pairs.count) pair\(pairs.count == 1 ? "" : "s") of similar issues:")
    for pair in pairs {
      context.print("")
      context.print("\(SimilarityFlags.percent(pair.similarity), .bold) alike")
      for member in [pair.first, pair.second] { context.print("  \(member.id, .bold) - \(member.title)") }
    }
  }
}
