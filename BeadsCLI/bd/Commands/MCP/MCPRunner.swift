import BeadsKit
import CommandKit

/// Runs the command that a tool stands for, in this process, as if it had been typed.
struct MCPRunner {
  let environment: Environment
  /// Flags that hold for every call.
  let flags: [String]
  let program: (() -> String?)?

  /// A result of more bytes is not sent: no client can use it.
  static let resultLimit = 1 << 20

  func run(_ tool: MCPTool, _ arguments: [JSONValue.Member]) -> MCPResult {
    do throws(BeadsError) {
      var call = try tool.call(arguments)
      call.line = try tool.forms[0].command.isEmpty ? commandLine(call.line) : ["--json"] + call.line
      let environment = try self.environment(in: call.directory)
      return run(flags + call.line, isFull: call.isFull, environment)
    } catch { return .failure(error) }
  }

  /// What a command prints for people.
  func text(of line: [String]) -> String {
    let output = Output.captured()
    _ = BdProgram.run(flags + line, output: output, environment: environment, program: program)
    return output.standardOutput.captured
  }

  private func run(_ line: [String], isFull: Bool, _ environment: Environment) -> MCPResult {
    let output = Output.captured()
    let status = BdProgram.run(line, output: output, environment: environment, program: program)
    let (text, remarks) = (output.standardOutput.captured, output.standardError.captured)
    if text.utf8.count > Self.resultLimit {
      return MCPResult(
        text: "The result has \(text.utf8.count) bytes, more than \(Self.resultLimit)",
        remarks: "Ask for less with a filter or a limit, or have it written into a file", isError: status != 0
      )
    }
    var result = MCPResult(text: text, remarks: remarks, isError: status != 0)
    guard var value = JSONValue(parsing: text) else { return result }
    if !isFull { value = value.brief }
    switch value {
    case .object:
      result.text = value.compactText
      result.structure = result.text
    case .array:
      result.text = value.compactText
      result.structure = "{\"result\":\(result.text)}"
    default: break
    }
    // An error in JSON says all that the lines on standard error say.
    if status != 0, value["error"] != nil { result.remarks = "" }
    return result
  }

  /// The environment of a call in another directory: nothing else says then which project is meant.
  private func environment(in directory: String?) throws(BeadsError) -> Environment {
    guard let directory else { return environment }
    var moved = environment
    moved.currentDirectory = Path.absolute(
      Path.expandingHome(directory, environment), in: environment.currentDirectory)
    if !FileSystem.isDirectory(moved.currentDirectory) {
      throw BeadsError(.notFound, "there is no directory \(moved.currentDirectory)")
    }
    for name in ["BEADS_DIR", "BEADS_DB", "BD_DB"] { moved.variables[name] = nil }
    return moved
  }
}

extension MCPRunner {
  /// The words of the tool `bd` as a command line that can run here.
  private func commandLine(_ line: [String]) throws(BeadsError) -> [String] {
    var words = Array(line.drop { $0 == "--" })
    if words.first == "bd" { words.removeFirst() }
    if words.contains("-") || words.contains("--stdin") {
      throw BeadsError(
        .invalid, "there is no standard input here", hint: "give the text as an argument, or name a file")
    }
    if words.isEmpty { words = ["help"] }
    let isHelp = words[0] == "help" || words.contains("--help") || words.contains("-h")
    // A line that cannot be parsed is the command's to complain about.
    if let parsed = try? CommandRunner(CommandTree.root).parse(flags + words) { try check(parsed) }
    return isHelp ? words : ["--json"] + words
  }

  private func check(_ parsed: Arguments) throws(BeadsError) {
    switch parsed.commandPath {
    case ["bd", "mcp"]: throw BeadsError(.unsupported, "this is the server already")
    case ["bd", "edit"]:
      throw BeadsError(
        .unsupported, "there is no editor here", hint: "the tool update changes every field")
    default: break
    }
    let flags = parsed.commandLine.prefix { $0 != "--" }
    if let endless = flags.first(where: { $0 == "--watch" || $0 == "--follow" }) {
      throw BeadsError(.unsupported, "\(endless) never ends", hint: "leave it out and ask again later")
    }
    if self.flags.contains("--readonly"), !parsed.bool("readonly") {
      throw BeadsError(.readOnly, "this server was started with --readonly")
    }
  }
}

extension JSONValue {
  /// Issues with what one chooses by, without the texts.
  fileprivate var brief: JSONValue {
    guard case .array(let items) = self else { return self }
    return .array(
      items.map { item in
        guard case .object(let members) = item else { return item }
        return .object(members.filter { Self.briefKeys.contains($0.key) })
      })
  }

  private static let briefKeys: Set<String> = [
    "id", "title", "status", "priority", "issue_type", "assignee", "labels", "parent", "dependency_count",
    "dependent_count", "blocked_by", "due_at", "snippet",
  ]
}
