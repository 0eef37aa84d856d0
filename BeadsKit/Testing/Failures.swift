import BeadsKit
import BeadsSystem

/// Runs the body while calls of the operating system fail as a plan says, in debug builds; a release build ignores it.
///
/// `file.write#3+=ENOSPC` lets the third write and all after it find the disk full; `;` separates several. Places are
/// `file.open`, `file.write`, `file.rename`, `file.remove`, `file.sync`, `directory.make`, `directory.sync`.
/// - Returns: What the body returned.
public func withFailures<R, E: Error>(_ plan: String, _ body: () throws(E) -> R) throws(E) -> R {
  try FailPoint.whileArmed(plan, body).result
}
