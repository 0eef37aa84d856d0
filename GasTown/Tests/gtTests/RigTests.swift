import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt rig, gt config")
struct RigTests {
  @Test func listAndStatus() throws {
    let town = try TestTown()
    #expect(
      town.gt("rig", "list").standardOutput == """
        Rig  Issues  State        Polecats  Crew  Branch  Repository
        app  app-    operational  0         0     main    \(town.originPath("app"))

        """)
    #expect(
      try town.json("rig", "list").compactText
        == #"[{"name":"app","beads_prefix":"app","status":"operational","witness":"stopped","#
        + #""refinery":"stopped","polecats":0,"crew":0,"git_url":"\#(town.originPath("app"))","#
        + #""default_branch":"main"}]"#)
    #expect(
      town.gt("rig", "status").standardOutput == """
        app  operational
          Repository: \(town.originPath("app"))
          Branch:     main
          Issues:     app-… in \(town.root)/app/.beads
          Watchers:   stopped
          Polecats:   0 at work, at most 25 in the town
          Nobody works here yet

        """)
    #expect(try town.json("rig", "status", "app")["polecats"] == .array([]))
    #expect(town.gt("rig", "status", "nope").standardError.contains("there is no rig \"nope\""))
  }

  @Test func withoutRigsListSaysSo() throws {
    let town = try TestTown(rig: false)
    #expect(town.gt("rig", "list").standardOutput == "There is no rig yet; `gt rig add NAME URL` adds one\n")
    #expect(try town.json("rig", "list") == .array([]))
    #expect(town.gt("rig", "status").standardError.contains("the town has no rig"))
  }

  @Test func parkAndDock() throws {
    let town = try TestTown()
    #expect(town.gt("rig", "park", "app").standardOutput == "✓ app is parked\n")
    #expect(town.gt("rig", "park", "app").standardOutput == "○ app was already parked\n")
    #expect(
      try town.json("rig", "unpark", "app").compactText
        == #"[{"name":"app","status":"operational","changed":true}]"#)
    #expect(town.gt("rig", "dock", "app").standardOutput == "✓ app is docked\n")
    #expect(try town.text("mayor/rigs.json").contains("docked_at"))
    #expect(town.gt("rig", "start", "app").standardError.contains("`gt rig undock app`"))
    #expect(town.gt("rig", "undock", "app").standardOutput == "✓ app is operational\n")
    #expect(town.gt("rig", "park", "app", "nope").status == 1)
    #expect(try RigState.of(town.rig(), in: town.database()) == .operational)
  }

  @Test func configInLayers() throws {
    let town = try TestTown()
    #expect(
      town.gt("rig", "config", "set", "app", "max_polecats", "3").standardOutput == "✓ max_polecats is 3\n")
    #expect(
      town.gt("rig", "config", "set", "app", "max_polecats", "5", "--global").standardOutput
        == "✓ max_polecats is 3\n")
    #expect(
      town.gt("rig", "config", "show", "app", "--layers").standardOutput.contains(
        "max_polecats                                     3                    time being"))
    #expect(
      town.gt("rig", "config", "unset", "app", "max_polecats").standardOutput == "✓ max_polecats is 5\n")
    #expect(
      town.gt("rig", "config", "set", "app", "max_polecats", "--block").standardOutput
        == "✓ max_polecats is -1, the default\n")
    for wrong in [
      ["max_polecats", "many"], ["nope", "1"], ["max_polecats"], ["agents.x.env.TOKEN", "abc", "--global"],
    ] {
      let before = try snapshot(town.root)
      #expect(town.gt(["rig", "config", "set", "app"] + wrong).status == 1, "\(wrong)")
      #expect(try snapshot(town.root) == before)
    }
  }

  @Test func settingsByPath() throws {
    let town = try TestTown()
    #expect(
      town.gt("rig", "settings", "set", "app", "merge_queue.gates.test.cmd", "make test").standardOutput
        == "✓ merge_queue.gates.test.cmd is make test\n")
    #expect(town.gt("rig", "settings", "set", "app", "merge_queue.gates.test.timeout", "\"5m\"").status == 0)
    #expect(
      try town.json("rig", "settings", "show", "app", "merge_queue.gates").compactText
        == #"{"key":"merge_queue.gates","value":{"test":{"cmd":"make test","timeout":"\"5m\""}},"is_set":true}"#
    )
    #expect(town.gt("rig", "settings", "unset", "app", "merge_queue.gates").status == 0)
    #expect(town.gt("rig", "settings", "show", "app").standardOutput == "Nothing is set: the defaults hold\n")
  }

  @Test func removedRigsAreAdoptedAgain() throws {
    let town = try TestTown()
    let id = try town.makeIssue("Keep me")
    let before = try town.text("mayor/rigs.json")
    #expect(
      town.gt("rig", "remove", "app").standardOutput == """
        ✓ Removed the rig app from the registry
          Its files are still in \(town.root)/app

        """)
    #expect(try town.json("rig", "list") == .array([]))
    #expect(try !town.text(".beads/routes.jsonl").contains("app-"))
    #expect(try !town.text("mayor/daemon.json").contains("\"app\""))
    #expect(town.gt("rig", "remove", "app").status == 1)
    #expect(town.gt("rig", "add", "app", town.originPath("app")).standardError.contains("--adopt"))
    #expect(town.gt("rig", "add", "app", "--adopt").status == 0)
    #expect(try town.ledgers().store(for: id).issue(id)?.title == "Keep me")
    #expect(before.contains("\"app\""))
  }

  @Test func aRigWithWorkIsNotRemoved() throws {
    let town = try TestTown()
    let database = try town.database()
    var record = AgentRecord(try #require(AgentAddress("app/polecats/nux")))
    record.bead = try town.makeIssue("Work")
    try database.save(record)
    let before = try snapshot(town.root)
    let refused = town.gt("rig", "remove", "app")
    #expect(refused.status == 2)
    #expect(refused.standardError.contains("app/polecats/nux"))
    #expect(try snapshot(town.root) == before)
  }

  @Test func aRigWhoseFolderIsGoneIsSeenAndRemoved() throws {
    let town = try TestTown()
    try FileSystem.rename(Path.join(town.root, "app"), to: Path.join(town.root, "../gone"))
    #expect(town.gt("rig", "list").status == 0)
    #expect(town.gt("status").standardOutput.contains("! app its folder is gone"))
    #expect(town.gt("rig", "remove", "app").status == 0)
  }

  @Test func config() throws {
    let town = try TestTown(rig: false)
    #expect(town.gt("config", "get", "default_agent").standardOutput == "claude\n")
    #expect(town.gt("config", "set", "default_agent", "codex").standardOutput == "✓ default_agent is codex\n")
    #expect(
      try town.json("config", "get", "default_agent").compactText
        == #"{"key":"default_agent","value":"codex","is_set":true}"#)
    #expect(
      town.gt("config", "unset", "default_agent").standardOutput == "✓ default_agent is claude, the default\n"
    )
    #expect(town.gt("config", "get", "default_agnt").standardError.contains("did you mean 'default_agent'?"))
    #expect(
      town.gt("config", "set", "scheduler.batch_size", "lots").standardError.contains("no whole number"))
    let shown = try town.json("config", "show")
    #expect(shown["settings"]?["operational.nudge.normal_ttl"] == .string("30m"))
    #expect(shown["set"] == .array([]))
    // Of the many for operation only the one that people meet.
    let rows = town.gt("config", "show").standardOutput.split(separator: "\n")
    #expect(
      rows.filter { $0.contains("operational.") }.map { $0.split(separator: " ").first } == [
        "operational.polecat.max_working"
      ])
  }

  @Test func secretsInFilesAreMasked() throws {
    let town = try TestTown(rig: false)
    try town.write(
      "settings/config.json", #"{"agents":{"x":{"env":{"API_TOKEN":"sk-live","OTHER_TOKEN":"$HERE"}}}}"#)
    let shown = town.gt("config", "show").standardOutput + town.gt("config", "show", "--json").standardOutput
    #expect(!shown.contains("sk-live"))
    #expect(shown.contains("$HERE"))
  }
}
