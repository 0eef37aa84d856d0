import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// The built-in release formula, walked from its first step to its last by `bd` processes of which many are killed.
///
/// Whoever takes over knows nothing but the molecule's ID and asks `bd mol current`.
@Suite(.enabled(if: FailPoint.isAvailable)) struct ReleaseWalkTests {
  @Test(arguments: ["pour", "wisp"]) func everyStepIsClosedOnce(_ phase: String) throws {
    let walk = try ReleaseWalk(phase)
    try walk.toTheEnd()
    #expect(walk.killed > 2)

    let end = try walk.current()
    #expect(end["completed"] == end["total"] && end["current_step"] == nil && end["next_step"] == nil)
    let steps = try #require(end["steps"]?.arrayValue).compactMap { $0["issue"]?["id"]?.stringValue }
    // Eight steps, and the gates of CI and of a person.
    #expect(steps.count == 10)
    let store = try walk.project.project.openStore()
    for (id, events) in try store.events(of: steps.map { try IssueID($0) }) {
      let closings = events.count { $0.kind == "closed" }
      #expect(closings == 1, "\(id) was closed \(closings) times")
    }
    try store.close()
    if phase == "wisp" { try squash(walk, steps) }
  }

  /// A digest is what is left of the wisps, here and in the file.
  private func squash(_ walk: ReleaseWalk, _ steps: [String]) throws {
    let report = try walk.json("mol", "squash", walk.root)
    let digest = try #require(report["digest_id"]?.stringValue)
    #expect(report["squashed_count"] == .number("10"))
    let issue = try #require(try walk.json("show", digest).arrayValue?.first)
    #expect(issue["status"] == .string("closed"))
    #expect(issue["description"]?.stringValue?.contains("Publish v1.2.0") == true)
    let exported = walk.project.project.exportedText
    #expect(exported.contains("\"id\":\"\(digest)\"") && !exported.contains("\"ephemeral\":true"))
    for id in steps { #expect(try walk.run("show", id).status != 0) }
  }

  /// Without CI there is one gate less, and the steps behind it still wait for those before it.
  @Test func aReleaseWithoutCIHasOneGate() throws {
    let project = try StressProject()
    let poured = try project.run(
      "mol", "pour", "mol-release", "--var", "version=v2.0.0", "--var", "ci=none", "--json")
    #expect(poured.status == 0, "\(poured.errorText)")
    let gates = try project.run("list", "--type", "gate", "--json")
    #expect(JSONValue(parsing: gates.text)?.arrayValue?.count == 1)
    let refused = try project.run("mol", "pour", "mol-release", "--var", "version=next")
    #expect(refused.status == 1 && refused.errorText.contains("version"))
  }
}

/// A release on its way.
private final class ReleaseWalk {
  let project: StressProject
  private(set) var root = ""
  private(set) var killed = 0
  /// The places that closing a step passes, each with the number of its pass.
  private var places: [String] = []
  private var attempts = 0

  init(_ phase: String) throws {
    project = try StressProject()
    try installGitHub()
    let made = try json("mol", phase, "mol-release", "--var", "version=v1.2.0")
    root = try #require(made["new_epic_id"]?.stringValue)
  }

  func toTheEnd() throws {
    for _ in 0..<60 {
      let state = try current()
      if let step = state["current_step"]?["id"]?.stringValue {
        try close(step)
      } else if state["next_step"] != nil {
        #expect(try json("ready", "--mol", root, "--claim").arrayValue?.count == 1)
      } else if let gate = openGate(state) {
        try open(gate)
      } else {
        return
      }
    }
    Testing.Issue.record("the release does not come to its end")
  }

  /// Closes a step; all but the first attempt of each step may die on the way.
  private func close(_ step: String) throws {
    let trace = Path.join(project.project.directory, "trace")
    if places.isEmpty {
      _ = try run("close", step, "--continue", variables: ["BD_FAILPOINT_TRACE": trace])
      var counts: [String: Int] = [:]
      places = try FileSystem.readText(trace).split(separator: "\n").map { name in
        counts[String(name), default: 0] += 1
        return "\(name)#\(counts[String(name)] ?? 0)"
      }
      #expect(places.count > 5)
      return
    }
    attempts += 1
    if attempts % 2 == 0 {
      #expect(try run("close", step, "--continue").status == 0)
      return
    }
    // Another place each time, from the first to the last.
    let place = places[min(attempts / 2 * max(1, places.count / 7), places.count - 1)]
    if try run("close", step, "--continue", variables: ["BD_FAILPOINT": "\(place)=kill"]).status > 128 {
      killed += 1
    }
  }

  /// A gate is opened by whoever it waits for: CI by a run that succeeds, a person by saying so.
  private func open(_ gate: JSONValue) throws {
    let id = try #require(gate["id"]?.stringValue)
    if gate["await_type"] == .string("gh:run") {
      let early = try run("gate", "resolve", id)
      try #require(early.status != 0, "nobody may say that CI has passed")
      try #require(try run("gate", "check").status == 0)
    } else {
      try #require(try run("gate", "resolve", id, "--reason", "Read the change log").status == 0)
    }
    let state = try #require(try json("show", id).arrayValue?.first)
    try #require(state["status"] == .string("closed"))
  }

  private func openGate(_ state: JSONValue) -> JSONValue? {
    state["steps"]?.arrayValue?.compactMap { $0["issue"] }.first {
      $0["issue_type"] == .string("gate") && $0["status"] != .string("closed")
    }
  }

  /// A `gh` for which every run of CI has succeeded.
  private func installGitHub() throws {
    let directory = Path.join(project.project.directory, ".home", "bin")
    try FileSystem.makeDirectory(directory)
    let state = #""status":"completed","conclusion":"success","createdAt":"2026-03-02T09:00:00Z""#
    let run = #"{"databaseId":7,"name":"CI","workflowName":"CI",\#(state)}"#
    let script = "#!/bin/sh\ncase \"$2\" in list) echo '[\(run)]' ;; *) echo '\(run)' ;; esac\n"
    try FileSystem.replace(Path.join(directory, "gh"), with: Array(script.utf8), mode: 0o755)
    let path = project.project.environment.variables["PATH"] ?? ""
    project.project.environment.variables["PATH"] = "\(directory):\(path)"
  }

  /// What `bd mol current` says about the release.
  func current() throws -> JSONValue {
    try #require(try json("mol", "current", root).arrayValue?.first)
  }

  func json(_ arguments: String...) throws -> JSONValue {
    let run = try perform(arguments + ["--json"])
    #expect(run.status == 0, "bd \(arguments): \(run.errorText)")
    return try #require(JSONValue(parsing: run.text))
  }

  @discardableResult
  func run(_ arguments: String..., variables: [String: String] = [:]) throws -> ObservedProgram.Run {
    try perform(arguments, variables)
  }

  private func perform(_ arguments: [String], _ more: [String: String] = [:]) throws -> ObservedProgram.Run {
    var request = project.request(arguments)
    request.variables?.merge(more) { _, new in new }
    return try ObservedProgram(request).wait()
  }
}
