import BeadsSystem

/// Counts what cooking has made, and stops it when that is too much.
struct CookBudget {
  /// The formula that is cooked, for messages.
  let name: String
  private var steps = 0
  private var bytes = 0
  private var edges = 0
  private var work = 0

  init(name: String) { self.name = name }

  mutating func charge(steps count: Int) throws(BeadsError) {
    steps += count
    if steps > CookLimits.steps { throw tooLarge("more than \(CookLimits.steps) steps") }
  }

  mutating func charge(bytes count: Int) throws(BeadsError) {
    bytes += count
    if bytes > CookLimits.bytes { throw tooLarge("more than \(CookLimits.bytes >> 20) MB of text") }
  }

  mutating func charge(edges count: Int) throws(BeadsError) {
    edges += count
    if edges > CookLimits.edges { throw tooLarge("more than \(CookLimits.edges) dependencies") }
  }

  mutating func charge(work count: Int) throws(BeadsError) {
    work += count
    if work > CookLimits.work { throw tooLarge("too many patterns for its steps") }
  }

  private func tooLarge(_ what: String) -> BeadsError {
    BeadsError(.invalid, "formula \(name) grows too large: \(what)")
  }
}
