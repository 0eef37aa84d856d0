public import BeadsKit

/// Finds issues that are on the hook of an agent who has been gone for long, and frees them.
public struct StaleHooks {
  /// A hooked issue whose agent is not there.
  public struct Found: Sendable {
    /// The issue.
    public let issue: Issue
    /// How long nothing was done about it, in seconds.
    public let age: Int64
    /// Whether the agent lives; nil when that cannot be told.
    public let isAlive: Bool?
    /// What is in the agent's worktree; nil without one.
    public internal(set) var state: WorktreeState?
    /// Whether it was freed.
    public internal(set) var isFreed = false
    /// Why it was not, or what could not be found out.
    public internal(set) var problem: String?
  }

  let launcher: AgentLauncher
  let ledgers: Ledgers
  /// Which hooked issues are looked at.
  public var includes: (Issue) -> Bool = { _ in true }
  private var town: Town { launcher.town }

  /// Looks in a town.
  public init(_ launcher: AgentLauncher, _ ledgers: Ledgers) {
    self.launcher = launcher
    self.ledgers = ledgers
  }

  /// Looks at every hooked issue.
  ///
  /// - Parameters:
  ///   - age: How long nothing must have been done about an issue, in seconds.
  ///   - frees: Whether issues of agents that are certainly gone are open again afterwards. Worktrees stay.
  /// - Returns: How many issues are hooked, and those that are stale.
  public func run(olderThan age: Int64, frees: Bool) throws(BeadsError) -> (total: Int, stale: [Found]) {
    var hooked: [Issue] = []
    var filter = IssueFilter()
    filter.statuses = .any([.hooked])
    for store in try [ledgers.hq()]
      + town.rigs().map({ rig throws(BeadsError) in try ledgers.store(of: rig.name) })
    {
      hooked += try store.issues(matching: filter)
    }
    let now = town.environment.clock()
    let old = hooked.filter { includes($0) && (now - $0.updatedAt.unixNanoseconds) / 1_000_000_000 >= age }
    let agents = Set(old.compactMap { AgentAddress($0.assignee) })
    let alive = launcher.liveness(of: agents.sorted())
    var stale: [Found] = []
    for issue in old {
      let agent = AgentAddress(issue.assignee)
      let life = agent.flatMap { alive[$0] } ?? .none
      if life.isAlive { continue }
      var isAlive: Bool? = false
      if case .unknown = life { isAlive = nil }
      var found = Found(
        issue: issue, age: (now - issue.updatedAt.unixNanoseconds) / 1_000_000_000, isAlive: isAlive)
      look(at: agent, &found)
      if frees { free(&found) }
      stale.append(found)
    }
    return (hooked.count, stale)
  }

  private func look(at agent: AgentAddress?, _ found: inout Found) {
    guard let agent, agent.role == .polecat, let name = agent.name, let rig = agent.rig else { return }
    do throws(BeadsError) {
      let rig = try town.rig(rig.rawValue)
      guard FileSystem.exists(rig.polecatWorktree(name)) else { return }
      found.state = try RigWorktrees(rig, in: town).state(of: name)
    } catch { found.problem = error.message }
  }

  private func free(_ found: inout Found) {
    guard found.isAlive == false else {
      found.problem = "it cannot be told whether \(found.issue.assignee) lives"
      return
    }
    do throws(BeadsError) {
      // It may have come back, or have handed in its work, since we looked.
      guard let issue = try ledgers.store(for: found.issue.id).issue(found.issue.id),
        issue.status == .hooked, issue.assignee == found.issue.assignee
      else {
        found.problem = "it has changed meanwhile"
        return
      }
      let hook = Hook(town: town, database: launcher.database, ledgers: ledgers)
      try hook.release(issue.id, reason: "\(issue.assignee) is gone")
      found.isFreed = true
    } catch { found.problem = error.message }
  }
}
