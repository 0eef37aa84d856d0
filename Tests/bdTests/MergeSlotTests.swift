import BeadsKit
import BeadsTesting
import Testing

@Suite struct MergeSlotTests {
  /// Of 30 processes that want the slot at once one gets it, and the others are in the queue, each once.
  @Test func ofManyProcessesOneHoldsIt() throws {
    let stress = try StressProject()
    try stress.run("merge-slot", "create")
    let width = 30
    var holders: [Int] = []
    var positions: [Int] = []
    var started = [Bool](repeating: false, count: width)
    try stress.runAll(width) { slot in
      if started[slot] { return nil }
      started[slot] = true
      return ["merge-slot", "acquire", "--holder", "agent-\(slot)", "--wait", "--json"]
    } ended: { slot, run in
      let answer = JSONValue(parsing: run.text)
      #expect(run.status == (answer?["acquired"] == .bool(true) ? 0 : 1), "\(run.errorText)")
      if answer?["acquired"] == .bool(true) { holders.append(slot) }
      if let position = answer?["position"]?.intValue { positions.append(position) }
    }
    #expect(holders.count == 1)
    #expect(positions.sorted() == Array(1..<width))
    let state = JSONValue(parsing: try stress.run("merge-slot", "check", "--json").text)
    #expect(state?["holder"]?.stringValue == holders.first.map { "agent-\($0)" })
    #expect(Set(state?["waiters"]?.arrayValue?.compactMap(\.stringValue) ?? []).count == width - 1)
    _ = try stress.checkedIssues()
  }

  /// Processes that take and free the slot in turns never hold it together: what each does inside is not mixed.
  @Test func holdersNeverOverlap() throws {
    let stress = try StressProject()
    try stress.run("merge-slot", "create")
    let script = """
      n=0; while [ $n -lt 3 ]; do
        if "$1" merge-slot acquire --holder $$ >/dev/null 2>&1; then
          mkdir inside || echo overlap; rmdir inside
          "$1" merge-slot release --holder $$ >/dev/null || echo lost; n=$((n+1))
        fi
      done
      """
    let wrapped = "for i in 1 2 3 4; do sh -c '\(script)' sh \"$1\" & done; wait"
    let run = try stress.shell(wrapped)
    #expect(run.status == 0 && run.text.isEmpty && run.errorText.isEmpty)
    let state = JSONValue(parsing: try stress.run("merge-slot", "check", "--json").text)
    #expect(state?["available"] == .bool(true))
  }

  /// Against a model: one holder and a queue.
  @Test(arguments: 0..<5) func itFollowsTheModel(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let project = try TestProject()
    let store = try project.makeStore()
    try store.write("test") { transaction throws(BeadsError) in _ = try transaction.createMergeSlot() }
    var holder: String?
    var waiters: [String] = []
    for _ in 0..<150 {
      let name = ["a", "b", "c"].randomElement(using: &random) ?? "a"
      if Bool.random(using: &random) {
        let waits = Bool.random(using: &random)
        let attempt = try store.write("test") { transaction throws(BeadsError) in
          try transaction.acquireMergeSlot(as: name, waits: waits)
        }
        if holder == nil {
          holder = name
          waiters.removeAll { $0 == name }
        } else if holder != name, waits, !waiters.contains(name) {
          waiters.append(name)
        }
        #expect(attempt.isAcquired == (holder == name))
      } else {
        let released = try? store.write("test") { transaction throws(BeadsError) in
          try transaction.releaseMergeSlot(heldBy: name)
        }
        #expect((released != nil) == (holder == name))
        if holder == name { holder = nil }
      }
      let slot = try #require(try store.mergeSlot())
      #expect(slot.holder == holder && slot.waiters == waiters && slot.isAvailable == (holder == nil))
      #expect(try store.ready().isEmpty, "the slot is no work")
    }
    try store.close()
  }
}
