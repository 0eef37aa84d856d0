import BeadsModel
public import BeadsSystem

/// Tells the town about gates that will not open by themselves, with the program `gt`.
public struct GateEscalation: Sendable {
  private let program: HostProgram

  /// - Parameter directory: Where `gt` is run: in the project, which says which town is meant.
  public init(directory: String, environment: Environment, timeout: Duration = .seconds(30)) {
    program = HostProgram(
      ["gt"], directory: directory, variables: environment.variables, timeout: timeout)
  }

  /// Escalates one gate.
  /// - Throws: `not_found` without `gt`, `io_error` when it fails or does not end.
  public func tell(_ finding: GateFinding) throws(BeadsError) {
    let id = finding.gate.id.rawValue
    let text = "Gate \(id): \(finding.outcome.reason)"
    let result = try program.ask([
      "escalate", "-s", "medium", "--source", "bd gate check", "--related", id, text,
    ])
    if result.succeeded { return }
    let line = result.errorText.split(whereSeparator: \.isNewline).first.map { ": \(quoted(String($0)))" }
    throw BeadsError(.io, "gt could not escalate gate \(id)\(line ?? "")")
  }
}
