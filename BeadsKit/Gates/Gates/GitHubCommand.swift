import BeadsFormats
import BeadsModel
public import BeadsSystem

/// GitHub, as the program `gh` of the user sees it from a checkout.
///
/// Only numbers and checked names reach `gh`, as arguments of their own. What will not work for one question, such as a
/// missing login, is not tried for the next.
public struct GitHubCommand: Sendable {
  private let program: HostProgram
  private var obstacle: BeadsError?

  /// - Parameters:
  ///   - directory: The checkout, whose remote says which repository is meant.
  ///   - timeout: How long to wait for each answer.
  public init(directory: String, environment: Environment, timeout: Duration = .seconds(30)) {
    program = HostProgram(
      ["gh"], directory: directory, variables: environment.variables, timeout: timeout)
  }

  // MARK: Questions

  /// The answer about a run, a workflow or a pull request.
  public mutating func answer(_ condition: GateCondition) -> GateAnswer {
    do throws(BeadsError) {
      switch condition {
      case .run(let id):
        let value = try ask("run", "view", id, "--json", "status,conclusion,name")
        guard let run = WorkflowRun(value, id: id) else { throw Self.garbage("run \(id)") }
        return .run(run)
      case .workflow(let name):
        return .runs(try runs(limit: 5, ["--workflow", name]))
      case .pullRequest(let number):
        let value = try ask("pr", "view", number, "--json", "state,title")
        guard let state = value["state"]?.stringValue else { throw Self.garbage("pull request \(number)") }
        return .pullRequest(state: state, title: value["title"]?.stringValue ?? "")
      default: return .unknown("gh knows nothing about this")
      }
    } catch { return error.code == Self.missing ? .missing(error.message) : .unknown(error.message) }
  }

  /// The latest runs, of a branch if one is given.
  /// - Throws: `not_found` without `gh`, `invalid` for a branch that could be an option, `io_error` with what is wrong.
  public mutating func recentRuns(limit: Int, branch: String? = nil) throws(BeadsError) -> [WorkflowRun] {
    if let branch, !GateCondition.isArgument(branch) {
      throw BeadsError(.invalid, "\(quoted(branch)) is not a branch", hint: "for example: --branch main")
    }
    return try runs(limit: limit, branch.map { ["--branch", $0] } ?? [])
  }

  private mutating func runs(limit: Int, _ filter: [String]) throws(BeadsError) -> [WorkflowRun] {
    var fields = "databaseId,name,status,conclusion,createdAt,workflowName"
    if filter.first != "--workflow" { fields += ",headBranch,headSha" }
    let value = try ask(["run", "list"] + filter + ["--json", fields, "--limit", String(limit)])
    guard let items = value.arrayValue else { throw Self.garbage("runs") }
    return try items.map { item throws(BeadsError) in
      guard let run = WorkflowRun(item, id: nil) else { throw Self.garbage("runs") }
      return run
    }
  }

  // MARK: Answers

  private mutating func ask(_ arguments: String...) throws(BeadsError) -> JSONValue { try ask(arguments) }

  private mutating func ask(_ arguments: [String]) throws(BeadsError) -> JSONValue {
    if let obstacle { throw obstacle }
    let result: Subprocess.Result
    do throws(BeadsError) { result = try program.ask(arguments, adding: Self.quiet) } catch {
      obstacle = error
      throw error
    }
    guard result.succeeded else {
      let error = Self.failure(result)
      if error == Self.notLoggedIn { obstacle = error }
      throw error
    }
    guard !result.isTruncated, let value = JSONValue(parsing: result.text) else {
      throw Self.garbage(arguments.prefix(2).joined(separator: " "))
    }
    return value
  }

  /// Keeps `gh` from asking a person, colouring, and looking for a newer `gh`.
  private static let quiet = [
    "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GH_PAGER": "cat",
  ]

  private static let missing = BeadsError.Code("missing_on_github")
  private static let notLoggedIn = BeadsError(.io, "gh is not logged in: `gh auth login` does that")

  private static func garbage(_ what: String) -> BeadsError {
    BeadsError(.io, "what gh said about \(what) could not be understood")
  }

  private static func failure(_ result: Subprocess.Result) -> BeadsError {
    let text = result.errorText.lowercased()
    func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    if says("gh auth login", "http 401", "bad credentials", "gh_token") { return notLoggedIn }
    let line = result.errorText.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let reason = line.isEmpty ? "" : ": \(quoted(line))"
    if says("http 404", "could not find any", "could not resolve to a pullrequest", "no pull requests found")
    {
      return BeadsError(missing, "GitHub does not have it\(reason)")
    }
    return BeadsError(.io, "gh failed\(reason)")
  }
}

extension WorkflowRun {
  /// Reads what `gh` prints of a run; nil when it is none.
  fileprivate init?(_ value: JSONValue, id known: String?) {
    let number = value["databaseId"]?.intValue.map(String.init)
    guard let id = known ?? number, let status = value["status"]?.stringValue else { return nil }
    let name = value["workflowName"]?.stringValue ?? ""
    self.init(
      id: id, workflow: name.isEmpty ? value["name"]?.stringValue ?? "" : name, status: status,
      conclusion: value["conclusion"]?.stringValue ?? "",
      createdAt: value["createdAt"]?.stringValue.flatMap { Timestamp($0) },
      branch: value["headBranch"]?.stringValue ?? "", commit: value["headSha"]?.stringValue ?? "")
  }
}
