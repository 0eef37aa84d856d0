import BeadsKit

/// Looks whether the town is in order, as `gt doctor` does, and reports what does not work; it changes nothing.
enum DoctorJob {
  static func run(_ context: JobContext) throws(BeadsError) -> JobReport {
    var report = JobReport()
    let doctor = TownDoctor(
      context.town, context.database, context.ledgers, context.launcher, command: "gt dog")
    for result in doctor.run(fixes: false) {
      report.count("checks")
      report.count("warnings", result.findings.count { $0.severity == .warning })
      for finding in result.findings where finding.severity == .error {
        report.problems.append("\(result.name): \(finding.text)")
      }
    }
    for (name, store) in try context.trackers(&report) {
      do throws(BeadsError) {
        let database = try Connection(store.location.databasePath, .readWrite)
        database.keepLogOnClose()
        for problem in try database.quickCheck().prefix(3) { report.problems.append("\(name): \(problem)") }
        report.count("trackers")
      } catch { report.problems.append("\(name): \(error.message)") }
    }
    return report
  }
}
