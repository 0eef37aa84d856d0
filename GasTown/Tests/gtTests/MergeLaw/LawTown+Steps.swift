import BeadsKit
import BeadsTesting
import Foundation
import GasTownKit
import Testing

extension LawTown {
  /// Does something, chosen by the dice.
  func step() throws {
    if random.chance(45) { return try run() }
    try disturb()
  }

  /// Something that people do, whether an engine runs or not.
  func disturb() throws {
    switch random.below(100) {
    case ..<40: for _ in 0..<random.within(1...4) { try submitAny() }
    case ..<55: try pushMain()
    case ..<75: try touchBranch()
    case ..<93: try useQueue()
    default: try moveOrigin(away: !isAway)
    }
  }

  private func note(_ text: String) { story.append(text) }

  private func submitAny() throws {
    guard !isAway else { return }
    let kinds: [Kind] = [.clean, .clean, .clean, .conflicting] + Kind.allCases
    guard let kind = random.pick(kinds) else { return }
    try submit(kind)
    note("submit \(works.count - 1) \(kind)")
  }

  private func pushMain() throws {
    guard !isAway else { return }
    let number = story.count
    switch random.below(10) {
    case ..<4:
      note("person pushes")
      try moveMain { try commit(on: $0, ["person\(number)": "x"]) }
    case ..<6:
      note("person edits main.txt")
      try moveMain { try commit(on: $0, ["main.txt": "by hand \(number)"]) }
    case ..<7:
      note("person breaks main")
      try moveMain { try commit(on: $0, ["broken-by-hand": "\(number)"]) }
    case ..<9: try mendMain()
    default:
      // By hand and with force: what was merged is gone, and nobody may bring it back or mourn it.
      note("person rewrites main")
      try moveMain { old in
        let repository = try GitRepository(at: origin)
        let parent = try repository.commit(old).parents.first
        return try commit(on: parent ?? old, ["rewritten\(number)": "x"])
      }
    }
  }

  /// Takes out whatever breaks main.
  func mendMain() throws {
    note("person mends main")
    try moveMain { old in
      let bad = try files(old).filter { $0.hasPrefix("broken") || $0.hasPrefix("left") }
      return bad.isEmpty ? old : try commit(on: old, [:], removing: bad.sorted())
    }
  }

  private func touchBranch() throws {
    guard !isAway, let index = random.pick(Array(works.indices)), let head = works[index].head else { return }
    let reference = "refs/heads/\(works[index].branch)"
    // Who works on a branch that was merged finds it gone, and lets it be.
    guard try target(reference) == head else { return }
    works[index].isTouched = true
    switch random.below(4) {
    case 0:
      note("branch \(index) removed")
      if try move(reference, to: nil, from: head) { works[index].head = nil }
    case 1:
      note("branch \(index) rewritten")
      let new = try commit(on: main(), [works[index].own: "rewritten \(story.count)"])
      if try move(reference, to: new, from: head) { works[index].head = new }
    case 2:
      note("branch \(index) merged by hand")
      try moveMain { old in
        let repository = try GitRepository(at: origin)
        return try repository.isAncestor(old, of: head) ? head : old
      }
    default:
      note("branch \(index) submitted again")
      let new = try commit(on: head, [works[index].own: "again \(story.count)"])
      guard try move(reference, to: new, from: head) else { return }
      works[index].head = new
      try ask(index)
    }
  }

  private func useQueue() throws {
    let one = random.pick(requests)
    switch random.below(10) {
    case 0...1:
      note("pause")
      town.base.gt("mq", "pause", "app", "--reason", "test")
    case 2...4:
      note("resume")
      town.base.gt("mq", "resume", "app")
    case 5...7:
      guard let one else { return }
      note("retry \(one.work)")
      town.base.gt("mq", "retry", one.id.rawValue)
    default:
      guard let one else { return }
      note("reject \(one.work)")
      if town.base.gt("mq", "reject", one.id.rawValue, "--reason", "not wanted").status == 0 {
        works[one.work].isTouched = true
      }
    }
  }

  func moveOrigin(away: Bool) throws {
    guard away != isAway else { return }
    note(away ? "origin gone" : "origin back")
    let path = town.base.originPath("app")
    try FileManager.default.moveItem(
      atPath: away ? path : path + ".away", toPath: away ? path + ".away" : path)
    isAway = away
  }

  // MARK: Engines

  /// Runs an engine, and does something to it.
  func run() throws {
    clearGate()
    switch random.below(100) {
    case ..<20:
      note("engine")
      try wait(start())
    case ..<40:
      let places = ["commit.before", "commit.after", "begin.after", "file.write", "file.rename"]
      let place = "\(places[random.below(places.count)])#\(random.within(1...25))=kill"
      note("engine, \(place)")
      try wait(start(failing: place))
    case ..<50:
      let time = random.within(1_000...400_000)
      note("engine, killed after \(time) µs")
      let engine = try start()
      usleep(UInt32(time))
      engine.end(SIGKILL)
    case ..<80: try disturbedRun()
    case ..<88:
      note("two engines")
      let engines = [try start(), try start()]
      for engine in engines { try wait(engine) }
    case ..<93:
      let place = "file.write#\(random.within(1...25))+=ENOSPC"
      note("engine, \(place)")
      try wait(start(failing: place))
    case ..<97:
      note("engine, gate writes outside")
      try tellGate("stray")
      try wait(start())
    default:
      note("engine, gate never ends")
      try setTimeout("1s")
      try tellGate("wait")
      try wait(start())
      try setTimeout("30s")
    }
    clearGate()
  }

  /// Things happen while the first gate runs.
  private func disturbedRun() throws {
    note("engine, in its gate:")
    try tellGate("wait")
    let engine = try start()
    let mark = Path.join(control, "waiting")
    while engine.isRunning, !FileSystem.exists(mark) { usleep(2_000) }
    for _ in 0..<random.within(1...2) { try disturb() }
    switch random.below(10) {
    case ..<6:
      note("gate goes on")
      try tellGate("go")
      try wait(engine)
    case ..<8:
      note("killed in its gate")
      engine.end(SIGKILL)
    default:
      note("asked to end in its gate")
      engine.send(SIGTERM)
      try wait(engine)
    }
  }

  private func start(failing plan: String? = nil) throws -> BackgroundProcess {
    var variables = town.base.environment.variables
    variables["BD_FAILPOINT"] = plan
    return try BackgroundProcess(
      [LiveTown.program(), "mq", "run", "app"], directory: town.base.root, variables: variables)
  }

  private func wait(_ engine: BackgroundProcess) throws {
    let deadline = monotonicNanoseconds() + 120_000_000_000
    while engine.isRunning {
      guard monotonicNanoseconds() < deadline else {
        engine.end(SIGKILL)
        Testing.Issue.record("an engine did not end: \(story)")
        return
      }
      usleep(2_000)
    }
  }

  /// Everything is put right, and the engine has its way.
  func settle() throws {
    note("settle")
    clearGate()
    try moveOrigin(away: false)
    town.base.gt("mq", "resume", "app")
    if try !isGood(main()) { try mendMain() }
    for _ in 0..<3 { try wait(start()) }
  }
}
