import BeadsFormats
import BeadsKit
import BeadsTesting
import Testing

@testable import BdCommands

/// Whole sessions with the server: everything an agent does in a day, by tools alone.
@Suite struct MCPSessionTests {
  private let project: TestProject
  private let client: MCPClient

  init() throws {
    project = try TestProject()
    client = MCPClient(project)
  }

  @Test func aDay() throws {
    let hello = try client.initialize()
    #expect(hello["result"]?["serverInfo"]?["name"]?.stringValue == "beads")
    #expect(try client.request("ping")["result"] == .object([]))

    #expect(try client.call("ready").isError, "there is no project yet")
    _ = try client.must("bd", #"{"args":["init","--prefix","t","--quiet"]}"#)
    #expect(try client.must("ready").text == "[]")

    let bug = try client.must(
      "create",
      #"{"title":"Sign-in, fails","issue_type":"bug","priority":1,"labels":["auth","web"],"description":"a\nb"}"#
    )
    let id = try #require(bug["id"]?.stringValue)
    #expect(bug["priority"]?.intValue == 1)
    #expect(bug["title"]?.stringValue == "Sign-in, fails")
    let later = try #require(
      try client.must("create", #"{"title":"Rotate keys","assignee":null,"priority":"P0"}"#)["id"]?
        .stringValue)
    let found = try #require(
      try client.must("create", #"{"title":"Found it","deps":["discovered-from:\#(id)"]}"#)["id"]?.stringValue
    )

    #expect(
      try client.must("dep", #"{"issue_id":"\#(later)","depends_on_id":"\#(id)"}"#)["status"]?.stringValue
        == "added")
    #expect(Set(try client.must("ready").ids) == [id, found])
    #expect(try client.must("bd", #"{"args":["blocked"]}"#).ids == [later])

    let claimed = try client.must("update", #"{"issue_id":"\#(id)","claim":true}"#)
    #expect(claimed["status"]?.stringValue == "in_progress")
    #expect(claimed["assignee"]?.stringValue == "alice")

    let all = try client.must("show", #"{"issue_id":["\#(id)","\#(later)"]}"#)
    #expect(all.ids == [id, later])
    #expect(all["description"]?.stringValue == "a\nb")
    #expect(try client.must("show", #"{"issue_id":"\#(id), \#(later)"}"#).ids == [id, later])

    let stats = try client.must("bd", #"{"args":["stats"]}"#)
    #expect(stats["summary"]?["total_issues"]?.intValue == 3)

    let closed = try client.must("close", #"{"issue_id":"\#(id)","reason":"Fixed","claim_next":true}"#)
    #expect(closed["closed"]?.arrayValue?.count == 1)
    #expect(closed["claimed"]?["id"]?.stringValue == later, "the most urgent one that is ready now")
    #expect(try client.must("list", #"{"status":"closed"}"#).ids == [id])
    #expect(try client.must("bd", #"{"args":["reopen","\#(id)"]}"#)["status"]?.stringValue == "open")
    #expect(
      try client.must("dep", #"{"action":"remove","issue_id":"\#(later)","depends_on_id":"\#(id)"}"#)[
        "status"]?
        .stringValue == "removed")
    #expect(try client.must("ready", #"{"claim":true}"#).ids == [found], "nobody has it")
    for line in [
      "[\"doctor\",\"--check=validate\"]", "[\"info\",\"--schema\"]", "[\"migrate\",\"--inspect\"]",
    ] {
      guard case .object = try client.must("bd", #"{"args":\#(line)}"#).value else {
        Issue.record("\(line) is no object")
        continue
      }
    }
  }

  @Test func searchAndFilters() throws {
    try project.makeStore().close()
    for (title, label) in [("Parser leak", "a"), ("Parser speed", "b"), ("Login", "a")] {
      _ = try client.must("create", #"{"title":"\#(title)","labels":["\#(label)"],"priority":1}"#)
    }
    #expect(try client.must("list", #"{"query":"parser"}"#).ids.count == 2)
    #expect(try client.must("list", #"{"query":"parser","labels":["b"],"priority":1}"#).ids.count == 1)
    #expect(try client.must("list", #"{"query":"parser","priority":0}"#).text == "[]")
    #expect(try client.must("list", #"{"label":"a"}"#).ids.count == 2)
    #expect(try client.must("list", #"{"labels_any":["a","b"],"limit":2}"#).ids.count == 2)
    #expect(try client.must("list", #"{"limit":1}"#).remarks.contains("Showing"), "what was cut is said")
    let clash = try client.call("list", #"{"query":"parser","parent":"t-1"}"#)
    #expect(clash.isError && clash.text.contains("parent does not go with query"))
  }

  /// Lists carry no long texts unless asked, and nothing but their keys changes.
  @Test func briefLists() throws {
    try project.makeStore().close()
    _ = try client.must("create", #"{"title":"One","description":"Long","notes":"Longer"}"#)
    for tool in ["ready", "list"] {
      let brief = try client.must(tool)
      #expect(brief["title"]?.stringValue == "One")
      #expect(brief["description"] == nil && brief["notes"] == nil)
      #expect(try client.must(tool, #"{"full":true}"#)["description"]?.stringValue == "Long")
    }
  }

  @Test func resources() throws {
    let listed = try client.request("resources/list")["result"]?["resources"]?.arrayValue
    #expect(listed?.map { $0["uri"]?.stringValue } == ["beads://quickstart"])
    #expect(
      try client.request("resources/templates/list")["result"]?["resourceTemplates"]?.arrayValue?.isEmpty
        == true)
    let read = try client.request("resources/read", #"{"uri":"beads://quickstart"}"#)
    let contents = try #require(read["result"]?["contents"]?.arrayValue?.first)
    #expect(contents["text"]?.stringValue == bd(["quickstart"], project).standardOutput)
    #expect(contents["text"]?.stringValue?.contains("bd ready") == true)
    for (parameters, code) in [
      ("{}", -32602), (#"{"uri":7}"#, -32602), (#"{"uri":"file:///etc/passwd"}"#, -32002),
    ] {
      #expect(try client.request("resources/read", parameters)["error"]?["code"]?.intValue == code)
    }
  }

  @Test func claimsWithLeases() throws {
    try project.makeStore().close()
    let id = try #require(try client.must("create", #"{"title":"One"}"#)["id"]?.stringValue)
    #expect(try client.must("ready", #"{"claim":true,"lease":"10m"}"#).ids == [id])
    #expect(try client.must("ready").text == "[]")
    project.advance(seconds: 700)
    #expect(try client.must("ready").ids == [id], "the claim has ended by itself")
  }

  /// A call in another directory means that project, whatever the environment says.
  @Test func workspaces() throws {
    try project.makeStore(prefix: "here").close()
    let other = project.directory + "/other"
    try FileSystem.makeDirectory(other)
    _ = try client.must("bd", #"{"args":["init","--prefix","there","--quiet"],"workspace_root":"\#(other)"}"#)
    project.environment.variables["BEADS_DIR"] = project.beadsDirectory
    let client = MCPClient(project)
    let id = try client.must("create", #"{"title":"One","workspace_root":"\#(other)"}"#)["id"]
    #expect(id?.stringValue?.hasPrefix("there-") == true)
    #expect(try client.must("list", #"{"cwd":"other"}"#).ids.count == 1)
    #expect(try client.must("list").text == "[]")
    #expect(try client.call("list", #"{"workspace_root":"missing"}"#).text.contains("not_found"))
  }

  @Test(arguments: MCPServer.versions + ["2099-01-01"]) func versions(_ version: String) throws {
    try project.makeStore().close()
    let answer = try client.initialize(version)["result"]?["protocolVersion"]?.stringValue
    #expect(answer == (MCPServer.versions.contains(version) ? version : MCPServer.versions[0]))
    let structure = try client.must("ready").structure
    #expect(structure == (version >= "2025-06-18" ? .object([.init(key: "result", value: .array([]))]) : nil))
  }

  @Test func readOnly() throws {
    try project.makeStore().close()
    let reader = MCPClient(project, flags: ["--readonly"])
    #expect(try reader.must("ready").text == "[]")
    let refused = try reader.call("create", #"{"title":"One"}"#)
    #expect(refused["code"]?.stringValue == "read_only")
    #expect(try reader.call("bd", #"{"args":["create","One","--readonly=false"]}"#).isError)
    #expect(try client.must("list").text == "[]")
  }

  @Test func flagsHoldForEveryCall() throws {
    try project.makeStore().close()
    let robot = MCPClient(project, flags: ["--actor=robot"])
    let id = try #require(try robot.must("create", #"{"title":"One"}"#)["id"]?.stringValue)
    #expect(
      try robot.must("update", #"{"issue_id":"\#(id)","claim":true}"#)["assignee"]?.stringValue == "robot")
  }

  /// What other programs do between two calls is seen, also a database made anew.
  @Test func othersWork() throws {
    try project.makeStore().close()
    _ = try client.must("create", #"{"title":"One"}"#)
    #expect(bd(["create", "Two"], project).status == 0)
    #expect(try client.must("list").ids.count == 2)
    try FileSystem.remove(project.location.databasePath)
    let again = try client.must("list")
    #expect(again.ids.count == 2)
    #expect(again.remarks.contains("Made the database"))
  }

  /// Nothing is kept open between calls.
  @Test(.enabled(if: FileSystem.exists("/proc/self/fd"))) func aThousandCallsLeakNothing() throws {
    try project.makeStore().close()
    let id = try #require(try client.must("create", #"{"title":"One"}"#)["id"]?.stringValue)
    var most = 0
    for number in 1...1000 {
      switch number % 50 {
      case 0: _ = try client.must("update", #"{"issue_id":"\#(id)","priority":\#(number / 50 % 5)}"#)
      case 1: #expect(try client.call("show", #"{"issue_id":"t-missing"}"#).isError)
      default: #expect(try client.must("show", #"{"issue_id":"\#(id)"}"#).ids == [id])
      }
      most = max(most, storeDescriptors())
    }
    #expect(most == 0)
  }

  /// How many files of the project this process has open.
  private func storeDescriptors() -> Int {
    let names = (try? FileSystem.list("/proc/self/fd")) ?? []
    return names.count { name in
      (try? FileSystem.realPath("/proc/self/fd/\(name)"))?.hasPrefix(project.directory) ?? false
    }
  }
}
