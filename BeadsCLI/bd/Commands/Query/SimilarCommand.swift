import BeadsKit
import CommandKit

/// `bd similar`: issues that say nearly what one issue or a text says.
enum SimilarCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "similar", summary: "Find issues that are like one issue or a text", section: CommandTree.Section.views,
      discussion: """
        Compares the words of titles and descriptions, offline, as `bd find-duplicates` does: 1 means the same words \
        equally often. Finished issues are compared too, because they may hold the answer; --status names others. \
        Templates and wisps are left out. With --text, look before you create.
        """,
      examples: [
        "bd similar bd-a3f8", "bd similar --text \"login fails on Safari\"",
        "bd similar bd-a3f8 --status open,in_progress --json",
      ],
      flags: [
        .string("text", placeholder: "TEXT", help: "Compare with this text instead of an issue"),
        SimilarityFlags.threshold(default: 0.3), SimilarityFlags.statuses, FilterFlags.limit(10),
      ],
      positionals: [.optionalIssue(help: "The issue to compare with")]
    ) { arguments, context in
      let threshold = try SimilarityFlags.threshold(arguments, default: 0.3)
      var filter = IssueFilter.comparable
      filter.statuses = .all
      var reader = try FilterReader(context, from: filter)
      try SimilarityFlags.readStatuses(arguments, &reader, context)
      let store = try context.store()
      let (id, text) = try subject(arguments, context)
      let found =
        if let id {
          try store.issues(like: id, matching: reader.filter, threshold: threshold, limit: reader.limit)
        } else {
          try store.issues(like: text, matching: reader.filter, threshold: threshold, limit: reader.limit)
        }
      if context.isJSON {
        printJSON(found, id, threshold, context)
      } else {
        try show(found, like: id?.rawValue ?? "the text", threshold, context)
      }
    }
  }

  private static func subject(
    _ arguments: Arguments, _ context: BdContext
  ) throws(BeadsError) -> (id: IssueID?, text: String) {
    let text = arguments.string("text") ?? ""
    if let word = arguments.positionals.first {
      if !text.isEmpty { throw BeadsError(.invalid, "both an issue and --text: compare with one of them") }
      return (try context.resolve(word), "")
    }
    if text.allSatisfy(\.isWhitespace) {
      throw BeadsError(
        .invalid, "there is nothing to compare with",
        hint: "name an issue or give --text; `bd find-duplicates` compares all issues with each other")
    }
    return (nil, text)
  }

  private static func printJSON(
    _ found: [SimilarIssue], _ id: IssueID?, _ threshold: Double, _ context: BdContext
  ) {
    context.object { writer in
      if let id { writer.member("issue_id", id.rawValue) }
      writer.key("similar")
      writer.array(found) { writer, similar in
        writer.object {
          $0.member("id", similar.issue.id.rawValue)
          $0.member("title", similar.issue.title)
          $0.member("status", similar.issue.status.rawValue)
          $0.key("similarity")
          $0.double(similar.similarity)
        }
      }
      writer.member("count", found.count)
      writer.member("method", "mechanical")
      writer.key("threshold")
      writer.double(threshold)
    }
  }

  private static func show(
    _ found: [SimilarIssue], like subject: String, _ threshold: Double, _ context: BdContext
  ) throws(BeadsError) {
    let least = SimilarityFlags.percent(threshold)
    if found.isEmpty { return context.print("No issues like \(subject) found (threshold \(least))") }
    let vocabulary = try context.store().rules.vocabulary
    context.print("Found \(found.count) issue\(found.count == 1 ? "" : "s") like \(subject):")
    for similar in found {
      let share = SimilarityFlags.percent(similar.similarity)
      let padding = String(repeating: " ", count: max(0, 4 - share.count))
      let icon = IssueText.icon(similar.issue.status, vocabulary)
      context.print("\(padding)\(share) \(icon) \(similar.issue.id, .bold) - \(similar.issue.title)")
    }
  }
}
