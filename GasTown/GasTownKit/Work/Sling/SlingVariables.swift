import BeadsKit

extension Sling {
  /// The formula for an issue that goes to a polecat; nil for none.
  func formula(for issue: Issue, _ request: SlingRequest, named name: String?) -> String? {
    if let name { return name }
    if request.isRaw { return nil }
    return issue.labels.contains("gt:conflict-resolution") ? WorkFormulas.conflict : WorkFormulas.standard
  }

  /// The values that a formula gets: what is known of issue and rig, then what was given by hand.
  /// - Throws: `invalid` for what is not `name=value`.
  func values(
    for issue: Issue, rig: Rig?, base: BranchName?, _ request: SlingRequest
  ) throws(BeadsError) -> [String: String] {
    var values = ["feature": issue.title, "issue": issue.id.rawValue]
    values["base_branch"] = (base ?? rig?.defaultBranch)?.rawValue
    if let rig { values.merge(try commands(of: rig)) { $1 } }
    for key in ["branch", "mr"] { values[key] = issue.townField(key) ?? values[key] }
    for text in request.variables {
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw BeadsError(.invalid, "\(quoted(text)) is no variable", hint: "--var name=value")
      }
      values[String(text[..<sign])] = String(text[text.index(after: sign)...])
    }
    return values
  }

}

extension Sling {
  /// The commands of a rig, as variables of formulas; empty for those it does not have.
  fileprivate func commands(of rig: Rig) throws(BeadsError) -> [String: String] {
    let settings = try RigSettings.load(rig)
    var commands: [String: String] = [:]
    for key in ["setup_command", "typecheck_command", "lint_command", "test_command", "build_command"] {
      commands[key] = settings.string("merge_queue." + key) ?? ""
    }
    return commands
  }

  /// Throws when nothing may be started in the town or the rig that is to get work.
  func checkOpen(_ target: SlingTarget) throws(BeadsError) {
    try EmergencyStop.requireNone(target.rig, in: town)
    guard case .polecat(let rig, _) = target else { return }
    try RigState.requireOperational(rig, in: database)
  }

  /// Tells an agent that work has come, if it runs; returns what the user has to know.
  func tell(_ agent: AgentAddress, _ issue: Issue) -> String {
    guard case .alive? = launcher.liveness(of: [agent])[agent] else {
      return "\(agent) does not run; it finds the work when it is started"
    }
    let text = "You have work: \(issue.id) \(issue.title). Run `gt prime` and begin."
    do throws(BeadsError) {
      let nudge = try Nudges(town, database, launcher).send(to: agent, from: caller, text: text)
      return "\(agent) was told (\(nudge.state.rawValue))"
    } catch { return "\(agent) could not be told: \(error.message)" }
  }
}
