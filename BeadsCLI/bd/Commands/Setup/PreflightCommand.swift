import BeadsKit
import CommandKit

/// `bd preflight`: what to look at before a pull request.
enum PreflightCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "preflight", summary: "Check a branch before it is proposed", section: CommandTree.Section.maintenance,
      discussion: """
        Lists the project's own tests and linter, as its build files tell, and whether issues.jsonl is up to date and \
        committed. With --check all of it is run; --fix brings issues.jsonl up to date first.
        """,
      examples: ["bd preflight", "bd preflight --check", "bd preflight --check --skip-lint --json"],
      flags: [
        .bool("check", help: "Run the checks"), .bool("fix", help: "Write issues.jsonl if it is behind"),
        .bool("skip-lint", help: "Leave the linter out"),
      ], run: run)
  }

  /// A check and how it went; not passed before it was run.
  struct Result {
    let name: String
    let command: String
    var passed = false
    var skipped = false
    var output = ""
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    let workspace = try context.workspace()
    let root = workspace.workTreeRoot ?? workspace.projectDirectory
    let tools = PreflightTool.found(in: root).filter { !arguments.bool("skip-lint") || !$0.isLinter }
    if arguments.bool("fix") {
      _ = try context.store()
      context.flush(force: true)
    }
    if !arguments.bool("check") {
      for tool in tools { context.print("- \(tool.name): \(tool.command.joined(separator: " "))") }
      context.print("- Issues are committed: git status -- \(workspace.beadsDirectory)")
      if !context.isJSON { return context.print("Run them with: bd preflight --check") }
    }
    var results: [Result] = []
    for tool in tools {
      var result = Result(name: tool.name, command: tool.command.joined(separator: " "))
      if arguments.bool("check") { check(tool, in: root, &result, context) } else { result.skipped = true }
      results.append(result)
    }
    results.append(try committed(workspace, runs: arguments.bool("check"), context))
    try show(results, context)
  }

  private static func check(
    _ tool: PreflightTool, in root: String, _ result: inout Result, _ context: BdContext
  ) {
    if !context.isJSON, !context.isQuiet { context.output.note("Running \(result.command)") }
    var program = HostProgram(
      tool.command, directory: root, variables: context.environment.variables, timeout: .seconds(1800))
    program.output = .combined
    program.outputKept = .end
    program.outputLimit = 16 << 10
    do throws(BeadsError) {
      let ended = try program.run()
      result.passed = ended.succeeded
      if !ended.succeeded { result.output = "\(ended.text)\n\(ended.outcome)" }
    } catch {
      result.skipped = error.code == .notFound
      result.output = error.message
    }
  }

  /// Whether git has the issues as they are.
  private static func committed(
    _ workspace: Workspace, runs: Bool, _ context: BdContext
  ) throws(BeadsError) -> Result {
    var result = Result(name: "Issues are committed", command: "git status --porcelain .beads")
    guard runs, let root = workspace.workTreeRoot else {
      result.skipped = true
      if runs { result.output = "\(workspace.projectDirectory) is in no git repository" }
      return result
    }
    _ = try context.store()
    context.flush()
    let git = HostProgram(
      ["git", "status", "--porcelain", "--", workspace.beadsDirectory], directory: root,
      variables: context.environment.variables, timeout: .seconds(30))
    let answer = try git.ask()
    result.passed = answer.succeeded && answer.output.isEmpty
    result.output = answer.succeeded ? answer.text : answer.errorText
    return result
  }

  private static func show(_ results: [Result], _ context: BdContext) throws {
    let failed = results.count { !$0.passed && !$0.skipped }
    let ran = results.count { !$0.skipped }
    let summary = "\(ran - failed) of \(ran) checks passed, \(results.count - ran) skipped"
    if context.isJSON {
      context.object { writer in
        writer.key("checks")
        writer.array(results) { writer, result in
          writer.object { writer in
            writer.member("name", result.name)
            writer.member("passed", result.passed)
            if result.skipped { writer.member("skipped", true) }
            if !result.output.isEmpty { writer.member("output", result.output) }
            writer.member("command", result.command)
          }
        }
        writer.member("passed", failed == 0)
        writer.member("summary", summary)
      }
    } else {
      for result in results {
        context.print("\(result.skipped ? "–" : result.passed ? "✓" : "✗") \(result.name)")
        for line in result.output.split(whereSeparator: \.isNewline).suffix(20) {
          context.print("    \(String(line))")
        }
      }
      context.print("\(summary)")
    }
    if failed > 0 { throw ExitStatus(1) }
  }
}

/// A program that a project is checked with.
struct PreflightTool: Equatable {
  let name: String
  let command: [String]
  let isLinter: Bool

  /// What each build file stands for; the first that is there decides.
  private static let known: [(file: String, tests: [String], linter: [String]?)] = [
    ("Package.swift", ["swift", "test"], ["swift", "format", "lint", "--strict", "--recursive", "."]),
    ("Cargo.toml", ["cargo", "test"], ["cargo", "clippy"]),
    ("go.mod", ["go", "test", "./..."], ["go", "vet", "./..."]),
    ("package.json", ["npm", "test"], nil),
    ("pyproject.toml", ["python3", "-m", "pytest"], ["ruff", "check"]),
  ]

  /// The tests and the linter of a project: targets `test` and `lint` of a Makefile, else what its kind has.
  static func found(in root: String) -> [PreflightTool] {
    let makefile = ["GNUmakefile", "makefile", "Makefile"].lazy
      .compactMap { try? FileSystem.readText(Path.join(root, $0)) }.first
    let lines = makefile?.split(whereSeparator: \.isNewline) ?? []
    func hasTarget(_ name: String) -> Bool { lines.contains { $0.hasPrefix(name + ":") } }
    let kind = known.first { FileSystem.exists(Path.join(root, $0.file)) }
    let tests = hasTarget("test") ? ["make", "test"] : kind?.tests
    let linter = hasTarget("lint") ? ["make", "lint"] : kind?.linter
    return [("Tests pass", tests, false), ("Lint passes", linter, true)].compactMap {
      name, command, isLinter in
      command.map { PreflightTool(name: name, command: $0, isLinter: isLinter) }
    }
  }
}
