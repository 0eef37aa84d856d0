import BeadsKit
import CommandKit

/// How people and agents read a doctor's report.
struct HealthText {
  /// Whether checks that passed are listed too.
  var showsAll = false
  /// Whether each line says how long its check took.
  var showsTimes = false

  func lines(_ report: HealthReport) -> [TerminalText] {
    var lines: [TerminalText] = []
    for category in HealthVerdict.Category.allCases {
      let shown = report.checks.filter {
        $0.category == category && (showsAll || showsTimes || $0.status != .ok)
      }
      if shown.isEmpty { continue }
      lines.append("\(category.rawValue, .bold)")
      for verdict in shown { lines += self.lines(verdict) }
      lines.append("")
    }
    return lines + [summary(report)]
  }

  private func lines(_ verdict: HealthVerdict) -> [TerminalText] {
    let time: TerminalText = showsTimes ? " \("(\(verdict.duration) ms)", .dim)" : ""
    var lines: [TerminalText] = ["  \(mark(verdict.status)) \(verdict.name): \(verdict.message)\(time)"]
    if verdict.status != .ok || showsAll { lines += verdict.details.map { "      \($0, .dim)" } }
    if let fix = verdict.fix { lines.append("    → \(fix, .cyan)") }
    return lines
  }

  private func mark(_ status: HealthVerdict.Status) -> TerminalText {
    switch status {
    case .ok: Style.green("✓")
    case .warning: Style.yellow("⚠")
    case .error: Style.red("✗")
    }
  }

  private func summary(_ report: HealthReport) -> TerminalText {
    let counts = [HealthVerdict.Status.ok, .warning, .error].map { status in
      report.checks.count { $0.status == status }
    }
    var parts = [counted(counts[0], "check") + " passed"]
    if counts[1] > 0 { parts.append(counted(counts[1], "warning")) }
    if counts[2] > 0 { parts.append(counted(counts[2], "error")) }
    if report.suppressedCount > 0 { parts.append("\(report.suppressedCount) left out") }
    let worst: HealthVerdict.Status = counts[2] > 0 ? .error : counts[1] > 0 ? .warning : .ok
    return "\(mark(worst)) \(parts.joined(separator: ", "))"
  }

  /// Plain paragraphs, one for each problem, for a program that reads text.
  func agentLines(_ report: HealthReport) -> [TerminalText] {
    var lines: [TerminalText] = []
    for verdict in report.problems {
      lines.append("\(verdict.status.rawValue.uppercased()): \(verdict.name): \(verdict.message)")
      for detail in verdict.details { lines.append("  \(detail)") }
      if let fix = verdict.fix { lines.append("  do: \(fix)") }
      lines.append("")
    }
    let ending =
      report.problems.isEmpty ? "Nothing needs to be done." : "The other checks of \(report.path) passed."
    return lines + ["\(ending)"]
  }
}
