import BeadsKit
import CommandKit

/// `bd migrate issues`: moves many issues to another project.
enum MigrateIssuesCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "issues", summary: "Move issues to another project",
      discussion: """
        Moves each as `bd move` does: copies there under new IDs, edges between them kept, the issues here closed as \
        superseded. --include adds what they depend on (upstream), what depends on them (downstream), or both \
        (closure). Shows the plan unless --yes is given.
        """,
      examples: [
        "bd migrate issues --to ../web --label web",
        "bd migrate issues --to ../web --id bd-a3f8 --yes --json",
      ],
      flags: [
        .string("from", placeholder: "DIR", help: "The project they are in (default: this one)"),
        .string("to", placeholder: "DIR", help: "The project they go to"),
        .string("status", short: "s", placeholder: "STATUS", help: "Only issues with this status"),
        .int("priority", short: "p", in: -1...4, default: -1, help: "Only issues with this priority"),
        .string("type", short: "t", placeholder: "TYPE", help: "Only issues of this type"),
        .list("label", short: "l", placeholder: "LABEL,...", help: "Only issues with all these labels"),
        .list("id", placeholder: "ID,...", help: "Only these issues"),
        .string("ids-file", placeholder: "FILE", help: "Only the issues in this file, an ID a line"),
        .choice(
          "include", values: ["none", "upstream", "downstream", "closure"], default: "none",
          help: "Which neighbours to take along"),
        .bool("within-from-only", default: true, hidden: true, help: "Ignored: only they are looked at"),
        .bool("strict", help: "Refuse when an edge would lead from one project to the other"),
        .bool("dry-run", help: "Show the plan"), .bool("yes", short: "y", help: "Do it"),
      ], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    guard let place = arguments.string("to") else {
      throw UsageError("say where to move them", hint: "Write `bd migrate issues --to DIR`.")
    }
    let here = try arguments.string("from").map { try context.moved(to: $0) }
    defer { here?.close() }
    let source = here ?? context
    let there = try context.moved(to: place)
    defer { there.close() }
    let (issues, crossing) = try selection(source, arguments)
    if arguments.bool("strict"), let edge = crossing.first {
      throw BeadsError(
        .conflict, "\(edge.issueID) and \(edge.dependsOnID) would be in different projects",
        hint: "--include closure takes all that hang together along")
    }
    let isTrial = arguments.bool("dry-run") || !arguments.bool("yes")
    var reports: [IssueMove.Report] = []
    if !isTrial {
      let (from, to) = (try source.store(), try there.store())
      for issue in issues { reports.append(try IssueMove().run(issue.id, from: from, to: to)) }
      there.flush()
      source.flush()
    }
    show(issues, crossing, reports, isTrial: isTrial, context)
  }

  /// The issues in ID order, and the edges that would cross from one project to the other.
  private static func selection(
    _ context: BdContext, _ arguments: Arguments
  ) throws -> (issues: [Issue], crossing: [Dependency]) {
    let store = try context.store()
    var filter = IssueFilter.everything
    let vocabulary = store.rules.vocabulary
    if let text = arguments.string("status") { filter.statuses = .any([try vocabulary.status(text)]) }
    if let priority = try arguments.int("priority"), priority >= 0 { filter.priorities = [priority] }
    if let text = arguments.string("type") { filter.types = [try vocabulary.type(text)] }
    filter.labels = arguments.list("label")
    var words = arguments.list("id")
    if let path = arguments.string("ids-file") {
      words += try context.text(fromFile: path).split(whereSeparator: \.isWhitespace).map(String.init)
    }
    filter.ids = try words.map { word throws(BeadsError) in try store.resolve(word) }
    let isNamed = filter.ids.count + filter.labels.count + filter.types.count + filter.priorities.count > 0
    if !isNamed, !arguments.isSet("status") {
      throw BeadsError(
        .invalid, "say which issues are to be moved", hint: "--id, --label, --type, --status or --priority")
    }
    let all = try store.issues(matching: .everything, order: IssueOrder(.id))
    var chosen = Set(try store.issues(matching: filter, order: IssueOrder(.id)).map(\.id))
    grow(&chosen, all, arguments.string("include") ?? "none")
    let known = Set(all.map(\.id))
    let crossing = all.flatMap(\.dependencies).filter { edge in
      known.contains(edge.dependsOnID) && chosen.contains(edge.issueID) != chosen.contains(edge.dependsOnID)
    }
    return (all.filter { chosen.contains($0.id) }, crossing)
  }

  /// Adds neighbours until there are no more.
  private static func grow(_ chosen: inout Set<IssueID>, _ all: [Issue], _ include: String) {
    if include == "none" { return }
    let (goesUp, goesDown) = (include != "downstream", include != "upstream")
    let known = Set(all.map(\.id))
    let edges = all.flatMap(\.dependencies)
    var size = -1
    while size != chosen.count {
      size = chosen.count
      for edge in edges {
        if goesUp, chosen.contains(edge.issueID), known.contains(edge.dependsOnID) {
          chosen.insert(edge.dependsOnID)
        }
        if goesDown, chosen.contains(edge.dependsOnID) { chosen.insert(edge.issueID) }
      }
    }
  }

  private static func show(
    _ issues: [Issue], _ crossing: [Dependency], _ reports: [IssueMove.Report], isTrial: Bool,
    _ context: BdContext
  ) {
    if context.isJSON {
      return context.object { writer in
        writer.member("dry_run", isTrial)
        writer.member("issues", issues.map(\.id.rawValue))
        writer.key("moved")
        writer.array(reports) { writer, report in
          writer.object { writer in
            writer.member("source", report.source.rawValue)
            writer.member("target", report.target.rawValue)
          }
        }
        writer.member("crossing_edges", crossing.count)
      }
    }
    if isTrial {
      context.print("Would move \(counted(issues.count, "issue")):")
      for issue in issues { context.print("  \(IssueText.line(issue))") }
    } else {
      context.print("✓ Moved \(counted(reports.count, "issue"))")
      for report in reports { context.print("  \(report.source) → \(report.target)") }
    }
    if !crossing.isEmpty { context.print("Edges between the two projects: \(crossing.count)") }
    if isTrial, !issues.isEmpty { context.print("Move them with --yes") }
  }
}
