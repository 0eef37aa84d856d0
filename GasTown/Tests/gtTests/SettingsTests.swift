import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("Settings")
struct SettingsTests {
  @Test func haveDefaultsThatTheyAccept() throws {
    let town = try TestTown()
    let settings = try TownSettings.load(town.town)
    #expect(settings.defaultAgent == "claude")
    #expect(settings.operational("session.graceful_shutdown_timeout") == .seconds(3))
    #expect(settings.operationalInt("nudge.max_queue_depth") == 50)
    #expect(settings.int("scheduler.max_polecats") == -1)
    #expect(!settings.bool("convoy.notify_on_complete"))
    #expect(settings.list("disabled_patrols").isEmpty)
    for key in TownSettings.keys where key.defaultValue != nil {
      #expect(settings.settings.entries().first { $0.key == key }?.value != nil, "\(key.name)")
    }
    for key in RigSettings.keys where key.defaultValue != nil {
      let entry = try RigSettings.load(town.rig()).settings.entry(key.name)
      #expect(entry.value != nil && !entry.isSet, "\(key.name)")
    }
  }

  @Test func ofTheRigStandOnThoseOfTheProject() throws {
    let town = try TestTown()
    let rig = try town.rig()
    try town.write(
      "app/mayor/rig/.gastown/settings.json",
      #"{"merge_queue": {"test_command": "make test", "lint_command": "make lint", "poll_interval": "5s"}}"#)
    try town.write(
      "app/settings/config.json",
      #"{"type":"rig-settings","version":1,"merge_queue":{"test_command":"make check","lint_command":""}}"#)
    let settings = try RigSettings.load(rig)
    #expect(settings.string("merge_queue.test_command") == "make check")
    #expect(settings.string("merge_queue.lint_command") == "make lint")
    #expect(settings.duration("merge_queue.poll_interval") == .seconds(5))
    #expect(settings.int("merge_queue.max_retry_count") == 5)
  }

  @Test func forTheTimeBeingComeFirst() throws {
    let town = try TestTown()
    let rig = try town.rig()
    let change = { (name: String, change: PassingSettings.Change) in
      try PassingSettings.change(name, change, in: rig, of: town.town, command: "test")
    }
    try RigSettings.set("max_polecats", to: "5", in: rig, of: town.town, command: "test")
    try change("max_polecats", .set("2"))
    #expect(try RigSettings.load(rig).int("max_polecats") == 2)
    try change("max_polecats", .block)
    #expect(try RigSettings.load(rig).int("max_polecats") == -1)
    try change("max_polecats", .unset)
    #expect(try RigSettings.load(rig).int("max_polecats") == 5)
    #expect(throws: BeadsError.self) { try change("max_polecats", .set("many")) }
    #expect(throws: BeadsError.self) { try change("no_such", .set("1")) }
  }

  @Test(
    "that are wrong are refused and left alone",
    arguments: [
      ("{", "holds no JSON object"), ("[]", "holds no JSON object"), ("", "holds no JSON object"),
      (#"{"type":"rig"}"#, "is of the type \"rig\""), (#"{"version":9}"#, "newer version"),
      (#"{"scheduler":{"spawn_delay":"soon"}}"#, "scheduler.spawn_delay is \"soon\", which is no time span"),
      (#"{"scheduler":{"spawn_delay":5}}"#, "no time span"), (#"{"scheduler":7}"#, "no group of settings"),
      (#"{"scheduler":{"batch_size":0}}"#, "no whole number from 1 to 100"),
      (#"{"convoy":{"notify_on_complete":"yes"}}"#, "neither true nor false"),
      (#"{"sessions":{"backend":"screen"}}"#, "none of auto, tmux"),
      (#"{"disabled_patrols":["a",1]}"#, "no list of texts"), (#"{"agents":[]}"#, "no object"),
      (#"{"operational":{"nudge":{"normal_ttl":"-3m"}}}"#, "no time span"),
    ])
  func wrong(text: String, message: String) throws {
    let town = try TestTown(rig: false)
    try town.write("settings/config.json", text)
    for attempt in [
      { _ = try TownSettings.load(town.town) },
      { try TownSettings.set("default_agent", to: "x", in: town.town, command: "test") },
    ] {
      let error = #expect(throws: BeadsError.self) { try attempt() }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains("settings/config.json") == true)
      #expect(try town.text("settings/config.json") == text)
    }
  }

  @Test func unknownMembersSurviveAChange() throws {
    let town = try TestTown(rig: false)
    try town.write("settings/config.json", #"{"future": {"a": [1, 2.50]}, "scheduler": {"new": 1}}"#)
    try TownSettings.set("scheduler.batch_size", to: "3", in: town.town, command: "test")
    let document = try #require(JSONValue(parsing: try town.text("settings/config.json")))
    #expect(document["future"]?.compactText == #"{"a":[1,2.50]}"#)
    #expect(document["scheduler"]?.compactText == #"{"new":1,"batch_size":3}"#)
    try TownSettings.set("scheduler.batch_size", to: nil, in: town.town, command: "test")
    #expect(try TownSettings.load(town.town).int("scheduler.batch_size") == 1)
  }

  @Test func aFullDiskLeavesThemAsTheyWere() throws {
    let town = try TestTown(rig: false)
    let before = try town.text("settings/config.json")
    let error = #expect(throws: BeadsError.self) {
      try withFailures("file.write#1+=ENOSPC") {
        try TownSettings.set("cli_theme", to: "dark", in: town.town, command: "test")
      }
    }
    #expect(error?.message.contains("the disk is full") == true)
    #expect(try town.text("settings/config.json") == before)
  }

  @Test func secretsAreNotKept() throws {
    let town = try TestTown(rig: false)
    #expect(throws: BeadsError.self) {
      try TownSettings.set("agents.x.env.API_KEY", to: "sk-1", in: town.town, command: "test")
    }
    try TownSettings.set("agents.x.env.API_KEY", to: "$MY_KEY", in: town.town, command: "test")
    let entry = try TownSettings.load(town.town).settings.entry("agents")
    #expect(entry.value?.compactText == #"{"x":{"env":{"API_KEY":"$MY_KEY"}}}"#)
  }

  @Test func rigsAreParkedAndDocked() throws {
    let town = try TestTown()
    let database = try town.database()
    let rig = try town.rig()
    try RigState.requireOperational(rig, in: database)
    #expect(try RigState.park(rig.name, true, in: database))
    #expect(try !RigState.park(rig.name, true, in: database))
    #expect(try RigState.of(rig, in: database) == .parked)
    #expect(try RigState.all([rig], in: database) == [rig.name: .parked])
    #expect(throws: BeadsError.self) { try RigState.requireOperational(rig, in: database) }
    try RigState.park(rig.name, false, in: database)
    try RigState.dock(rig, true, in: town.town, command: "test")
    #expect(try RigState.of(town.rig(), in: database) == .docked)
    try RigState.dock(town.rig(), false, in: town.town, command: "test")
    #expect(try RigState.of(town.rig(), in: database) == .operational)
  }
}
