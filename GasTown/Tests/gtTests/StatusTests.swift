import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt status, whoami, role, info")
struct StatusTests {
  /// A town in which nobody runs sessions for us, whatever is installed here.
  private func quietTown(rig: Bool = true) throws -> TestTown {
    let town = try TestTown(rig: rig)
    town.environment.variables["GT_SESSIONS"] = "none"
    return town
  }

  @Test func ofANewTown() throws {
    let town = try quietTown(rig: false)
    #expect(
      town.gt("status").standardOutput == """
        town  \(town.root)

          ○ mayor  stopped

        No project yet: `gt rig add NAME URL` adds one

        0 rigs · 0 agents · 0 with work · 0 running · 0 problems · 0 of at most 25 polecats at work

        """)
    let status = try town.json("status")
    guard case .object(let members) = status else { return #expect(Bool(false)) }
    #expect(
      members.map(\.key) == [
        "name", "location", "overseer", "dnd", "daemon", "tmux", "acp", "agents", "rigs", "problems",
        "summary",
      ])
    #expect(status["rigs"] == .array([]))
  }

  @Test func problemsComeFirst() throws {
    let town = try quietTown()
    let database = try town.database()
    for (name, state) in [("nux", AgentState.working), ("slit", .idle), ("rictus", .stuck)] {
      var record = AgentRecord(.polecat(try RigName("app"), try AgentName(name)))
      record.state = state
      if state != .idle {
        record.bead = try town.makeIssue("Work of \(name)")
        record.isWanted = true
      }
      try database.save(record)
    }
    let text = town.gt("status").standardOutput
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("! app/polecats/rictus is stuck on app-"), "\(text)")
    #expect(lines[2].hasPrefix("! app/polecats/nux has app-"), "\(text)")
    #expect(lines[2].contains("and no session"))
    #expect(text.contains("○ nux     working   app-"))
    #expect(text.contains("Work of nux"))
    #expect(text.contains("  1 without work\n"))
    #expect(lines[3] == "! daemon does not run, so nobody watches  → gt up")
    #expect(text.contains("1 rig · 3 agents · 2 with work · 0 running · 3 problems"))
    let rig = try #require(try town.json("status")["rigs"]?.arrayValue?.first)
    #expect(rig["polecats"]?.compactText == #"["nux","rictus","slit"]"#)
    #expect(rig["hooks"]?.arrayValue?.count == 2)
    let agent = try #require(rig["agents"]?.arrayValue?.first)
    guard case .object(let members) = agent else { return #expect(Bool(false)) }
    #expect(
      members.map(\.key) == [
        "name", "address", "session", "role", "running", "acp", "has_work", "work_title", "hook_bead",
        "state",
        "notification_level", "unread_mail", "first_subject", "agent_alias", "agent_info",
      ])
    #expect(agent["work_title"] == .string("Work of nux"))
    #expect(try town.json("status", "--fast")["summary"]?["active_hooks"] == .number("2"))
  }

  @Test func callsForHelpAndStopsComeFirst() throws {
    let town = try quietTown()
    #expect(town.gt("escalate", "-s", "critical", "Disk is full").status == 0)
    #expect(town.gt("escalate", "-s", "low", "Typo in the docs").status == 0)
    try town.write("ESTOP", "")
    let problems = try #require(try town.json("status")["problems"]?.arrayValue)
    let findings = problems.compactMap { $0["finding"]?.stringValue }
    #expect(findings.first == "is in emergency stop: nothing is started")
    #expect(findings.dropFirst().first == "critical: Disk is full")
    #expect(findings.contains("low: Typo in the docs"))
    #expect(problems[1]["advice"]?.stringValue?.hasPrefix("gt escalate show hq-") == true)
  }

  @Test func aBrokenTrackerDoesNotHideTheAgents() throws {
    let town = try quietTown()
    var record = AgentRecord(.polecat(try RigName("app"), try AgentName("nux")))
    record.bead = try town.makeIssue("Work")
    try town.database().save(record)
    try town.write(
      "app/.beads/beads.db", "no database at all, but longer than a header of one would have to be")
    let result = town.gt("status")
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("nux"))
    #expect(result.standardError.contains("app/.beads/beads.db"))
  }

  @Test func whoami() throws {
    let town = try quietTown()
    #expect(town.gt("whoami").standardOutput.hasPrefix("overseer\n"))
    #expect(town.gt(["whoami"], in: "mayor").standardOutput.hasPrefix("mayor\n"))
    #expect(town.gt(["whoami"], in: "app/refinery/rig").standardOutput.hasPrefix("app/refinery\n"))
    #expect(try town.json("whoami", as: "app/polecats/nux")["address"] == .string("app/polecats/nux"))
    #expect(town.gt(["whoami"], as: "nobody at all").standardError.contains("GT_ROLE is"))
    #expect(town.gt(["role"], in: "mayor").standardOutput == "mayor  mayor\n")
    let shown = town.gt(["role", "show"], in: "mayor", as: "app/crew/max")
    #expect(shown.standardOutput == "crew  app/crew/max\n")
    #expect(shown.standardError.contains("this directory is that of mayor"))
    #expect(town.gt(["role", "detect"], in: "mayor", as: "app/crew/max").standardOutput == "mayor  mayor\n")
    #expect(town.gt("role", "home", "app/crew/max").standardOutput == "\(town.root)/app/crew/max\n")
    #expect(try town.json("role", "list").arrayValue?.count == AgentRole.allCases.count)
    #expect(try town.json("info")["rigs"]?.compactText == #"["app"]"#)
  }

  @Test func twoTownsDoNotSeeEachOther() throws {
    let (one, two) = (try quietTown(), try quietTown())
    var record = AgentRecord(.polecat(try RigName("app"), try AgentName("nux")))
    record.bead = try one.makeIssue("Work")
    try one.database().save(record)
    #expect(try one.json("status")["summary"]?["active_hooks"] == .number("1"))
    #expect(try two.json("status")["summary"]?["active_hooks"] == .number("0"))
    #expect(try two.ledgers().store(of: try RigName("app")).issue(try #require(record.bead)) == nil)
  }
}
