import BeadsKit

/// Looks whether a town is in order, and puts right what it can.
///
/// Every repair is verified by looking again: one that does not help is reported as failed. Nothing is repaired by
/// guessing, and nothing that somebody wrote is removed.
public final class TownDoctor {
  /// The town.
  public let town: Town
  let database: TownDatabase
  let ledgers: Ledgers
  let launcher: AgentLauncher
  let command: String
  /// Only rigs of this name are looked at; nil for all.
  let rigName: String?

  /// Looks at nothing yet.
  public init(
    _ town: Town, _ database: TownDatabase, _ ledgers: Ledgers, _ launcher: AgentLauncher, rig: String? = nil,
    command: String = "gt doctor"
  ) {
    self.town = town
    self.database = database
    self.ledgers = ledgers
    self.launcher = launcher
    self.command = command
    rigName = rig
  }

  static let checks = coreChecks + routeChecks + rigChecks + formulaChecks + agentChecks + serviceChecks

  /// Runs every check.
  /// - Parameter fixes: Whether to put right what can be.
  public func run(fixes: Bool) -> [CheckResult] { Self.checks.map { run($0, fixes: fixes) } }

  private func run(_ check: TownCheck, fixes: Bool) -> CheckResult {
    let found = find(check)
    guard fixes, found.contains(where: \.isFixable) else {
      return result(check, found, [], [])
    }
    var reasons: [String: String] = [:]
    for finding in found {
      guard let fix = finding.fix else { continue }
      do throws(BeadsError) { try fix() } catch { reasons[finding.text] = error.message }
    }
    let left = find(check)
    let leftTexts = Set(left.map(\.text))
    let tried = found.filter(\.isFixable).map(\.text)
    return result(
      check, left, tried.filter { !leftTexts.contains($0) },
      tried.filter(leftTexts.contains).map { "\($0): \(reasons[$0] ?? "the repair did not help")" })
  }

  private func result(
    _ check: TownCheck, _ findings: [CheckFinding], _ fixed: [String], _ failed: [String]
  ) -> CheckResult {
    CheckResult(
      name: check.name, group: check.group, summary: check.summary, findings: findings, fixed: fixed,
      failedFixes: failed)
  }

  /// A check that cannot look has found an error, never that all is well.
  private func find(_ check: TownCheck) -> [CheckFinding] {
    do throws(BeadsError) { return try check.find(self) } catch { return [.failure(error)] }
  }

  /// The rigs to look at.
  func rigs() throws(BeadsError) -> [Rig] {
    let all = try town.rigs()
    return rigName.map { name in all.filter { $0.name.rawValue == name } } ?? all
  }

  /// Looks at each rig by itself, so that one that is broken does not hide the others.
  func eachRig(
    _ look: (Rig) throws(BeadsError) -> [CheckFinding]
  ) throws(BeadsError) -> [CheckFinding] {
    var found: [CheckFinding] = []
    for rig in try rigs() where FileSystem.isDirectory(rig.root) {
      do throws(BeadsError) { found += try look(rig) } catch { found.append(.failure(error)) }
    }
    return found
  }
}
