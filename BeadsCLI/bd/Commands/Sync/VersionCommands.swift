import BeadsKit
import CommandKit

/// `bd history` and `bd diff`: issues in git's history.
enum VersionCommands {
  static var history: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "history", summary: "Show the versions of an issue in git", section: CommandTree.Section.data,
      discussion: """
        Lists the commits that changed the issue, newest first, with the fields that changed. What is not committed \
        yet comes first. Nothing is checked out. `bd op log` lists what was done in this clone.
        """,
      examples: ["bd history bd-a3f8", "bd history bd-a3f8 --limit 3 --json"],
      flags: [.int("limit", short: "n", default: 0, help: "How many versions; 0 for all")],
      positionals: [.issue()], run: showHistory)
  }

  static var diff: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "diff", summary: "Show what happened to issues between two commits", section: CommandTree.Section.data,
      discussion: """
        Compares two revisions of git, or one with what the store has now. Without a revision it shows what is not \
        committed yet. Nothing is checked out.
        """,
      examples: ["bd diff", "bd diff HEAD~5", "bd diff v1.0..main", "bd diff main feature --json"],
      positionals: [.zeroOrMore("revision", help: "A, A..B, or A B")], run: showDiff)
  }

  @Sendable private static func showHistory(_ arguments: Arguments, _ context: BdContext) throws {
    let limit = try arguments.int("limit") ?? 0
    if limit < 0 { throw BeadsError(.invalid, "limit \(limit) is negative", hint: "0 shows all") }
    let history = try IssueHistory(context.workspace())
    let revision = try history.standardRevision(context.configuration())
    let id = try identify(arguments.positionals[0], context)
    let current = try context.store().issue(id)
    let versions = try history.versions(
      of: id, current: current, from: revision, limit: limit == 0 ? .max : limit)
    if versions.isEmpty, current == nil {
      throw BeadsError(
        .notFound, "neither the store nor git's history has the issue \(quoted(id.rawValue))",
        hint: "`bd list --all` shows the issues there are")
    }
    if context.isJSON { return context.json { $0.array(versions) { $0.version($1) } } }
    if versions.isEmpty { return context.print("\(id, .bold) is not in git's history yet") }
    let title = (current ?? versions.first?.change.issue)?.title ?? ""
    context.print("\(id, .bold) \(title)")
    for version in versions {
      let place =
        version.commit.map { Style.yellow("\(String($0.prefix(7)))") } ?? Style.dim("not committed")
      let author = version.author.isEmpty ? "" : " \(version.author)"
      context.print("")
      let summary: TerminalText = version.summary.isEmpty ? "" : "  \(version.summary, .dim)"
      context.print(
        "\(place) \(version.time, .dim)\(author)  \(version.change.kind.rawValue)\(summary)")
      ChangeText.print(version.change.fields, context)
    }
  }

  /// The issue that is meant: one of the store, or one that only the history may know.
  private static func identify(_ text: String, _ context: BdContext) throws(BeadsError) -> IssueID {
    do throws(BeadsError) { return try context.resolve(text) } catch {
      guard error.code == .notFound, let id = IssueID(rawValue: text) else { throw error }
      return id
    }
  }

  @Sendable private static func showDiff(_ arguments: Arguments, _ context: BdContext) throws {
    let history = try IssueHistory(context.workspace())
    let standard = try history.standardRevision(context.configuration())
    let (old, new) = try revisions(arguments.positionals, standard)
    let changes = try history.changes(from: old, to: new) { () throws(BeadsError) in try context.store() }
    if context.isJSON { return context.json { $0.array(changes) { $0.change($1) } } }
    if changes.isEmpty { return context.print("No issue differs between \(old) and \(new ?? "now")") }
    for change in changes {
      guard let issue = change.issue else { continue }
      context.print(
        "\(ChangeText.mark(change.kind)) \(issue.id, .bold) \(issue.title)  \(change.kind.rawValue, .dim)")
      ChangeText.print(change.fields, context)
    }
    let counts = Dictionary(grouping: changes, by: \.kind.rawValue).map { "\($0.value.count) \($0.key)" }
    context.print("")
    context.print("\(old) to \(new ?? "now"): \(counts.sorted().joined(separator: ", "))")
  }

  private static func revisions(
    _ words: [String], _ standard: String
  ) throws(BeadsError) -> (old: String, new: String?) {
    func named(_ word: Substring) -> String { word.isEmpty ? standard : String(word) }
    switch words.count {
    case 0: return (standard, nil)
    case 1:
      guard let dots = words[0].firstRange(of: "..") else { return (words[0], nil) }
      return (named(words[0][..<dots.lowerBound]), named(words[0][dots.upperBound...]))
    case 2: return (words[0], words[1])
    default:
      throw BeadsError(
        .invalid, "\(words.count) revisions were given", hint: "`bd diff` takes A, A..B or A B")
    }
  }
}

