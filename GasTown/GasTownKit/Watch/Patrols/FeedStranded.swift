public import BeadsKit

/// Gives out the next issue of convoys that nobody works on; each convoy rests in between.
public struct FeedStranded {
  /// What was done about a convoy.
  public struct Detail: Sendable {
    /// The convoy.
    public let convoy: IssueID
    /// `fed`, `closed`, `skipped`, `needs_attention` or `error`.
    public let action: String
    /// The issue that was given out.
    public let bead: IssueID?
    /// To whom, or why not.
    public let note: String
  }

  let launcher: AgentLauncher
  let ledgers: Ledgers
  let caller: AgentAddress
  private var town: Town { launcher.town }
  private var counters: PatrolCounters { PatrolCounters(.feeding, in: town) }
  /// How many convoys are fed at once.
  public var limit = 3
  /// How long a convoy rests.
  public var cooldown: Duration = .seconds(600)

  /// Feeds in the name of somebody.
  public init(_ launcher: AgentLauncher, _ ledgers: Ledgers, caller: AgentAddress) {
    self.launcher = launcher
    self.ledgers = ledgers
    self.caller = caller
  }

  /// Closes convoys that are complete, and feeds those that stand still.
  public func run() throws(BeadsError) -> [Detail] {
    let convoys = Convoys(ledgers, launcher.database)
    var details = try convoys.checkAll().filter { $0.verdict == .closed }.map { check in
      Detail(convoy: check.progress.convoy.id, action: "closed", bead: nil, note: check.progress.convoy.title)
    }
    var fed = 0
    for stranded in try convoys.stranded() {
      let id = stranded.progress.convoy.id
      if stranded.kind != .feedable {
        details.append(
          Detail(
            convoy: id, action: stranded.kind == .stuck ? "needs_attention" : "skipped", bead: nil,
            note: stranded.kind == .stuck ? "nothing of it can be given out" : "it follows nothing"))
      } else if fed >= limit {
        details.append(Detail(convoy: id, action: "skipped", bead: nil, note: "\(limit) were fed already"))
      } else {
        let detail = try feed(stranded)
        if detail.action == "fed" { fed += 1 }
        details.append(detail)
      }
    }
    return details
  }

  private func feed(_ stranded: StrandedConvoy) throws(BeadsError) -> Detail {
    let id = stranded.progress.convoy.id
    if let age = try counters.age(id.rawValue, "last_fed_at") {
      let left = nanoseconds(cooldown) / 1_000_000_000 - age
      if left > 0 { return Detail(convoy: id, action: "skipped", bead: nil, note: "fed \(age) s ago") }
    }
    let sling = Sling(
      town: town, database: launcher.database, ledgers: ledgers, launcher: launcher, caller: caller)
    var problem = "nothing of it can be given out"
    for tracked in stranded.ready {
      do throws(BeadsError) {
        guard let outcome = try sling.run(SlingRequest([tracked.id.rawValue])).first else { continue }
        if let error = outcome.error { throw error }
        let count = try counters.int(id.rawValue, "feed_count") + 1
        try counters.set(id.rawValue, [("feed_count", .int(count)), ("last_fed_at", counters.now)])
        return Detail(convoy: id, action: "fed", bead: tracked.id, note: outcome.agent?.text ?? "")
      } catch { problem = error.message }
    }
    return Detail(convoy: id, action: "error", bead: nil, note: problem)
  }
}
