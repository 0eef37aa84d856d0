import BeadsKit
import CommandKit

/// `bd label` and `bd tag`.
enum LabelCommands {
  static var all: [CommandTree.BdCommand] { [label, tag] }

  private static var label: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "label", summary: "Add, remove and list labels", section: CommandTree.Section.issues,
      discussion: """
        With IDs instead of a subcommand, --add and --remove change the labels of these issues.
        """,
      examples: [
        "bd label add bd-a3f8 backend", "bd label add bd-a3f8 bd-9zq urgent",
        "bd label remove bd-a3f8 urgent",
        "bd label list-all",
      ],
      flags: [.list("add", help: "Add labels"), .list("remove", help: "Remove labels")],
      positionals: [.anyIssues()],
      subcommands: [
        CommandTree.BdCommand(
          "add", summary: "Add labels to issues", discussion: discussion,
          positionals: [.issue(), .oneOrMore("label", help: "More IDs, then the labels").naming(.allButLast)]
        ) { arguments, context in
          let words = try LabelWords(arguments.positionals, context)
          try change(words.issues, add: words.labels, remove: [], context)
        },
        CommandTree.BdCommand(
          "remove", summary: "Remove labels from issues", discussion: discussion,
          positionals: [.issue(), .oneOrMore("label", help: "More IDs, then the labels").naming(.allButLast)]
        ) { arguments, context in
          let words = try LabelWords(arguments.positionals, context)
          try change(words.issues, add: [], remove: words.labels, context)
        },
        CommandTree.BdCommand(
          "list", summary: "List the labels of an issue", positionals: [.issue()], run: list),
        CommandTree.BdCommand(
          "list-all", summary: "List all labels and how often they are used", run: listAll),
        CommandTree.BdCommand(
          "propagate", summary: "Copy a label to all children of an issue",
          positionals: [.issue("parent"), .required("label")], run: propagate),
      ]
    ) { arguments, context in
      if arguments.positionals.isEmpty { throw HelpRequest() }
      let (added, removed) = (arguments.list("add"), arguments.list("remove"))
      if added.isEmpty, removed.isEmpty {
        throw BeadsError(
          .invalid, "\(quoted(arguments.positionals[0])) is no label command",
          hint: "bd label add ID LABEL, or bd label ID --add LABEL")
      }
      try change(arguments.positionals, add: added, remove: removed, context)
    }
  }

  private static let discussion = """
    The last argument is a label. Of those before it, the ones that are issues get it, and the others, after the \
    first issue, are labels too.
    """

  private static var tag: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "tag", summary: "Add a label to an issue", section: CommandTree.Section.issues,
      examples: ["bd tag bd-a3f8 backend"], positionals: [.issue(), .required("label")]
    ) { arguments, context in
      try change([arguments.positionals[0]], add: [arguments.positionals[1]], remove: [], context)
    }
  }

  // MARK: Changing

  private static func change(
    _ words: [String], add added: [String], remove removed: [String], _ context: BdContext
  ) throws {
    let added = try added.map { label throws(BeadsError) in try Label.given(label) }
    let removed = try removed.map { label throws(BeadsError) in try Label.trimmed(label) }
    var changed: [IssueID: Set<String>] = [:]
    let ids = try context.changeEach("label", words) { transaction, issue throws(BeadsError) in
      let fresh = try transaction.addLabels(added, to: issue.id)
      let gone = try transaction.removeLabels(removed, from: issue.id)
      changed[issue.id] = Set(fresh + gone)
    }
    let work = added.map { ("added", $0) } + removed.map { ("removed", $0) }
    if context.isJSON {
      return context.json { writer in
        writer.beginArray()
        for id in ids {
          for (status, label) in work {
            writer.object { writer in
              writer.member("status", status)
              writer.member("issue_id", id.rawValue)
              writer.member("label", label)
            }
          }
        }
        writer.endArray()
      }
    }
    for id in ids {
      for (status, label) in work {
        let isNew = changed[id]?.contains(label) ?? false
        if status == "added" {
          context.print(
            isNew ? "✓ Added label \(quoted(label)) to \(id)" : "\(id) has label \(quoted(label)) already")
        } else {
          context.print(
            isNew ? "✓ Removed label \(quoted(label)) from \(id)" : "\(id) has no label \(quoted(label))")
        }
      }
    }
  }

  @Sendable private static func propagate(_ arguments: Arguments, _ context: BdContext) throws {
    let parent = try context.resolve(arguments.positionals[0])
    let label = try Label.given(arguments.positionals[1])
    let children = try context.store().children(of: parent)
    if children.isEmpty {
      if context.isJSON { return context.array([]) }
      return context.print("\(parent) has no children")
    }
    try change(children.map(\.rawValue), add: [label], remove: [], context)
  }

  // MARK: Listing

  @Sendable private static func list(_ arguments: Arguments, _ context: BdContext) throws {
    let id = try context.resolve(arguments.positionals[0])
    let labels = try context.store().issue(id)?.labels ?? []
    if context.isJSON { return context.json { $0.strings(labels) } }
    if labels.isEmpty { return context.print("\(id) has no labels") }
    context.print("Labels of \(id):")
    for label in labels { context.print("  \(label)") }
  }

  @Sendable private static func listAll(_ arguments: Arguments, _ context: BdContext) throws {
    let counts = try context.store().labelCounts()
    if context.isJSON {
      return context.json { writer in
        writer.array(counts) { writer, count in
          writer.object { writer in
            writer.member("label", count.label)
            writer.member("count", count.count)
          }
        }
      }
    }
    if counts.isEmpty { return context.print("No labels") }
    var table = Table([Table.Column("Label", isFlexible: true), Table.Column("Issues", alignment: .right)])
    for count in counts { table.add("\(count.label)", "\(count.count)") }
    context.output.print(table)
  }
}

/// Arguments of `label add` told apart: which are issues and which are labels.
struct LabelWords {
  var issues: [String] = []
  var labels: [String] = []

  init(_ words: [String], _ context: BdContext) throws(BeadsError) {
    for (index, word) in words.enumerated() {
      if index == words.count - 1 {
        labels.append(word)
      } else if issues.isEmpty {
        issues.append(word)
      } else if try Self.isIssue(word, context) {
        issues.append(word)
      } else {
        labels.append(word)
      }
    }
  }

  /// Whether a word means an issue: not when it only occurs somewhere inside an ID, as short labels do.
  private static func isIssue(_ word: String, _ context: BdContext) throws(BeadsError) -> Bool {
    let hasPrefix = IDQuery(word, prefixes: try context.store().prefixes()).prefix != nil
    do throws(BeadsError) {
      let id = try context.resolve(word).rawValue
      return hasPrefix || id == word || id.hasSuffix("-" + word)
    } catch {
      if error.code == .notFound || (error.code == .ambiguous && !hasPrefix) { return false }
      throw error
    }
  }
}
