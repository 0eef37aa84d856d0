import BeadsKit
import CommandKit

/// `bd batch`: several operations in one transaction.
enum BatchCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "batch", summary: "Run several changes in one transaction", section: CommandTree.Section.data,
      discussion: """
        Reads a script, one operation a line, from a file or standard input. Either all of it happens or nothing: \
        the first line that fails takes everything back and is named.

          close ID [REASON...]
          update ID KEY=VALUE...        keys: status, priority, title, assignee
          create TYPE PRIORITY TITLE...
          dep add A B [TYPE]
          dep remove A B
          # a remark

        Words with blanks go in double quotes; a backslash takes the next character as it is.
        """,
      examples: ["bd batch -f plan.txt", "printf 'close bd-a3f8 done\\ndep add bd-1x bd-2y\\n' | bd batch"],
      flags: [
        .string("file", short: "f", placeholder: "FILE", help: "The script (default: standard input)"),
        .bool("dry-run", help: "Check the script and change nothing"),
        .string("message", short: "m", placeholder: "TEXT", help: "What the operation log says"),
      ]
    ) { arguments, context in
      let text = try context.text(fromFile: arguments.string("file") ?? "-")
      let lines = try BatchScript.parse(text)
      if arguments.bool("dry-run") { return try check(lines, context) }
      var results: [String] = []
      try context.change("batch") { transaction throws(BeadsError) in
        transaction.summary = arguments.string("message") ?? "\(lines.count) operations"
        for line in lines { results.append(try run(line, context, &transaction)) }
      }
      if context.isJSON {
        return context.object { writer in
          writer.member("operations", lines.count)
          writer.member("status", "ok")
          writer.member("results", results)
        }
      }
      for result in results { context.print("✓ \(result)") }
      context.print("\(lines.count) operations done")
    }
  }

  /// A dry run does everything and takes it back.
  private static func check(_ lines: [BatchScript.Line], _ context: BdContext) throws {
    let end = BeadsError(.conflict, "end of the dry run")
    do throws(BeadsError) {
      try context.store().write("batch") { transaction throws(BeadsError) in
        for line in lines { _ = try run(line, context, &transaction) }
        throw end
      }
    } catch {
      guard error == end else { throw error }
    }
    if context.isJSON {
      return context.object {
        $0.member("dry_run", true)
        $0.member("operations", lines.count)
      }
    }
    context.print("\(lines.count) operations would succeed")
  }

  private static func run(
    _ line: BatchScript.Line, _ context: BdContext, _ transaction: inout Transaction
  ) throws(BeadsError) -> String {
    do throws(BeadsError) { return try apply(line.words, context, &transaction) } catch {
      throw BeadsError(error.code, "line \(line.number): \(error.message)", hint: error.hint)
    }
  }

  private static func apply(
    _ words: [String], _ context: BdContext, _ transaction: inout Transaction
  ) throws(BeadsError) -> String {
    switch (words[0], words.count) {
    case ("close", 2...):
      let id = try context.resolve(words[1])
      let reason = words.dropFirst(2).joined(separator: " ")
      try transaction.close(id, reason: reason.isEmpty ? "Closed" : reason)
      return "closed \(id)"
    case ("update", 3...):
      let id = try context.resolve(words[1])
      try transaction.update(id) { issue throws(BeadsError) in
        for pair in words.dropFirst(2) { try set(pair, in: &issue) }
      }
      return "updated \(id)"
    case ("create", 4...):
      var draft = IssueDraft(title: words.dropFirst(3).joined(separator: " "))
      draft.type = IssueType(userInput: words[1])
      draft.priority = try PriorityInput.parse(words[2])
      return "created \(try transaction.create(draft).id)"
    case ("dep", 4...5) where words[1] == "add":
      let (from, to) = (try context.resolve(words[2]), try context.resolve(words[3]))
      let type = words.count > 4 ? DependencyType(rawValue: words[4]) : .blocks
      try transaction.addDependency(from, dependsOn: to, type: type)
      return "\(from) depends on \(to) (\(type))"
    case ("dep", 4) where words[1] == "remove":
      let (from, to) = (try context.resolve(words[2]), try context.resolve(words[3]))
      if try transaction.removeDependency(from, dependsOn: to).isEmpty {
        throw BeadsError(.notFound, "\(from) does not depend on \(to)")
      }
      return "\(from) no longer depends on \(to)"
    default:
      throw BeadsError(
        .invalid, "cannot understand \(quoted(words.joined(separator: " ")))",
        hint: "`bd batch --help` lists the operations")
    }
  }

  private static func set(_ pair: String, in issue: inout Issue) throws(BeadsError) {
    guard let equals = pair.firstIndex(of: "=") else {
      throw BeadsError(.invalid, "\(quoted(pair)) is not KEY=VALUE")
    }
    let value = String(pair[pair.index(after: equals)...])
    switch pair[..<equals] {
    case "status": issue.status = Status(rawValue: value)
    case "priority": issue.priority = try PriorityInput.parse(value)
    case "title": issue.title = value
    case "assignee": issue.assignee = value
    case let key:
      throw BeadsError(
        .invalid, "cannot set \(quoted(String(key)))", hint: "valid: status, priority, title, assignee")
    }
  }
}

/// The lines of a batch script as words.
enum BatchScript {
  struct Line {
    let number: Int
    let words: [String]
  }

  static func parse(_ text: String) throws(BeadsError) -> [Line] {
    var lines: [Line] = []
    let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in all.enumerated() {
      let words = try words(line, number: index + 1)
      if !words.isEmpty { lines.append(Line(number: index + 1, words: words)) }
    }
    return lines
  }

  private static func words(_ line: Substring, number: Int) throws(BeadsError) -> [String] {
    let split = ShellWords(line, isPlain: true)
    switch split.unfinished {
    case .quote: throw BeadsError(.invalid, "line \(number): a quote is not closed")
    case .backslash: throw BeadsError(.invalid, "line \(number): nothing follows the backslash")
    case nil: return split.words
    }
  }
}
