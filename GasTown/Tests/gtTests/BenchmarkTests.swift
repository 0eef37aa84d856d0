import BeadsKit
import BeadsTesting
import Testing

@Suite("The benchmark of gt") struct BenchmarkTests {
  /// Runs the benchmark in a tiny town and returns its results.
  private func results(_ arguments: String...) throws -> JSONValue {
    let town = try TestTown(rig: false)
    let folder = town.project.directory
    let file = Path.join(folder, "results.json")
    let program = Path.join(Path.directory(of: try LiveTown.program()), "gt-bench")
    var variables = town.environment.variables
    variables["TMPDIR"] = folder
    let run = try Subprocess(
      [program, "--rounds", "2", "--agents", "2", "--issues", "20", "--seconds", "1", "--json", file]
        + arguments, directory: folder, variables: variables, timeout: .seconds(120)
    ).run()
    try #require(run.succeeded, "\(run.errorText)\n\(run.text)")
    // Nothing is left where it worked.
    #expect(try FileSystem.list(folder).allSatisfy { !$0.hasPrefix("gt-bench") })
    return try #require(JSONValue(parsing: try FileSystem.readText(file)))
  }

  private func rows(_ results: JSONValue, _ kind: String) throws -> [JSONValue] {
    try #require(results[kind]?.arrayValue)
  }

  @Test func measuresWhatAgentsAskAndSlings() throws {
    let results = try results("--filter", "version,prime,mail check,convoy,sling")
    let commands = try rows(results, "commands")
    let names = commands.compactMap { $0["command"]?.stringValue }
    #expect(
      names == ["version", "prime", "prime --hook", "mail check", "mail check --inject", "convoy list"]
        + ["sling", "git fetch", "git worktree add", "done", "git push"])
    for row in commands {
      #expect(row["failure"] == nil, "\(row.compactText)")
      #expect(row["runs"]?.compactText == "2")
    }
    let races = try rows(results, "races")
    #expect(races.compactMap { $0["race"]?.stringValue } == ["sling at once", "sling of one"])
    for race in races { #expect(race["losses"]?.arrayValue?.isEmpty == true, "\(race.compactText)") }
  }

  @Test func watchesTheDaemon() throws {
    let rows = try rows(results("--filter", "(headless)"), "observations")
    #expect(rows.count == 4)
    for row in rows { #expect(row["failure"] == nil, "\(row.compactText)") }
    let started = rows.first { $0["unit"]?.stringValue == "processes" }
    #expect(started?["passes"]?.boolValue == true, "\(started?.compactText ?? "")")
  }

  @Test func countsGateRuns() throws {
    let rows = try rows(results("--filter", "gate runs for 5,culprit of 8"), "observations")
    #expect(rows.compactMap { $0["observed"]?.stringValue }.count == 2)
    for row in rows { #expect(row["passes"]?.boolValue == true, "\(row.compactText)") }
  }
}
