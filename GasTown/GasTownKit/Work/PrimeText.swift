import BeadsKit

/// How the parts of what an agent is told look.
enum PrimeText {
  static func banner(_ work: HookedWork) -> String {
    var lines = [
      "## AUTONOMOUS WORK MODE", "",
      "**\(work.issue.id) is on your hook. Begin now: do not greet, do not ask, do not wait.**",
    ]
    if work.attachment.isReviewOnly {
      lines.append("**REVIEW ONLY: change nothing. Report in comments on \(work.issue.id).**")
    }
    if work.attachment.isNoMerge {
      lines.append("**NO MERGE: your branch will be looked at by a person, not merged.**")
    }
    return lines.joined(separator: "\n")
  }

  static func issue(_ issue: Issue) -> String {
    var lines = ["## Your assignment: \(issue.id) \(issue.title)", ""]
    var facts = ["type \(issue.type)", "priority \(issue.priority)", "status \(issue.status)"]
    if let parent = issue.parentID { facts.append("part of \(parent)") }
    if !issue.labels.isEmpty { facts.append("labels \(issue.labels.joined(separator: ", "))") }
    lines.append(facts.joined(separator: " · "))
    for (title, text) in [
      ("Description", issue.description), ("Design", issue.design),
      ("Acceptance", issue.acceptanceCriteria), ("Notes", issue.notes),
    ] where !text.isEmpty {
      lines += ["", "### \(title)", text]
    }
    let comments = issue.comments.suffix(5)
    if !comments.isEmpty { lines += ["", "### Last comments"] }
    for comment in comments { lines.append("- \(comment.author): \(comment.text)") }
    return lines.joined(separator: "\n")
  }

  static func instructions(_ attachment: Attachment) -> String {
    var lines: [String] = []
    if let subject = attachment.subject { lines.append("**\(subject)**") }
    for text in [attachment.message, attachment.arguments].compactMap(\.self) { lines.append(text) }
    if lines.isEmpty { return "" }
    let from = attachment.dispatchedBy.map { " from \($0)" } ?? ""
    return (["### Instructions\(from)"] + lines).joined(separator: "\n")
  }

  // MARK: Steps

  /// What is to be done is told in full up to this many bytes; of later steps only the titles.
  private static let stepsLimit = 12_000

  static func steps(_ view: MoleculeView) -> String {
    let name = view.formula ?? view.rootID.rawValue
    var lines = ["## Checklist: \(name), \(view.doneCount) of \(view.steps.count) done", ""]
    if view.isRootOnly, !view.text.isEmpty { lines += [view.text, ""] }
    lines.append("After each step: `gt mol step done`.")
    var size = 0
    for step in view.steps {
      let mark = step.state == .done ? "x" : " "
      let note = step.state == .current ? "  ← begin here" : ""
      lines.append("\n- [\(mark)] **\(step.title)** (`\(step.id)`)\(note)")
      if step.state == .done || size > stepsLimit { continue }
      // The steps of a poured molecule are issues, which can be looked up when their turn has come.
      if !view.isRootOnly, step.state != .current { continue }
      for text in [step.text, step.acceptance.isEmpty ? "" : "Done when: " + step.acceptance]
      where !text.isEmpty {
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).map {
          $0.isEmpty ? "" : "  \($0)"
        }
        size += text.utf8.count
      }
    }
    if view.isComplete { lines.append("\nEvery step is done: `gt done`.") }
    return lines.joined(separator: "\n")
  }

  static func checkpoint(_ checkpoint: Checkpoint, now: Int64) -> String {
    let minutes = max(0, now - checkpoint.at) / 60_000_000_000
    var lines = [
      "## A session before you got this far (\(minutes) min ago)", "",
      "Go on from there; look at `git status` and `git log` first, and throw nothing away.",
    ]
    if let step = checkpoint.step {
      lines.append("- step: \(checkpoint.title.map { "\($0) (`\(step)`)" } ?? "`\(step)`")")
    }
    if let branch = checkpoint.branch { lines.append("- branch: \(branch)") }
    if let commit = checkpoint.commit { lines.append("- last commit: \(commit.prefix(12))") }
    if !checkpoint.files.isEmpty {
      let more = checkpoint.files.count > 20 ? ", … (\(checkpoint.files.count) files)" : ""
      lines.append("- changed, not committed: \(checkpoint.files.prefix(20).joined(separator: ", "))\(more)")
    }
    if let notes = checkpoint.notes { lines.append("- notes: \(notes)") }
    return lines.joined(separator: "\n")
  }

  static func handoff(_ marker: HandoffMarker) -> String {
    var lines = [
      "## You are the successor of a session that handed off to you", "",
      "**Do not hand off again: that has just happened.** Go on where it stopped.",
    ]
    if let reason = marker.reason { lines.append("Reason: \(reason)") }
    if let subject = marker.subject { lines.append("\n### \(subject)") }
    if let message = marker.message { lines.append(message) }
    return lines.joined(separator: "\n")
  }

  // MARK: Ends

  static func begin(_ report: PrimeReport) -> String {
    guard report.agent.role.hasSession else { return "" }
    if let step = report.molecule?.current {
      return "## Begin\nNow: **\(step.title)** (`\(step.id)`) of \(report.work?.issue.id.rawValue ?? "")."
    }
    if let work = report.work { return "## Begin\nNow: \(work.issue.id)." }
    if !report.failures.isEmpty { return "" }
    switch report.agent.role {
    case .polecat: return "Your hook is empty. Look at `gt mail inbox`; without work, stop here."
    case .crew: return "Your hook is empty. Look at `gt mail inbox`, then say that you are ready."
    default:
      return "Your hook is empty. Look at `gt mail inbox` and `gt status`, then say that you are ready."
    }
  }

  static func failure(_ part: String, _ error: BeadsError) -> String {
    """
    **⚠ THE \(part.uppercased()) COULD NOT BE READ: \(error.message)**
    This does not mean that there is none. Close nothing and begin nothing new; run `gt hook` again in a minute, and if \
    that fails too: `gt escalate "gt prime: \(error.code.name)"`.
    """
  }
}
