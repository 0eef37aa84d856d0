import BeadsKit
import CommandKit

/// `bd dep tree`: everything an issue depends on, or everything that depends on it.
enum DepTreeCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "tree", summary: "Show everything an issue depends on, as a tree",
      discussion: """
        What several paths lead to is unfolded once, where it is nearest to the root; --show-all-paths unfolds it \
        everywhere. With --status the tree keeps the issues of that status and what leads to them.
        """,
      examples: [
        "bd dep tree bd-9zq", "bd dep tree bd-9zq --direction up",
        "bd dep tree bd-9zq --format mermaid > tree.mmd",
      ],
      flags: [
        .choice(
          "direction", values: ["down", "up", "both"], default: "down",
          help: "Dependencies, dependents or both"),
        .bool("reverse", help: "Show dependents (as --direction up)"),
        .int("max-depth", short: "d", default: 50, help: "How many levels to show"),
        .bool("show-all-paths", help: "Unfold what several paths lead to each time"),
        .string("status", placeholder: "STATUS", help: "Only issues of this status and what leads to them"),
        .string(
          "type", short: "t", placeholder: "TYPE", values: EdgeInput.suggestions,
          help: "Follow only this type"),
        .choice("format", values: ["text", "mermaid", "json"], default: "text", help: "How to print it"),
      ],
      positionals: [.issue()]
    ) { arguments, context in
      if arguments.string("format") == "json" { context.output.format = .json }
      let root = try context.resolve(arguments.positionals[0])
      let parts = try directions(arguments).map { direction in
        Part(
          direction: direction, tree: try unfold(root, direction, arguments, context),
          isFiltered: arguments.isSet("status"))
      }
      if parts.contains(where: \.tree.isCut) {
        context.warn(
          "only the first \(DependencyTree.maximumCount) places are shown; leave out --show-all-paths")
      }
      if context.isJSON {
        write(parts, context)
      } else if arguments.string("format") == "mermaid" {
        context.output.write(MermaidChart(parts, try context.store().rules.vocabulary).text)
      } else {
        try print(parts, context)
      }
    }
  }

  /// One direction of what was asked for.
  struct Part {
    let direction: DependencyDirection
    let tree: DependencyTree
    /// Whether nodes were left out because of their status.
    let isFiltered: Bool

    /// What is said when there is nothing but the root.
    var emptyText: TerminalText {
      switch (direction, isFiltered) {
      case (.down, false): "It depends on nothing"
      case (.up, false): "Nothing depends on it"
      case (.down, true): "It depends on nothing of that status"
      case (.up, true): "Nothing of that status depends on it"
      }
    }
  }

  private static func directions(_ arguments: Arguments) throws -> [DependencyDirection] {
    let word = arguments.string("direction")
    if arguments.bool("reverse") {
      if arguments.isSet("direction"), word != "up" {
        throw UsageError("--reverse means --direction up, which contradicts --direction \(word ?? "")")
      }
      return [.up]
    }
    return word == "both" ? [.down, .up] : [word == "up" ? .up : .down]
  }

  private static func unfold(
    _ root: IssueID, _ direction: DependencyDirection, _ arguments: Arguments, _ context: BdContext
  ) throws -> DependencyTree {
    let store = try context.store()
    var options = DependencyTree.Options()
    options.direction = direction
    options.maximumDepth = try arguments.int("max-depth") ?? options.maximumDepth
    options.types = EdgeInput.types(arguments.string("type"))
    options.showsAllPaths = arguments.bool("show-all-paths")
    let wanted = try arguments.string("status").map { word throws(BeadsError) in
      try store.rules.vocabulary.status(word, allowingTombstone: true)
    }
    var tree = try store.dependencyTree(of: root, options)
    guard let wanted else { return tree }
    // An issue that has to wait is blocked whatever its stored status, as in lists.
    let blocked = wanted == .blocked ? try store.blocked(among: tree.nodes.map(\.id)) : []
    tree.filter { $0.issue?.status == wanted || blocked.contains($0.id) }
    return tree
  }

  private static func write(_ parts: [Part], _ context: BdContext) {
    context.json { writer in
      writer.beginArray()
      for part in parts {
        for node in part.tree.nodes {
          writer.beginObject()
          writer.treeNodeMembers(node)
          if parts.count > 1 { writer.member("direction", part.direction == .up ? "up" : "down") }
          writer.endObject()
        }
      }
      writer.endArray()
    }
  }

  private static func print(_ parts: [Part], _ context: BdContext) throws(BeadsError) {
    let store = try context.store()
    let blocked = try store.blocked(among: Set(parts.flatMap { $0.tree.nodes.map(\.id) }))
    for (index, part) in parts.enumerated() {
      if parts.count > 1 {
        if index > 0 { context.print("") }
        context.print(part.direction == .up ? "\("Dependents", .bold)" : "\("Dependencies", .bold)")
      }
      for (node, branches) in zip(part.tree.nodes, part.tree.branches) {
        var line: TerminalText = "\(branches, .gray)"
        line += EdgeText.line(node.id, node.issue, store.rules.vocabulary)
        if let edge = node.edge, edge != .blocks { line += " \("(\(edge))", .gray)" }
        if blocked.contains(node.id) { line += " \("[blocked]", .red)" }
        if node.isTruncated { line += " \("…", .gray)" }
        context.print(line)
      }
      if part.tree.nodes.count == 1, part.tree.nodes.first?.isTruncated == false {
        context.print(part.emptyText)
      }
    }
  }
}

extension DependencyTree {
  /// What is drawn before each node.
  fileprivate var branches: [String] {
    var branches = [String](repeating: "", count: nodes.count)
    /// For each level whether another node follows on it under the same parent.
    var isContinued: [Bool] = []
    for (index, node) in nodes.enumerated().reversed() {
      while isContinued.count <= node.depth { isContinued.append(false) }
      if node.depth > 0 {
        let lead = isContinued[1..<node.depth].map { $0 ? "│   " : "    " }.joined()
        branches[index] = lead + (isContinued[node.depth] ? "├── " : "└── ")
      }
      isContinued.removeSubrange((node.depth + 1)...)
      isContinued[node.depth] = true
    }
    return branches
  }
}
