import BeadsKit
import CommandKit

/// `bd comments` and `bd comment`.
enum CommentCommands {
  static var all: [CommandTree.BdCommand] { [comments, comment] }

  private static var comments: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "comments", summary: "Read comments, or add one", section: CommandTree.Section.issues,
      examples: ["bd comments bd-a3f8", "bd comments add bd-a3f8 \"Seen again today\""],
      flags: listFlags, positionals: [.issue()],
      subcommands: [
        CommandTree.BdCommand(
          "add", summary: "Add a comment", flags: addFlags,
          positionals: [.issue(), .zeroOrMore("text")], run: add),
        CommandTree.BdCommand(
          "list", summary: "List comments, oldest first", flags: listFlags, positionals: [.issue()],
          run: list),
      ], run: list)
  }

  private static var comment: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "comment", summary: "Add a comment to an issue", section: CommandTree.Section.issues,
      examples: ["bd comment bd-a3f8 \"Seen again today\"", "bd comment bd-a3f8 --file report.txt"],
      flags: addFlags, positionals: [.issue(), .zeroOrMore("text")], run: add)
  }

  private static var listFlags: [Flag] { [.bool("local-time", help: "Show times in the local time zone")] }

  private static var addFlags: [Flag] {
    [
      .string(
        "file", short: "f", placeholder: "FILE", help: "Read the text from a file, - for standard input"),
      .bool("stdin", help: "Read the text from standard input"),
      .string("author", short: "a", placeholder: "NAME", help: "Who says it (default: you)"),
    ]
  }

  @Sendable private static func add(_ arguments: Arguments, _ context: BdContext) throws {
    let text = try TextFlags.words(
      arguments.positionals.dropFirst(), file: arguments.string("file"), stdin: arguments.bool("stdin"),
      "comment",
      context)
    let id = try context.resolve(arguments.positionals[0])
    let comment = try context.change("comment") { transaction throws(BeadsError) in
      transaction.summary = id.rawValue
      return try transaction.addComment(text, to: id, author: arguments.string("author"))
    }
    LastTouched.write(id, context)
    if context.isJSON { return context.object { $0.commentMembers(comment) } }
    context.print("Comment added to \(id)")
  }

  @Sendable private static func list(_ arguments: Arguments, _ context: BdContext) throws {
    let id = try context.resolve(arguments.positionals[0])
    let comments = try context.store().issue(id)?.comments ?? []
    if context.isJSON {
      return context.json {
        $0.array(comments) { writer, comment in writer.object { $0.commentMembers(comment) } }
      }
    }
    if comments.isEmpty { return context.print("No comments on \(id)") }
    context.print("Comments on \(id):")
    let clock = ClockText(isLocal: arguments.bool("local-time"))
    for comment in comments {
      context.print("")
      context.print(CommentText.lines(comment, clock))
    }
  }
}

/// How a comment looks.
enum CommentText {
  static func lines(_ comment: Comment, _ clock: ClockText) -> [TerminalText] {
    ["\(comment.author, .bold)  \(clock.minute(comment.createdAt), .gray)"] + IndentedText.lines(comment.text)
  }
}

/// Text of any length under a heading.
enum IndentedText {
  static func lines(_ text: String, by indent: String = "  ") -> [TerminalText] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.map { $0.isEmpty ? "" : "\(indent)\(String($0))" }
  }
}

/// How moments are shown to people: UTC, or the local time zone.
struct ClockText {
  let isLocal: Bool

  /// `2026-03-02 09:00 UTC`, or without the zone's name when it is the local one.
  func minute(_ time: Timestamp) -> String {
    let text = "\(isLocal ? time.written(in: .local) : time.utc)"
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + (isLocal ? "" : " UTC")
  }
}

extension BdContext {
  /// Prints lines for people; JSON mode prints none.
  func print(_ lines: [TerminalText]) { for line in lines { print(line) } }
}
