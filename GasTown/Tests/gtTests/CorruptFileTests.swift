import BeadsKit
import GasTownKit
import Testing

/// Scenario 23 of the contract's appendix D: files that cannot be understood are named and are never written over.
@Suite("Files that cannot be understood")
struct CorruptFileTests {
  /// A file and command lines that need it; each has to say so.
  private static let files: [(String, [[String]])] = [
    ("mayor/town.json", [["install"], ["status"], ["rig", "list"], ["doctor"]]),
    (
      "mayor/rigs.json",
      [
        ["install"], ["status"], ["rig", "list"], ["sling", "ID", "app"], ["sling", "ID", "ID", "app"],
        ["rig", "add", "web", "ORIGIN", "--prefix", "w"], ["rig", "park", "app"], ["mq", "list", "app"],
        ["mail", "send", "app/witness", "-s", "x"], ["crew", "add", "max", "--rig", "app"], ["up"],
        ["show", "zz-1"], ["hook", "zz-1"], ["doctor"],
      ]
    ),
    ("mayor/daemon.json", [["install"], ["rig", "add", "web", "ORIGIN", "--prefix", "w"], ["doctor"]]),
    ("mayor/config.json", [["doctor"]]),
    (
      "settings/config.json",
      [
        ["install"], ["sling", "ID", "app"], ["config", "show"], ["config", "set", "cli_theme", "dark"],
        ["mayor", "start"], ["up"], ["doctor"],
      ]
    ),
    (
      "settings/agents.json",
      [
        ["config", "agent", "list"], ["config", "agent", "set", "x", "claude"], ["mayor", "start"],
        ["doctor"],
      ]
    ),
    ("settings/escalation.json", [["escalate", "help"], ["doctor"]]),
    (
      "config/messaging.json",
      [["mail", "send", "mayor", "-s", "x"], ["mail", "group", "create", "l", "mayor"], ["doctor"]]
    ),
    (
      "app/settings/config.json",
      [
        ["sling", "ID", "app"], ["rig", "settings", "set", "app", "max_polecats", "3"],
        ["rig", "config", "show", "app"], ["mq", "list", "app"], ["doctor"],
      ]
    ),
    ("app/config.json", [["doctor"]]),
  ]

  private static let broken = ["{\"a", "[]", "", "\u{0}\u{1}", "null", "{} {}"]

  @Test(arguments: files) func areNamedAndLeftAlone(_ file: String, _ lines: [[String]]) throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    let id = try town.makeIssue("Greeting").rawValue
    for broken in Self.broken {
      try town.write(file, broken)
      let before = try snapshot(town.root)
      for line in lines {
        let words = line.map { $0 == "ID" ? id : $0 == "ORIGIN" ? town.originPath("app") : $0 }
        let result = town.gt(words)
        let text = result.standardOutput + result.standardError
        #expect(result.status == 1, "\(line) with \(broken): \(text)")
        #expect(text.contains("\(town.root)/\(file)"), "\(line) with \(broken): \(text)")
        if line != ["doctor"] {
          #expect(result.standardOutput.isEmpty)
          #expect(result.standardError.split(separator: "\n").count <= 2, "\(result.standardError)")
        }
        #expect(try snapshot(town.root) == before, "\(line) with \(broken)")
      }
      #expect(town.gt("doctor", "--fix").status == 1)
      #expect(try town.text(file) == broken)
    }
  }

  @Test func aMissingRouteIsNoMissingRig() throws {
    let town = try TestTown()
    town.environment.variables["GT_SESSIONS"] = "headless"
    let id = try town.makeIssue("Greeting").rawValue
    try town.write(".beads/routes.jsonl", #"{"prefix":"hq-","path":"."}"# + "\n{\"pre")
    for line in [["sling", id, "app"], ["show", id], ["mq", "list", "app"], ["ready", "--rig", "app"]] {
      let result = town.gt(line)
      #expect(result.status == 1)
      #expect(result.standardError.contains("leads to the issues of the rig app"), "\(result.standardError)")
      #expect(result.standardError.contains("gt doctor --fix"))
    }
    #expect(town.gt("doctor", "--fix").status == 0)
    #expect(town.gt("show", id).status == 0)
  }
}
