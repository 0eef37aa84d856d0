import BeadsKit
import CommandKit
import GasTownKit

extension GtContext {
  /// The whole town at a glance.
  /// - Parameter isFast: Whether to go by the town's own records alone, without looking at sessions, titles and mail.
  func overview(isFast: Bool) throws(BeadsError) -> TownOverview {
    let overview = try TownOverview(
      try town(), try database(), isFast ? nil : try ledgers(), isFast ? nil : try launcher())
    for warning in overview.warnings { warn("\(warning)") }
    return overview
  }
}
