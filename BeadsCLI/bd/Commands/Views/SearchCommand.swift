import BeadsKit
import CommandKit

/// `bd search`: text in issues, whatever the case.
enum SearchCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "search", summary: "Find issues by text", section: CommandTree.Section.views,
      discussion: """
        Looks for the text as it stands in ID, title, description and external reference, whatever the \
        case, and in the description that a compacted issue had before. Issues with the text in the title come \
        first, whole words before parts of them. Where only the description has it, the place is shown. Closed \
        issues are left out unless --status names them.
        """,
      examples: [
        "bd search \"auth bug\"", "bd search login --status all", "bd search parser --label backend --json",
      ],
      flags: [.string("query", placeholder: "TEXT", help: "The text, if not given as argument")]
        + FilterFlags.basic + FilterFlags.priorityRange + FilterFlags.text
        + [
          .string("external-contains", placeholder: "TEXT", help: "With this text in the external reference")
        ]
        + FilterFlags.history + FilterFlags.missing + FilterFlags.metadata + FilterFlags.order
        + [FilterFlags.limit(50), .bool("long", help: "Dates and descriptions too")],
      positionals: [.zeroOrMore("text", help: "The text to look for")]
    ) { arguments, context in
      var filter = IssueFilter.everything
      filter.statuses = .unfinished
      filter.text = try text(arguments)
      var reader = try FilterReader(context, from: filter)
      try reader.readBasic()
      try reader.readPriorityRange()
      reader.readText()
      reader.filter.referenceContains = arguments.string("external-contains")
      try reader.readHistory()
      try reader.readMissing()
      try reader.readMetadata()
      let page = try context.page(reader.filter, reader.order(.relevance), limit: reader.limit)
      if context.isJSON {
        try context.arrayWithCounts(page.issues)
      } else {
        try show(page, text: reader.filter.text ?? "", arguments, context)
      }
      context.noteCut(page)
    }
  }

  private static func text(_ arguments: Arguments) throws(BeadsError) -> String {
    let words = arguments.positionals.joined(separator: " ")
    let flag = arguments.string("query") ?? ""
    if !words.isEmpty, !flag.isEmpty, words != flag {
      throw BeadsError(.invalid, "two texts to search for: \(quoted(words)) and \(quoted(flag))")
    }
    let text = words.isEmpty ? flag : words
    if text.allSatisfy(\.isWhitespace) {
      throw BeadsError(.invalid, "there is no text to search for", hint: "bd search \"auth bug\"")
    }
    return text
  }

  private static func show(
    _ page: IssuePage, text: String, _ arguments: Arguments, _ context: BdContext
  ) throws(BeadsError) {
    if page.issues.isEmpty { return context.print("No issues found matching '\(text)'") }
    let count =
      switch page.total {
      case .known(let all): all
      case .more, nil: page.issues.count
      }
    context.print("Found \(count) issue\(count == 1 ? "" : "s") matching '\(text)':")
    let isLong = arguments.bool("long")
    try context.printFlat(page.issues, isLong: isLong) { issue in
      // The whole description says it, too.
      isLong ? nil : issue.excerpt(of: text).map { "\($0.before)\($0.match, .bold)\($0.after)" }
    }
  }
}
