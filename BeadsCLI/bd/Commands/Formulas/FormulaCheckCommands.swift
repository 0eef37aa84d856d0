import BeadsKit
import CommandKit

/// `bd formula validate` and `bd formula convert`: what is done to formula files.
enum FormulaCheckCommands {
  static var validate: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "validate", aliases: ["check"], summary: "Tell everything that is wrong with formulas",
      discussion: """
        Each formula is read and cooked, with those it extends and brings in. Every problem is told with its file, \
        line and column. The status is 1 if there is any.
        """,
      examples: [
        "bd formula validate mol-release", "bd formula validate draft.formula.toml",
        "bd formula validate --all",
      ],
      flags: [.bool("all", help: "Every formula that can be found, the built-in ones too")],
      positionals: [.zeroOrMore("formula", help: "Names, or paths of files")]
    ) { arguments, context in
      let library = try context.formulaLibrary()
      var names = arguments.positionals
      if arguments.bool("all") { names += try library.entries().map(\.name) }
      if names.isEmpty { throw UsageError("no formula to validate", hint: "Name one, or give --all.") }
      let results = names.map { name -> (name: String, source: String?, error: BeadsError?) in
        do throws(BeadsError) { return (name, try library.check(name).source, nil) } catch {
          return (name, nil, error)
        }
      }
      if context.isJSON {
        context.json { writer in writer.array(results) { $0.result($1.name, $1.source, $1.error) } }
      }
      for result in results {
        if let error = result.error {
          context.output.report(error)
        } else {
          context.print("\("✓", .green) \(result.name)")
        }
      }
      if results.contains(where: { $0.error != nil }) { throw ExitStatus(1) }
    }
  }

  static var convert: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "convert", summary: "Write JSON formulas as TOML",
      discussion: """
        NAME.formula.toml is written beside NAME.formula.json and used from then on. Nothing is overwritten.
        """,
      examples: [
        "bd formula convert mol-patch", "bd formula convert mol-patch --stdout", "bd formula convert --all",
      ],
      flags: [
        .bool("all", help: "Every JSON formula in the search path"),
        .bool("delete", help: "Remove the JSON file once the TOML file says the same"),
        .bool("stdout", help: "Print the TOML and write no file"),
      ],
      positionals: [.zeroOrMore("formula", help: "Names of JSON formulas")], run: convert)
  }

  @Sendable private static func convert(_ arguments: Arguments, _ context: BdContext) throws {
    let library = try context.formulaLibrary()
    let isDryRun = arguments.bool("stdout")
    let entries = try chosen(arguments, library)
    if isDryRun {
      let texts = try entries.map { entry throws(BeadsError) in (entry.name, try library.toml(entry)) }
      if context.isJSON { return context.map(texts.map { (key: $0.0, value: $0.1) }) }
      for text in texts { context.output.write("\(multiline: text.1)") }
      return
    }
    var made: [(key: String, value: String)] = []
    for entry in entries {
      let path = try library.convert(entry, removesJSON: arguments.bool("delete"))
      context.print("\("✓", .green) \(path)")
      made.append((entry.name, path))
    }
    if context.isJSON { context.map(made) }
  }

  /// The JSON formulas that are meant, each checked before the first is written.
  private static func chosen(_ arguments: Arguments, _ library: FormulaLibrary) throws -> [FormulaLibrary
    .Entry]
  {
    let all = try library.entries()
    if arguments.bool("all") {
      let found = all.filter { $0.source.hasSuffix(".json") }
      if found.isEmpty { throw BeadsError(.notFound, "there are no JSON formulas") }
      return found
    }
    if arguments.positionals.isEmpty {
      throw UsageError("no formula to convert", hint: "Name one, or give --all.")
    }
    return try arguments.positionals.map { name in
      guard let entry = all.first(where: { $0.name == name }) else {
        _ = try library.formula(named: name)
        throw BeadsError(.invalid, "\(name) is no name of a formula in the search path")
      }
      _ = try library.toml(entry)
      return entry
    }
  }
}

extension JSONWriter {
  fileprivate mutating func result(_ name: String, _ source: String?, _ error: BeadsError?) {
    object { writer in
      writer.member("name", name)
      if let source { writer.member("source", source) }
      writer.member("valid", error == nil)
      writer.member("problems", error.map { $0.details.isEmpty ? [$0.message] : $0.details } ?? [])
    }
  }
}
