import BeadsKit
import CommandKit
import GasTownKit

/// `gt polecat list`.
enum PolecatListCommand {
  static var command: CommandTree.GtCommand {
    CommandTree.GtCommand(
      "list", aliases: ["ls"], summary: "List polecats, what they do and on what",
      examples: ["gt polecat list", "gt polecat list app --json"],
      flags: [.bool("all", help: "Also those whose worktrees were removed")], positionals: [.optional("rig")]
    ) { arguments, context in
      let town = try context.town()
      let rigs = try arguments.positionals.first.map { name throws(BeadsError) in [try town.rig(name)] }
      let launcher = try context.launcher()
      var reports: [PolecatReport] = []
      for rig in try rigs ?? (try town.rigs()) {
        reports += try context.polecats(rig).reports(nil, launcher)
      }
      if !arguments.bool("all") { reports.removeAll { $0.state == .nuked } }
      if context.isJSON {
        return context.json { writer in writer.array(reports) { writer, report in write(report, &writer) } }
      }
      if reports.isEmpty { return context.print("No polecats; `gt sling` makes one for its work") }
      var table = Table(["POLECAT", "STATE", "WORK", "BRANCH"].map { Table.Column($0) })
      for report in reports {
        table.add(
          "\("\(report.rig.name)/\(report.name)", .bold)", "\(report.state.rawValue)",
          "\(report.record.bead?.rawValue ?? "-")", "\(report.record.branch?.rawValue ?? "-")")
      }
      context.output.print(table)
    }
  }

  private static func write(_ report: PolecatReport, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("rig", report.rig.name.rawValue)
      writer.member("name", report.name)
      writer.member("state", report.state.rawValue)
      writer.member(optional: "issue", report.record.bead?.rawValue)
      writer.member(optional: "branch", report.record.branch?.rawValue)
      writer.member("session_running", report.liveness.isAlive)
      if report.state == .zombie { writer.member("zombie", true) }
      writer.member("session_name", report.sessionName)
    }
  }
}
