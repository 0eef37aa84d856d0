import BeadsKit
import GasTownKit

extension GtContext {
  /// The polecats of a rig, whose sessions end when their worktrees go.
  func polecats(_ rig: Rig) throws(BeadsError) -> Polecats {
    var polecats = Polecats(town: try town(), rig: rig, database: try database(), ledgers: try ledgers())
    polecats.stopSession = { [self] address, reason throws(BeadsError) in
      try launcher().stop(address, reason: reason)
    }
    return polecats
  }
}
