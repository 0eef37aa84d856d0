import BeadsKit

/// Looks at the gates that wait for GitHub, with the program `gh`.
///
/// It is off unless the settings turn it on: it uses the network.
enum GatesJob {
  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    var report = JobReport()
    let keeping = GateKeeping(ledgers: context.ledgers)
    for rig in [nil] + (try context.town.rigs()).map({ Optional($0.name) }) {
      do throws(BeadsError) {
        for news in try keeping.check(
          rig, [.githubRun, .githubPullRequest], isDryRun: context.isDryRun)
        {
          if case .resolved = news.outcome {
            report.count("closed")
          } else {
            report.problems.append("\(news.gate.id): \(news.outcome.reason)")
          }
        }
      } catch { report.problems.append("\(rig?.rawValue ?? "hq"): \(error.message)") }
    }
    return report
  }
}
