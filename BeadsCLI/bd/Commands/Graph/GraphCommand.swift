import BeadsKit
import CommandKit

/// `bd graph`: a picture of what has to be done before what.
enum GraphCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "graph", summary: "Draw what has to be done before what", section: CommandTree.Section.graph,
      discussion: """
        Draws the issue with everything that edges connect it with. Issues of layer 0 wait for nothing in the graph; \
        an issue of layer 2 waits for one of layer 1, and so on. Lines lead from what comes first to what waits.
        """,
      examples: [
        "bd graph bd-a3f8", "bd graph --all --compact", "bd graph bd-a3f8 --html > graph.html",
        "bd graph --all --dot | dot -Tsvg > graph.svg", "bd graph check",
      ],
      flags: [
        .bool("all", help: "All open issues, a graph for each connected group"),
        .bool("box", help: "A box for each issue, layer under layer"),
        .bool("compact", help: "A line for each issue, layer under layer"),
        .bool("dot", help: "For Graphviz"),
        .bool("html", help: "A web page that needs nothing else"),
      ],
      positionals: [.optionalIssue()],
      subcommands: [check]
    ) { arguments, context in
      let form = try form(arguments)
      let isAll = arguments.bool("all")
      guard isAll == arguments.positionals.isEmpty else {
        throw UsageError(
          isAll ? "give an issue or --all, not both" : "name an issue, or draw all of them with --all")
      }
      let store = try context.store()
      let graphs =
        isAll ? try store.graphs() : [try store.graph(around: try context.resolve(arguments.positionals[0]))]
      if context.isJSON { return write(graphs, isAll: isAll, context) }
      print(graphs, as: form, isAll: isAll, store.rules.vocabulary, context)
    }
  }

  private enum Form: String, CaseIterable {
    case columns, box, compact, dot, html
  }

  private static func form(_ arguments: Arguments) throws(UsageError) -> Form {
    let given = Form.allCases.dropFirst().filter { arguments.bool($0.rawValue) }
    if given.count > 1 { throw UsageError("--\(given[0]) and --\(given[1]) exclude each other") }
    return given.first ?? .columns
  }

  private static func write(_ graphs: [IssueGraph], isAll: Bool, _ context: BdContext) {
    if isAll {
      context.json { writer in
        writer.array(graphs) { writer, graph in writer.object { $0.graphMembers(graph) } }
      }
    } else {
      for graph in graphs { context.object { $0.graphMembers(graph) } }
    }
  }

  private static func print(
    _ graphs: [IssueGraph], as form: Form, isAll: Bool, _ vocabulary: Vocabulary, _ context: BdContext
  ) {
    if form == .dot { return context.output.write(GraphDot(graphs, vocabulary).text) }
    if form == .html { return context.output.write(GraphPage(graphs, vocabulary).text) }
    let drawn = isAll ? graphs.filter { $0.issues.count > 1 } : graphs
    for (index, graph) in drawn.enumerated() {
      if index > 0 { context.print("") }
      if isAll { context.print("\(graph.root, .bold) and \(graph.issues.count - 1) more") }
      for line in lines(graph, form, vocabulary, context) { context.print(line) }
    }
    guard isAll else { return }
    let single = graphs.count - drawn.count
    if drawn.isEmpty && single == 0 { return context.print("No open issues") }
    if !drawn.isEmpty, single > 0 { context.print("") }
    if single > 0 {
      context.print("\(single) open \(single == 1 ? "issue has" : "issues have") no dependencies")
    }
  }

  private static func lines(
    _ graph: IssueGraph, _ form: Form, _ vocabulary: Vocabulary, _ context: BdContext
  ) -> [TerminalText] {
    let width = context.output.isTerminal ? context.output.width : nil
    let list = GraphList(graph, vocabulary)
    switch form {
    case .box: return list.boxLines(width: width)
    case .compact: return list.compactLines
    default:
      // What is too wide or too large is still readable line by line.
      guard let columns = GraphColumns(graph, vocabulary, width: width) else { return list.compactLines }
      return columns.lines + otherLinks(graph)
    }
  }

  /// The edges that are not drawn: links that are no order, and those of circles.
  private static func otherLinks(_ graph: IssueGraph) -> [TerminalText] {
    let drawn = Set(graph.blockingEdges).subtracting(GraphDrawing(graph).undrawn)
    let rest = graph.edges.filter { !drawn.contains($0) }
    if rest.isEmpty { return [] }
    return ["", "Other links"] + rest.map { "  \($0.issueID) → \($0.dependsOnID) \("(\($0.type))", .gray)" }
  }

  private static var check: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "check", summary: "Check that no issues wait for each other in a circle",
      discussion: "Exits 1 when there is a circle.", examples: ["bd graph check"]
    ) { _, context in
      let cycles = try context.store().dependencyCycles()
      if context.isJSON {
        context.object { writer in
          writer.member("clean", cycles.isEmpty)
          writer.key("cycles")
          writer.array(cycles) { $0.strings($1.map(\.rawValue)) }
          writer.key("summary")
          writer.object { $0.member("cycle_count", cycles.count) }
        }
      } else if cycles.isEmpty {
        context.print("\("✓", .green) The graph is clean: no dependency cycles")
      } else {
        context.print("\("✗", .red) \(DepCyclesCommand.count(cycles.count)):")
        for cycle in cycles { context.print("  \(DepCyclesCommand.path(cycle))") }
      }
      if !cycles.isEmpty { throw ExitStatus(1) }
    }
  }
}
