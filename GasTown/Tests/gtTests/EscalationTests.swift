import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("Escalations")
struct EscalationTests {
  private let town: SmallTown
  private let nux = "app/polecats/nux"

  init() throws { town = try SmallTown() }

  private func raise(_ title: String, _ more: String...) -> JSONValue {
    JSONValue(parsing: town.run(nux, ["escalate", title] + more + ["--json"]).standardOutput) ?? .null
  }

  @Test func anAlarmIsAnIssueAndReachesWhomTheSettingsName() throws {
    let issue = try town.issue("ap", "Parser")
    let made = raise("Tests fail", "-s", "high", "-m", "Since 3f9c\nsee log", "--related", issue.rawValue)
    #expect(made["severity"] == .string("high") && made["new"] == .bool(true) && made["count"]?.intValue == 1)
    #expect(made["source"] == .string(nux) && made["related_bead"] == .string(issue.rawValue))
    #expect(
      made["actions"]?.arrayValue?.map { $0["action"]?.stringValue } == ["bead", "mail:mayor", "email:human"])
    #expect(made["actions"]?[2]?["problem"]?.stringValue?.hasPrefix("not set up") == true)
    let mail = town.json(as: "mayor", "mail", "inbox")[0]
    #expect(mail?["subject"] == .string("[high] Tests fail") && mail?["type"] == .string("escalation"))
    #expect(
      mail?["priority"] == .string("high")
        && mail?["body"]?.stringValue?.contains("Since 3f9c\nsee log") == true)
    let id = try #require(made["id"]?.stringValue)
    let saved = try #require(try town.issue(try IssueID(id)))
    #expect(saved.labels == ["gt:escalation", "severity:high"] && saved.priority == 1)
    #expect(town.gt("escalate", "show", id).standardOutput.contains("Since 3f9c\nsee log"))
    #expect(town.events == ["mail", "escalation_sent"])
  }

  @Test func theSameAlarmIsCountedAndNobodyIsToldTwice() throws {
    let first = raise("Disk is full", "--source", "doctor")
    for _ in 0..<3 { #expect(raise("Disk is full", "--source", "doctor")["new"] == .bool(false)) }
    let other = raise("Disk is full", "--source", "plugin")
    #expect(other["new"] == .bool(true) && other["id"] != first["id"])
    #expect(town.json("escalate", "list").arrayValue?.map { $0["count"]?.intValue } == [4, 1])
    #expect(town.json(as: "mayor", "mail", "inbox").arrayValue?.count == 2)
    // Worse than before is news.
    let worse = raise("Disk is full", "--source", "doctor", "-s", "critical")
    #expect(worse["severity"] == .string("critical") && worse["original_severity"] == .string("medium"))
    #expect(town.json(as: "mayor", "mail", "inbox").arrayValue?.count == 3)
    #expect(raise("Disk is full", "--source", "doctor", "-s", "low")["severity"] == .string("critical"))
    // A closed one is history.
    let id = first["id"]?.stringValue ?? ""
    #expect(town.gt("escalate", "close", id, "-r", "Deleted logs").status == 0)
    #expect(raise("Disk is full", "--source", "doctor")["new"] == .bool(true))
  }

  @Test func whatNobodyTakesCareOfBecomesWorseTwice() throws {
    let id = raise("Stuck")["id"]?.stringValue ?? ""
    #expect(town.gt("escalate", "stale", "--json").standardOutput == "[]\n")
    for expected in ["high", "critical"] {
      town.project.advance(seconds: 4 * 3600 + 1)
      #expect(town.json("escalate", "stale", "-n").arrayValue?.count == 1)
      #expect(town.gt("escalate", "stale").standardOutput.contains("\(id) is now \(expected)"))
      #expect(town.gt("escalate", "stale").standardOutput == "No stale escalations\n")
    }
    town.project.advance(seconds: 100_000)
    #expect(town.json("escalate", "stale") == .array([]))
    #expect(town.json("escalate", "show", id)["reescalation_count"]?.intValue == 2)
  }

  @Test func whoTakesCareStopsThat() throws {
    let id = raise("Stuck")["id"]?.stringValue ?? ""
    #expect(town.json(as: "mayor", "escalate", "ack", id)["acked_by"] == .string("mayor"))
    #expect(town.gt("escalate", "ack", id).standardOutput.contains("mayor takes care of \(id) already"))
    town.project.advance(seconds: 100_000)
    #expect(town.json("escalate", "stale") == .array([]))
    #expect(town.gt("escalate", "list").standardOutput.contains("mayor takes care"))
    #expect(town.json("escalate", "close", id, "-r", "Done")["closed_reason"] == .string("Done"))
    #expect(town.gt("escalate", "ack", id).standardError.contains("is closed already"))
    #expect(town.gt("escalate", "close", id).standardOutput.contains("closed before"))
    #expect(town.json("escalate", "list") == .array([]))
    #expect(town.json("escalate", "list", "--all").arrayValue?.count == 1)
  }

  @Test func routesAreTheTowns() throws {
    try town.write(
      "settings/escalation.json",
      #"{"type":"escalation","version":1,"routes":{"low":["bead","log","mail:app/gone"]},"stale_threshold":"10m"}"#
    )
    let made = raise("Odd", "-s", "low", "--to", "app/max")
    #expect(
      made["actions"]?.arrayValue?.map { $0["done"] } == [
        .bool(true), .bool(true), .bool(false), .bool(true),
      ])
    #expect(try FileSystem.readText(town.town.path("logs/town.log")).contains("[escalation] \(nux) low "))
    #expect(town.json(as: "app/crew/max", "mail", "inbox").arrayValue?.count == 1)
    town.project.advance(seconds: 601)
    #expect(town.json("escalate", "stale").arrayValue?.count == 1)
    try town.write("settings/escalation.json", #"{"stale_threshold":"soon"}"#)
    #expect(town.gt("escalate", "Again").standardError.contains("stale_threshold"))
    try town.write("settings/escalation.json", "{")
    #expect(town.gt("escalate", "Again").status == 1)
  }

  @Test func badInput() throws {
    #expect(town.gt("escalate", "x", "-s", "awful").standardError.contains("awful"))
    #expect(town.gt("escalate", "x", "--related", "ap-none").status == 1)
    #expect(town.gt("escalate", " ").standardError.contains("title"))
    #expect(town.gt("escalate", "show", "hq-none").status == 1)
    let issue = try town.issue("hq", "No alarm")
    #expect(town.gt("escalate", "ack", issue.rawValue).standardError.contains("is no escalation"))
    #expect(town.gt("escalate", "x", "-n").standardOutput.contains("mail:mayor"))
    #expect(town.gt("escalate").standardOutput.contains("Call for help"))
    #expect(town.gt("escalate", "list", "--json").standardOutput == "[]\n" && town.events.isEmpty)
  }
}
