import BeadsKit
import CommandKit
import GasTownKit

/// How molecules are printed.
enum MolText {
  static func progress(_ view: MoleculeView, _ writer: inout JSONWriter) {
    writer.member("total", view.steps.count)
    writer.member("done", view.doneCount)
    writer.member("ready", view.ids(.current) + view.ids(.ready))
    writer.member("blocked", view.ids(.blocked))
    writer.member("percent", view.percent)
  }

  static func step(_ step: MoleculeView.Step, _ writer: inout JSONWriter) {
    writer.member("id", step.id)
    writer.member("title", step.title)
    writer.member("status", step.state.rawValue)
    writer.member("needs", step.needs)
    if step.state == .current {
      writer.member("description", step.text)
      writer.member("acceptance", step.acceptance)
    }
  }

  static func line(_ step: MoleculeView.Step) -> TerminalText {
    switch step.state {
    case .done: "\("✓", .green) \(step.title, .dim) (\(step.id))"
    case .current: "\("▶", .yellow) \(step.title, .bold) (\(step.id))"
    case .ready: "○ \(step.title) (\(step.id))"
    case .blocked: "\("·", .dim) \(step.title, .dim) (\(step.id))"
    }
  }
}
