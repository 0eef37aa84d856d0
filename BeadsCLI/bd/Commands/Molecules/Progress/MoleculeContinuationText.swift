import BeadsKit
import CommandKit

/// What `bd close --continue` says about the molecule.
enum MoleculeContinuationText {
  static func lines(
    _ continuation: MoleculeContinuation, after step: IssueID, _ context: BdContext
  ) throws(BeadsError) -> [TerminalText] {
    guard let molecule = continuation.moleculeID else { return ["\(step) is no step of a molecule"] }
    if continuation.isComplete { return ["\("✓", .green) Molecule \(molecule, .bold) is complete"] }
    if let next = continuation.nextStep {
      let name = try context.named(next)
      return [
        continuation.isClaimed
          ? "\("✓", .green) Started \(name)"
          : next.status == .open ? "Next step: \(name)" : "Current step: \(name)"
      ]
    }
    let rest = continuation.remaining
    return ["No step of \(molecule) is ready; \(rest) \(rest == 1 ? "is" : "are") not done"]
  }

  static func write(_ continuation: MoleculeContinuation, closed: Issue?, _ writer: inout JSONWriter) {
    writer.object { writer in
      if let closed {
        writer.key("closed_step")
        writer.issue(closed)
      }
      if let next = continuation.nextStep {
        writer.key("next_step")
        writer.issue(next)
      }
      writer.member("auto_advanced", continuation.isClaimed)
      writer.member("molecule_complete", continuation.isComplete)
      writer.member("molecule_id", continuation.moleculeID?.rawValue ?? "")
    }
  }
}