/// Changed fields, for people.
enum ChangeText {
  static func mark(_ kind: IssueChange.Kind) -> TerminalText {
    switch kind {
    case .added: Style.green("+")
    case .removed, .deleted: Style.red("-")
    case .closed: Style.green("✓")
    case .reopened, .changed: Style.yellow("~")
    }
  }

  static func print(_ fields: [FieldChange], _ context: BdContext) {
    for field in fields where !follows(field.field) {
      context.print("    \(field.field): \(text(field))")
    }
  }

  /// Whether a field only follows from others.
  private static func follows(_ field: String) -> Bool { field == "updated_at" || field == "closed_at" }

  private static func text(_ field: FieldChange) -> TerminalText {
    let (before, after) = (
      field.before.flatMap { JSONValue(parsing: $0) }, field.after.flatMap { JSONValue(parsing: $0) }
    )
    if before?.arrayValue != nil || after?.arrayValue != nil {
      let (old, new) = (elements(before), elements(after))
      let added = new.filter { !old.contains($0) }.map { Style.green("+\($0)") }
      let removed = old.filter { !new.contains($0) }.map { Style.red("-\($0)") }
      return (removed + added).reduce(into: TerminalText()) { line, part in
        line += line.isEmpty ? part : " " + part
      }
    }
    return "\(Style.red("\(short(before))")) → \(Style.green("\(short(after))"))"
  }

  private static func elements(_ list: JSONValue?) -> [String] {
    (list?.arrayValue ?? []).map { element in
      if let text = element.stringValue { return text }
      if let target = element["depends_on_id"]?.stringValue {
        return "\(element["type"]?.stringValue ?? "") \(target)"
      }
      if let text = element["text"]?.stringValue { return "\"\(cut(text))\"" }
      return element.compactText
    }
  }

  private static func short(_ value: JSONValue?) -> String {
    guard let value else { return "-" }
    return cut(value.stringValue ?? value.compactText)
  }

  private static func cut(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count > 60 ? line.prefix(59) + "…" : line.count < text.count ? line + "…" : line
  }
}

extension JSONWriter {
  fileprivate mutating func fields(_ changes: [FieldChange]) {
    array(changes) { writer, change in
      writer.object { writer in
        writer.member("field", change.field)
        for (name, value) in [("before", change.before), ("after", change.after)] {
          writer.key(name)
          if let value { writer.raw(value) } else { writer.null() }
        }
      }
    }
  }

  fileprivate mutating func change(_ change: IssueChange) {
    object { writer in
      writer.member("id", change.issue?.id.rawValue ?? "")
      writer.member("title", change.issue?.title ?? "")
      writer.member("change", change.kind.rawValue)
      writer.key("fields")
      writer.fields(change.fields)
    }
  }

  fileprivate mutating func version(_ version: IssueVersion) {
    object { writer in
      writer.optional("commit", version.commit)
      writer.member("time", version.time)
      writer.optional("author", version.author.isEmpty ? nil : version.author)
      writer.optional("email", version.mail.isEmpty ? nil : version.mail)
      writer.optional("summary", version.summary.isEmpty ? nil : version.summary)
      writer.member("change", version.change.kind.rawValue)
      writer.key("fields")
      writer.fields(version.change.fields)
      writer.key("issue")
      if let issue = version.change.after { writer.issue(issue, edges: .raw) } else { writer.null() }
    }
  }
}
