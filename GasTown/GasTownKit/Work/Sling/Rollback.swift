import BeadsKit

/// What has to be undone, last first, when a later stage fails.
struct Rollback {
  private var steps: [(what: String, undo: () throws(BeadsError) -> Void)] = []

  /// Adds what undoes a stage that has just been done.
  mutating func add(_ what: String, _ undo: @escaping () throws(BeadsError) -> Void) {
    steps.append((what, undo))
  }

  /// Undoes everything; what cannot be undone is told in the details of the error.
  mutating func run(because error: BeadsError) -> BeadsError {
    var left: [String] = []
    for step in steps.reversed() {
      do throws(BeadsError) { try step.undo() } catch { left.append("\(step.what): \(error.message)") }
    }
    steps = []
    if left.isEmpty { return error }
    return BeadsError(
      error.code, error.message, details: error.details + ["not undone: " + left.joined(separator: "; ")],
      hint: error.hint ?? "the same command again puts it right")
  }
}
