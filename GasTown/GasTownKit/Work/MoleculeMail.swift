public import BeadsKit

extension Hook {
  /// Attaches the molecule or formula that a message names to an agent's work; without work the message itself becomes
  /// the assignment.
  ///
  /// The message has a line `attached_molecule: ID` or `attached_formula: NAME`, and maybe `attached_vars: a=b, c=d`.
  /// - Returns: The issue the molecule is attached to.
  /// - Throws: `invalid` when the message names none, and what `attachMolecule` throws; then nothing has changed.
  public func attachMolecule(
    from mail: Mail, to agent: AgentAddress, force: Bool = false
  ) throws(BeadsError) -> Issue {
    func line(_ keys: String...) -> String? {
      keys.lazy.compactMap { FieldLines.value(of: $0, in: mail.body) }.first { !$0.isEmpty }
    }
    guard let name = line("attached_molecule", "molecule", "attached_formula", "formula") else {
      throw BeadsError(
        .invalid, "the message \(mail.id) names no molecule",
        hint: "it needs a line `attached_molecule: ID` or `attached_formula: NAME`")
    }
    var variables: [String: String] = [:]
    for part in (line("attached_vars", "vars") ?? "").split(separator: ",") {
      let text = FieldLines.trimmed(part)
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw BeadsError(.invalid, "\(quoted(text)) is no variable", hint: "the message says name=value")
      }
      variables[String(text[..<sign])] = String(text[text.index(after: sign)...])
    }
    if let work = try current(of: agent) {
      return try attachMolecule(name, to: work.issue.id, variables: variables, force: force)
    }
    try attach(mail.id, to: agent)
    do throws(BeadsError) {
      return try attachMolecule(name, to: mail.id, variables: variables, force: force)
    } catch {
      try takeBack(mail.id, force: true)
      // It stays in the mailbox that it was in.
      _ = try ledgers.store(for: mail.id).write("mol attach") { tx throws(BeadsError) in
        try tx.update(mail.id) { issue in
          issue.status = mail.issue.status
          issue.assignee = mail.issue.assignee
        }
      }
      throw error
    }
  }
}
