import BeadsKit
import CommandKit

/// `bd dep list`: what issues depend on, or what depends on them.
enum DepListCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "list", aliases: ["ls"], summary: "List what issues depend on, or what depends on them",
      examples: ["bd dep list bd-9zq", "bd dep list bd-9zq --direction up --type tracks --json"],
      flags: [
        .choice(
          "direction", values: ["down", "up"], default: "down",
          help: "down: what they depend on, up: what depends on them"),
        .string(
          "type", short: "t", placeholder: "TYPE", values: EdgeInput.suggestions + ["depends_on"],
          help: "Only edges of this type; depends_on for every type that blocks"),
      ],
      positionals: [.issues()]
    ) { arguments, context in
      let ids = try ids(arguments, context)
      let direction: DependencyDirection = arguments.string("direction") == "up" ? .up : .down
      let links = try context.store().links(
        direction, of: ids, types: EdgeInput.types(arguments.string("type")))
      if !context.isJSON { return print(links, of: ids, direction, context) }
      context.json { writer in
        if ids.count > 1, direction == .down {
          writer.array(links) { $0.dependency($1.edge) }
        } else {
          writer.array(links) { $0.link($1) }
        }
      }
    }
  }

  /// The issues asked for; the ones that cannot be found are reported and left out.
  private static func ids(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> [IssueID] {
    _ = try context.store()
    var ids: [IssueID] = []
    var failures: [BeadsError] = []
    for text in arguments.positionals {
      do throws(BeadsError) {
        let id = try context.resolve(text)
        if !ids.contains(id) { ids.append(id) }
      } catch { failures.append(error) }
    }
    // The last failure ends the command when nothing is left to list, and is reported by that.
    let last = ids.isEmpty ? failures.popLast() : nil
    for failure in failures { context.output.report(failure) }
    if let last { throw last }
    return ids
  }

  private static func print(
    _ links: [IssueDetails.Link], of ids: [IssueID], _ direction: DependencyDirection, _ context: BdContext
  ) {
    let vocabulary = (try? context.store())?.rules.vocabulary ?? Vocabulary()
    let byIssue = Dictionary(grouping: links) { $0.edge.start(direction) }
    for (index, id) in ids.enumerated() {
      if index > 0 { context.print("") }
      guard let links = byIssue[id] else {
        context.print(direction == .down ? "\(id) depends on nothing" : "Nothing depends on \(id)")
        continue
      }
      context.print(direction == .down ? "\(id, .bold) depends on:" : "Depends on \(id, .bold):")
      for link in links { context.print("  \(EdgeText.line(link, vocabulary)) (\(link.edge.type))") }
    }
  }
}

/// How people see the other end of an edge.
enum EdgeText {
  static func line(_ link: IssueDetails.Link, _ vocabulary: Vocabulary) -> TerminalText {
    line(link.id, link.issue, vocabulary)
  }

  /// The line of an issue, or what can be said of one that is not in this store.
  static func line(_ id: IssueID, _ issue: Issue?, _ vocabulary: Vocabulary) -> TerminalText {
    if let issue { return IssueText.line(issue, vocabulary) }
    return id.isExternal ? "◌ \(id, .bold) - external capability" : "◌ \(id, .bold) - not in this project"
  }
}
