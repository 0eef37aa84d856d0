import BeadsKit
import CommandKit

/// Says on stderr what a long command is doing, once a second at the most; a quick one says nothing.
final class Progress {
  private let context: BdContext
  private var last = ContinuousClock.now

  init(_ context: BdContext) { self.context = context }

  func show(_ phase: @autoclosure () -> TerminalText) {
    if context.isQuiet || ContinuousClock.now - last < .seconds(1) { return }
    last = .now
    context.output.note("… \(phase())")
  }
}
