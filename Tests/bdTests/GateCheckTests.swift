import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// `bd gate` with programs `gh` and `gt` of the tests' own: what reaches them, and what becomes of what they say.
@Suite struct GateCheckTests {
  /// A project with one issue and a directory of programs that is all of PATH beside the system's.
  private func project(gh script: String? = nil) throws -> TestProject {
    let project = try TestProject()
    try project.makeStore().close()
    #expect(bd(["create", "Work", "--id", "t-w"], project).status == 0)
    project.environment.variables["PATH"] = project.directory + "/bin"
    if let script { try install("gh", script, project) }
    return project
  }

  private func install(_ name: String, _ script: String, _ project: TestProject) throws {
    let bin = project.directory + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    // Every argument on a line of its own, so that what was passed is seen exactly.
    let log =
      "{ for a; do printf '%s\\n' \"$a\"; done; printf '==\\n'; } >> '\(project.directory)/\(name).log'\n"
    try Data(("#!/bin/sh\n" + log + script + "\n").utf8).write(to: URL(fileURLWithPath: "\(bin)/\(name)"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(bin)/\(name)")
  }

  private func calls(_ name: String, _ project: TestProject) -> [[String]] {
    let text = (try? String(contentsOfFile: "\(project.directory)/\(name).log", encoding: .utf8)) ?? ""
    return text.components(separatedBy: "==\n").dropLast().map { $0.split(separator: "\n").map(String.init) }
  }

  private func makeGate(_ type: String, _ awaitID: String, _ project: TestProject) throws -> String {
    let result = bd(
      ["gate", "create", "--blocks", "t-w", "-t", type, "--await-id=" + awaitID, "--json"], project)
    return try #require(
      JSONValue(parsing: result.standardOutput)?["id"]?.stringValue, "\(result.standardError)")
  }

  private func check(_ project: TestProject, _ more: String...) throws -> (status: Int32, value: JSONValue) {
    let result = bd(["gate", "check", "--json"] + more, project)
    return (
      result.status, try #require(JSONValue(parsing: result.standardOutput), "one document and nothing else")
    )
  }

  private func reason(_ id: String, _ value: JSONValue) -> String? {
    value["gates"]?.arrayValue?.first { $0["id"]?.stringValue == id }?["reason"]?.stringValue
  }

  @Test func aSuccessfulRunClosesItsGate() throws {
    let project = try project(gh: #"echo '{"status":"completed","conclusion":"success","name":"CI"}'"#)
    let gate = try makeGate("gh:run", "123", project)
    let (status, value) = try check(project)
    #expect(status == 0 && value["resolved"]?.intValue == 1)
    #expect(reason(gate, value) == "run 123 of \"CI\" succeeded")
    #expect(calls("gh", project) == [["run", "view", "123", "--json", "status,conclusion,name"]])
    #expect(bd(["ready"], project).standardOutput.contains("t-w"))
  }

  @Test func aWorkflowGateKeepsTheRunItFound() throws {
    let runs = #"""
      echo '[{"databaseId":8,"name":"a","workflowName":"CI","status":"completed","conclusion":"failure","createdAt":"2026-03-01T09:00:00Z"},{"databaseId":9,"name":"b","workflowName":"CI","status":"queued","conclusion":"","createdAt":"2026-03-02T09:00:00Z"}]'
      """#
    let project = try project(gh: runs)
    let name = "Build; rm -rf $HOME `id`"
    let gate = try makeGate("gh:run", name, project)
    #expect(try check(project, "--dry-run").value["escalated"]?.intValue == 0)
    #expect(
      bd(["gate", "show", gate, "--json"], project).standardOutput.contains("rm -rf"), "a dry run keeps it")
    _ = try check(project)
    let shown = JSONValue(parsing: bd(["gate", "show", gate, "--json"], project).standardOutput)
    #expect(shown?["await_id"]?.stringValue == "9")
    let fields = "databaseId,name,status,conclusion,createdAt,workflowName"
    #expect(calls("gh", project)[0] == ["run", "list", "--workflow", name, "--json", fields, "--limit", "5"])
  }

  /// Each way in which gh can fail is one sentence, the status says so, and no byte of the store changes.
  @Test(arguments: [
    ("echo 'To get started with GitHub CLI, please run:  gh auth login' >&2; exit 4", "gh is not logged in"),
    ("echo 'HTTP 401: Bad credentials' >&2; exit 1", "gh is not logged in"),
    ("echo boom >&2; exit 1", "gh failed: \"boom\""), ("exit 3", "gh failed"),
    ("printf '\\033[31mred\\007' >&2; exit 1", "gh failed: \"?[31mred?\""),
    ("echo 'not json'", "could not be understood"),
    ("echo '[]'", "could not be understood"), ("echo '{}'", "could not be understood"),
    ("true", "could not be understood"),
    ("kill -9 $$", "gh failed"),
  ]) func failuresChangeNothing(_ script: String, _ sentence: String) throws {
    let project = try project(gh: script)
    let gates = [try makeGate("gh:run", "123", project), try makeGate("gh:pr", "7", project)]
    let before = try Data(contentsOf: URL(fileURLWithPath: project.location.databasePath))
    let (status, value) = try check(project)
    #expect(status == 1 && value["errors"]?.intValue == 2)
    for gate in gates {
      #expect(reason(gate, value)?.contains(sentence) == true, "\(reason(gate, value) ?? "")")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: project.location.databasePath)) == before)
  }

  @Test func withoutGhEveryGateSaysSo() throws {
    let project = try project()
    let gate = try makeGate("gh:pr", "7", project)
    let (status, value) = try check(project)
    #expect(status == 1)
    #expect(reason(gate, value) == "gh is not installed, or not in PATH")
    let result = bd(["gate", "check"], project)
    #expect(result.status == 1 && !result.standardOutput.contains("{"), "JSON only with --json")
  }

  /// A gh that hangs is ended at its deadline and not asked again.
  @Test func aHangingGhIsEnded() throws {
    let project = try project(gh: "exec /bin/sleep 100")
    let workspace = try Workspace.locate(environment: project.environment)
    var world = GateWorld(home: workspace, environment: project.environment, timeout: .milliseconds(300))
    let store = try project.openStore()
    let answers = world.answers(to: [.run("1"), .pullRequest("2"), .workflow("ci")], store: store)
    #expect(answers.count == 3)
    #expect(Set(answers.values.map { "\($0)" }).count == 1)
    #expect(calls("gh", project).count == 1)
    #expect(answers[.run("1")] == .unknown("gh did not answer within 0.3 seconds"))
    try store.close()
  }

  /// IDs from files are not checked when they come in, so they are before they go out.
  @Test(arguments: ["-R evil/x", "--web", "1;reboot", "$(id)", "a\nb", "\u{1B}]0;x\u{07}"])
  func hostileIDsFromFilesReachNobodyAsOptions(_ id: String) throws {
    let project = try project(gh: "echo '[]'")
    for type in ["gh:run", "gh:pr"] {
      let gate = try makeGate(type, "1", project)
      #expect(bd(["update", gate, "--await-id=" + id], project).status == 0)
    }
    _ = try check(project)
    for call in calls("gh", project) {
      #expect(call.starts(with: ["run", "list", "--workflow", id, "--json"]) && !id.hasPrefix("-"))
    }
  }

  @Test func goneRunsAreEscalatedThroughTheTown() throws {
    let project = try project(gh: "echo 'failed to get run: HTTP 404: Not Found' >&2; exit 1")
    let gate = try makeGate("gh:run", "123", project)
    let alone = bd(["gate", "check", "--escalate"], project)
    #expect(alone.status == 0 && alone.standardError.contains("gt is not installed"))
    try install("gt", "", project)
    #expect(bd(["gate", "check", "--escalate", "--dry-run"], project).status == 0)
    #expect(calls("gt", project).isEmpty, "a dry run tells nobody")
    let told = bd(["gate", "check", "--escalate"], project)
    #expect(told.status == 0 && told.standardError.isEmpty)
    let call = try #require(calls("gt", project).first)
    #expect(call.first == "escalate" && call.contains(gate) && call.last?.hasPrefix("Gate \(gate): ") == true)
  }

  @Test func discoverGivesAGateItsRun() throws {
    let project = try project(
      gh: #"""
        echo '[{"databaseId":41,"workflowName":"CI","status":"queued","conclusion":"","createdAt":"2026-03-02T08:59:00Z","headBranch":"main","headSha":"abc"}]'
        """#)
    let gate = try makeGate("gh:run", "", project)
    #expect(bd(["gate", "discover", "--branch", "-x"], project).status == 1)
    #expect(calls("gh", project).isEmpty)
    #expect(
      bd(["gate", "discover", "-n", "-b", "main"], project).standardOutput.contains(
        "Would find runs for 1 of 1 gate"))
    let result = bd(["gate", "discover", "--branch", "main", "--json"], project)
    let match = JSONValue(parsing: result.standardOutput)?["matches"]?.arrayValue?.first
    #expect(match?["gate_id"]?.stringValue == gate && match?["run_id"]?.stringValue == "41")
    #expect(calls("gh", project).last?.starts(with: ["run", "list", "--branch", "main"]) == true)
    #expect(bd(["gate", "show", gate], project).standardOutput.contains("run 41"))
    #expect(bd(["gate", "discover"], project).standardOutput == "No gates look for a run\n")
  }

  /// In a worktree its own branch counts, though the store belongs to the main checkout.
  @Test func discoverLooksAtTheBranchOfTheWorktree() throws {
    let project = try project(gh: "echo '[]'")
    _ = try makeGate("gh:run", "", project)
    let main = project.directory + "/.git"
    let state = main + "/worktrees/wt"
    let worktree = project.directory + "/wt"
    for directory in [state, worktree] {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
    for (path, text) in [
      (main + "/HEAD", "ref: refs/heads/main\n"), (state + "/HEAD", "ref: refs/heads/side\n"),
      (state + "/commondir", "../..\n"), (worktree + "/.git", "gitdir: \(state)\n"),
    ] { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    for (directory, branch) in [(project.directory, "main"), (worktree, "side")] {
      project.environment.currentDirectory = directory
      #expect(bd(["gate", "discover"], project).status == 0)
      #expect(calls("gh", project).last?.starts(with: ["run", "list", "--branch", branch]) == true)
    }
  }

  /// Reading never starts a program, whatever gates there are.
  @Test func readingAsksNobody() throws {
    let project = try project(gh: "echo '{}'")
    let gate = try makeGate("gh:run", "123", project)
    for line in [
      ["gate", "list"], ["gate", "show", gate], ["ready"], ["show", gate], ["close", gate],
      ["gate", "resolve", gate],
    ] {
      _ = bd(line, project)
    }
    #expect(calls("gh", project).isEmpty)
  }
}
