import BeadsModel
import BeadsSystem

/// The step IDs of a tree and the references between them, collected while it is read.
struct FormulaScope {
  private struct Reference {
    let from: String
    let target: String
    let verb: String
    let offset: Int
    /// The loops around it, the outermost first.
    let loops: [Int]
  }

  private var references: [Reference] = []
  /// IDs by the loop they are in; 0 is none.
  private var ids: [Set<String>] = [[]]
  private var loops: [Int] = [0]
  /// Whether other steps will stand in the place of some: they carry the ID of the old one before a dot.
  var hasReplacedSteps = false

  var isInLoop: Bool { loops.count > 1 }

  mutating func enterLoop() {
    hasReplacedSteps = true
    loops.append(ids.count)
    ids.append([])
  }

  mutating func leaveLoop() { loops.removeLast() }

  /// Notes an ID; false when it is taken.
  mutating func insert(_ id: String) -> Bool { ids[loops.last ?? 0].insert(id).inserted }

  mutating func refer(to target: String, from: String, _ verb: String, _ offset: Int) {
    references.append(Reference(from: from, target: target, verb: verb, offset: offset, loops: loops))
  }

  /// Names the references that lead to no step, as far as this file can tell.
  func finish(_ problems: FormulaProblems) {
    var suggestions = BeadsError.problemLimit
    for reference in references where !isKnown(reference) {
      suggestions -= 1
      let count = reference.loops.reduce(0) { $0 + ids[$1].count }
      let known = suggestions < 0 || count > 500 ? [] : reference.loops.flatMap { ids[$0] }.sorted()
      let nearest = Spelling.nearest(to: reference.target, among: known)
      let hint = nearest.map { " (did you mean \(quoted($0))?)" } ?? ""
      problems.add(
        "step \(quoted(reference.from)): \(reference.verb) \(quoted(reference.target)), which is no step\(hint)",
        at: reference.offset)
    }
  }

  private func isKnown(_ reference: Reference) -> Bool {
    let target = reference.target
    if contains(target, reference.loops) || target.contains("{") { return true }
    guard hasReplacedSteps else { return false }
    return target.indices.contains {
      (target[$0] == "." || target[$0] == "-") && contains(String(target[..<$0]), reference.loops)
    }
  }

  private func contains(_ id: String, _ loops: [Int]) -> Bool { loops.contains { ids[$0].contains(id) } }
}
