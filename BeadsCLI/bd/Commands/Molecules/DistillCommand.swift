import BeadsKit
import CommandKit

/// `bd mol distill`: makes a formula of work that was done.
enum DistillCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "distill", summary: "Make a formula of an epic or molecule",
      discussion: """
        Everything below the issue becomes a step, with its order; what became of it is left out. --var makes a variable \
        of a word: NAME=WORD or WORD=NAME. A formula that is there is not written over.
        """,
      examples: [
        "bd mol distill bd-a3f8 mol-release --var version=1.2.0", "bd mol distill bd-a3f8 --dry-run",
      ],
      flags: [
        .list("var", placeholder: "NAME=WORD", help: "Make a variable of a word; can be repeated"),
        .bool("dry-run", help: "Show the formula and write nothing"),
        .string(
          "output", short: "o", placeholder: "DIR",
          help: "Where to write it (default: the first folder for formulas that can be written)"),
      ],
      positionals: [.required("epic"), .optional("name")], run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let store = try context.store()
    let id = try context.resolve(arguments.positionals[0])
    let name = arguments.positionals.count > 1 ? arguments.positionals[1] : nil
    let formula = try store.distill(id, name: name, variables: try variables(arguments, id, store))
    let directory = try directory(arguments, context)
    let path = Path.join(directory, formula.name + ".formula.json")
    if !arguments.bool("dry-run") {
      if FileSystem.exists(path) {
        throw BeadsError(.exists, "\(path) already exists", hint: "give the formula another name")
      }
      try FileSystem.makeDirectory(directory)
      var writer = JSONWriter(.pretty)
      formula.json.write(to: &writer)
      try FileSystem.replace(path, with: writer.bytes + Array("\n".utf8))
    } else if !context.isJSON {
      return context.print(formula)
    }
    if context.isJSON {
      return context.object { writer in
        if arguments.bool("dry-run") { writer.member("dry_run", true) }
        writer.member("formula_name", formula.name)
        writer.member("formula_path", path)
        writer.member("steps", formula.stepCount)
        writer.member("variables", formula.variables.map(\.name))
      }
    }
    context.print(
      "\("✓", .green) Distilled \(id) into \(formula.name): \(MoleculeText.count(formula.stepCount, "step"))")
    if !formula.variables.isEmpty {
      context.print("  Variables: \(formula.variables.map(\.name).joined(separator: ", "))")
    }
    context.print("  \(path)")
  }

  /// Which side of each `--var` is the word: what cannot be a name, what stands in the texts, else the right one.
  private static func variables(
    _ arguments: Arguments, _ id: IssueID, _ store: Store
  ) throws(BeadsError) -> [(name: String, value: String)] {
    if !arguments.isSet("var") { return [] }
    let issues = try store.issues([id] + store.descendants(of: id))
    func stands(_ word: String) -> Bool {
      issues.contains { issue in
        [issue.title, issue.description, issue.design, issue.acceptanceCriteria, issue.notes, issue.awaitID]
          .contains { $0.contains(word) }
      }
    }
    return try MoleculeSource.variables(arguments).sorted { $0.key < $1.key }.map { left, right in
      let isTurned =
        FormulaVariable.isName(right) && (!FormulaVariable.isName(left) || stands(left) && !stands(right))
      return isTurned ? (right, left) : (left, right)
    }
  }

  private static func directory(_ arguments: Arguments, _ context: BdContext) throws(BeadsError) -> String {
    if let output = arguments.string("output") {
      return Path.absolute(
        Path.expandingHome(output, context.environment), in: context.environment.currentDirectory)
    }
    for directory in try context.formulaLibrary().directories {
      let parent = FileSystem.exists(directory) ? directory : Path.directory(of: directory)
      if FileSystem.isDirectory(parent), FileSystem.isWritable(parent) { return directory }
    }
    throw BeadsError(.readOnly, "no folder for formulas can be written", hint: "give one with --output")
  }
}
