import BeadsKit
import CommandKit

/// `bd dep add`: one edge, several, or a file of them, all or none.
enum DepAddCommand {
  static let cycleFlag = Flag.bool(
    "no-cycle-check", help: "Do not look for circles; `bd dep cycles` finds them later")

  static var typeFlag: Flag {
    .string(
      "type", short: "t", placeholder: "TYPE", values: EdgeInput.suggestions, default: "blocks",
      help: "What the edge means")
  }

  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "add", summary: "Make an issue depend on another",
      discussion: """
        `bd dep add A B` says that A depends on B: with the type blocks, A is not ready before B is closed. B may be \
        an issue of another project or an external capability, external:<project>:<capability>.

        A file has one JSON object a line: {"from":"A","to":"B","type":"blocks"}. Either all lines are added or none.
        """,
      examples: [
        "bd dep add bd-9zq bd-a3f8", "bd dep add bd-9zq --blocked-by bd-a3f8,bd-1x",
        "bd dep add bd-9zq bd-epic --type parent-child", "bd dep add --file edges.jsonl",
      ],
      flags: [
        typeFlag,
        .list("blocked-by", placeholder: "ID,...", help: "What the issue depends on"),
        .list("depends-on", placeholder: "ID,...", help: "The same"),
        .string("file", placeholder: "FILE", help: "Add the edges of a JSONL file (- for standard input)"),
        cycleFlag,
      ],
      positionals: [
        .optionalIssue("issue", help: "The issue that waits"),
        .optional("depends-on", help: "What it waits for"),
      ]
    ) { arguments, context in
      let isFile = arguments.isSet("file")
      let edges = isFile ? try fileEdges(arguments, context) : try namedEdges(arguments, context)
      let results = try add(edges, checksCycles: !arguments.bool("no-cycle-check"), context)
      EdgeResult.print(results, asList: isFile || edges.count > 1, context)
    }
  }

  /// An edge to be added; the line it comes from is named when it is refused.
  struct Wanted {
    let issue: IssueID
    let target: IssueID
    let type: DependencyType
    var line: Int?
  }

  static func add(
    _ edges: [Wanted], checksCycles: Bool, _ context: BdContext
  ) throws(BeadsError) -> [EdgeResult] {
    let results = try context.change("dep add") { transaction throws(BeadsError) in
      var results: [EdgeResult] = []
      for edge in edges {
        do throws(BeadsError) {
          let isNew = try transaction.addDependency(
            edge.issue, dependsOn: edge.target, type: edge.type, checksCycles: checksCycles)
          results.append(EdgeResult(issue: edge.issue, target: edge.target, type: edge.type, isNew: isNew))
        } catch { throw edge.line.map { error.in(line: $0) } ?? error }
      }
      return results
    }
    for result in results where result.isNew && result.type == .parentChild {
      try warnOfSecondParent(result.issue, context)
    }
    return results
  }

  private static func warnOfSecondParent(_ child: IssueID, _ context: BdContext) throws(BeadsError) {
    let parents = try context.store().links(.down, of: [child], types: [.parentChild]).map(\.id.rawValue)
    if parents.count < 2 { return }
    context.warn("\(child) has \(parents.count) parents now: \(parents.joined(separator: ", "))")
  }

  private static func namedEdges(_ arguments: Arguments, _ context: BdContext) throws -> [Wanted] {
    guard let first = arguments.positionals.first else {
      throw UsageError(.missingArguments(["<issue>", "<depends-on>"]))
    }
    let flagged = arguments.list("blocked-by") + arguments.list("depends-on")
    if !flagged.isEmpty, arguments.positionals.count > 1 {
      throw UsageError("\(first) depends on what: give it as argument or with a flag, not both")
    }
    let targets = flagged.isEmpty ? Array(arguments.positionals.dropFirst()) : flagged
    if targets.isEmpty { throw UsageError(.missingArguments(["<depends-on>"])) }
    let issue = try context.resolve(first)
    let type = EdgeInput.type(arguments.string("type") ?? "blocks")
    return try targets.map { Wanted(issue: issue, target: try EdgeInput.target($0, context), type: type) }
  }

  private static func fileEdges(_ arguments: Arguments, _ context: BdContext) throws -> [Wanted] {
    if !arguments.positionals.isEmpty || arguments.isSet("blocked-by") || arguments.isSet("depends-on") {
      throw UsageError("--file brings its own issues, so no others can be given")
    }
    let text = try context.text(fromFile: arguments.string("file") ?? "-")
    var edges: [Wanted] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      do throws(BeadsError) {
        edges.append(
          try wanted(String(line), defaultType: arguments.string("type") ?? "blocks", index + 1, context))
      } catch { throw error.in(line: index + 1) }
    }
    if edges.isEmpty { throw BeadsError(.invalid, "the file names no dependency") }
    return edges
  }

  private static func wanted(
    _ line: String, defaultType: String, _ number: Int, _ context: BdContext
  ) throws(BeadsError) -> Wanted {
    let object = JSONValue(parsing: line)
    guard let from = (object?["from"] ?? object?["issue_id"])?.stringValue,
      let to = (object?["to"] ?? object?["depends_on_id"])?.stringValue
    else {
      throw BeadsError(
        .invalid, "this is not a dependency", hint: #"write {"from":"bd-1","to":"bd-2","type":"blocks"}"#)
    }
    return Wanted(
      issue: try context.resolve(from), target: try EdgeInput.target(to, context),
      type: EdgeInput.type(object?["type"]?.stringValue ?? defaultType), line: number)
  }
}

extension BeadsError {
  /// The error with the line of the file where it arose.
  fileprivate func `in`(line: Int) -> BeadsError { BeadsError(code, "line \(line): \(message)", hint: hint) }
}
