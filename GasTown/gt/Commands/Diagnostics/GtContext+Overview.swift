import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// The whole town at a glance.
  /// - Parameter isFast: Whether to go by the town's own records alone, without looking at sessions, titles and mail.
  func overview(isFast: Bool) throws(BeadsError) -> TownOverview {
    let overview = try TownOverview(
      try town(), try database(), isFast ? nil : try ledgers(), isFast ? nil : lookout())
    for warning in overview.warnings { warn("\(warning)") }
    return overview
  }

  /// What looks at the sessions; without readable settings nobody knows where they are, which hides nothing else.
  private func lookout() -> AgentLauncher? {
    do throws(BeadsError) { return try launcher() } catch {
      warn("sessions are not looked at: \(error.message)")
      return nil
    }
  }
}
