import BeadsKit
import BeadsTesting
import BenchmarkKit

/// A formula of a thousand steps: what it takes to make it, to ask what is next, and to walk it to the end.
///
/// The walk is the towers of Hanoi. Each step is closed by a process of its own that says which step comes next; the
/// walker makes the move that the step's title names, so that a step lost, repeated or out of order ends on a wrong peg.
struct Endurance {
  static let name = "endurance"
  static let disks = 10

  let contenders: [Contender]
  let rounds: Int

  /// The rows of the report and a sentence about each walk.
  func run() -> (rows: [[Measurement]], remarks: [String]) {
    var rows: [[Measurement]] = []
    var remarks: [String] = []
    for contender in contenders {
      var course = Course(contender: contender, rounds: max(3, rounds / 5))
      course.run()
      for (index, measurement) in course.results.enumerated() {
        if rows.count <= index { rows.append([]) }
        rows[index].append(measurement)
      }
      remarks += course.remarks
    }
    return (rows, remarks)
  }
}

/// One contender's way through the formula.
private struct Course {
  let contender: Contender
  let rounds: Int
  private(set) var results: [Measurement]
  private(set) var remarks: [String] = []

  private var moves: Int { 1 << Endurance.disks - 1 }

  init(contender: Contender, rounds: Int) {
    self.contender = contender
    self.rounds = rounds
    let size = 1 << Endurance.disks - 1
    results = [
      ("mol pour", 200.0), ("ready --mol", 20), ("close --continue", 50),
    ].map { Measurement($0.0, size: size, contender: contender.name, limit: $0.1) }
  }

  mutating func run() {
    do throws(BeadsError) {
      let project = try contender.makeProject(Endurance.name)
      let root = try pour(in: project)
      try askWhatIsReady(root, in: project)
      try walk(root, in: project)
    } catch {
      for index in results.indices { results[index].failure = error.message }
    }
  }

  /// Cooks and pours, each time into an empty store; the first time warms up.
  private mutating func pour(in project: String) throws(BeadsError) -> String {
    var root = ""
    for round in 0...rounds {
      try contender.makeStore(in: project)
      let run = try contender.run(["mol", "pour", "towers-of-hanoi", "--json"], in: project)
      if round > 0 { results[0].timings.add(run) }
      root = JSONValue(parsing: run.text)?["new_epic_id"]?.stringValue ?? ""
    }
    return root
  }

  private mutating func askWhatIsReady(_ root: String, in project: String) throws(BeadsError) {
    for round in 0...rounds {
      let run = try contender.run(["ready", "--mol", root, "--json"], in: project)
      if round > 0 { results[1].timings.add(run) }
    }
  }

  private mutating func walk(_ root: String, in project: String) throws(BeadsError) {
    var towers = Towers(disks: Endurance.disks)
    let first = try contender.run(["ready", "--mol", root, "--claim", "--json"], in: project)
    var step = JSONValue(parsing: first.text)?.arrayValue?.first
    let start = monotonicNanoseconds()
    var count = 0
    while let current = step, let id = current["id"]?.stringValue {
      try towers.follow(current["title"]?.stringValue ?? "")
      let run = try contender.run(["close", id, "--continue", "--json"], in: project)
      results[2].timings.add(run)
      count += 1
      step = JSONValue(parsing: run.text)?["continue"]?["next_step"]
    }
    guard count == moves + 2, towers.isSolved else {
      throw BeadsError(.corrupt, "\(contender.name) walked \(count) steps and left \(towers.pegs)")
    }
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    remarks.append(
      "\(contender.name) walked \(count) steps of the towers of Hanoi in \(decimal(seconds)) s, "
        + "\(decimal(Double(count) / seconds)) a second; no step was lost or done twice.")
  }
}

/// The pegs, and the rule that the formula gives for each move.
private struct Towers {
  private(set) var pegs: [[Int]]
  private let disks: Int
  private var moves = 0

  init(disks: Int) {
    self.disks = disks
    pegs = [Array((1...disks).reversed()), [], []]
  }

  var isSolved: Bool { pegs[2] == Array((1...disks).reversed()) }

  /// Does what a step says: `Move 17` is the move after move 16 and no other.
  mutating func follow(_ title: String) throws(BeadsError) {
    guard title.hasPrefix("Move "), let number = Int(title.dropFirst(5)) else { return }
    guard number == moves + 1 else {
      throw BeadsError(.corrupt, "move \(number) came after move \(moves)")
    }
    moves = number
    let smallest = pegs.firstIndex { $0.last == 1 } ?? 0
    if number % 2 == 1 {
      move(from: smallest, to: (smallest + (disks % 2 == 0 ? 1 : 2)) % 3)
    } else {
      let (a, b) = ((smallest + 1) % 3, (smallest + 2) % 3)
      let isForth = (pegs[a].last ?? .max) < (pegs[b].last ?? .max)
      move(from: isForth ? a : b, to: isForth ? b : a)
    }
  }

  private mutating func move(from: Int, to: Int) {
    if let disk = pegs[from].popLast() { pegs[to].append(disk) }
  }
}
