import BeadsKit
import GasTownKit
import Testing

/// Scenario 21 of the contract's appendix D; what agents find in their environment: `LauncherTests`.
@Suite("gt done and secrets")
struct DoneSecretTests {
  private let token = "ghp_" + "q1TjEo7HpZdW9XfK2cRvBs5LnYmU8gA3iQ0w"

  private func work() throws -> (TestTown, AgentRecord, String) {
    let town = try TestTown()
    let record = try DoneTests.give(try town.makeIssue("Call the service"), town)
    return (town, record, try #require(record.worktree))
  }

  @Test func areStoppedBeforeAnythingLeavesTheMachine() throws {
    let (town, record, path) = try work()
    try town.write(path + "/app.py", "import os\ntoken = '\(token)'\n")
    let result = town.gt(["done"], as: record.address.text)
    #expect(result.status == 2)
    #expect(result.standardError.contains("app.py:2: GitHub token"))
    #expect(!(result.standardError + result.standardOutput).contains(token))
    #expect(!result.standardError.contains(SecretRule.marker))
    #expect(try town.git(town.originPath("app"), "for-each-ref", "refs/heads/polecat") == "")
    #expect(try town.database().agent(record.address)?.bead != nil)
    let events = try town.text(".events.jsonl")
    #expect(events.contains(#""type":"secret_found""#) && !events.contains(token))
    // Taking it out in another commit is not enough; what is told to do is.
    try town.write(path + "/app.py", "import os\ntoken = os.environ['TOKEN']\n")
    #expect(town.gt(["done"], as: record.address.text).status == 2)
    let base = try #require(result.standardError.split(separator: "--soft ").last?.prefix(7))
    try town.git(path, "reset", "-q", "--soft", String(base))
    try town.git(path, "commit", "-q", "-m", "Read it from the environment")
    let again = town.gt(["done"], as: record.address.text)
    #expect(again.status == 0, "\(again.standardError)")
    #expect(
      try town.git(
        town.originPath("app"), "grep", "-c", "environ", try #require(record.branch?.rawValue), "--") != "")
  }

  @Test func aFalseAlarmIsMarkedAndOnRecord() throws {
    let (town, record, path) = try work()
    try town.write(
      path + "/app.py", "token = '\(token)'  # \(SecretRule.marker): expired, for the parser's test\n")
    let result = town.gt(["done"], as: record.address.text)
    #expect(result.status == 0 && result.standardError.contains("app.py:1: GitHub token"))
    #expect(try town.text(".events.jsonl").contains(#""type":"secret_allowed""#))
    let list = try town.json("mq", "list", "app")
    #expect(list.compactText.contains("mr") || list.arrayValue?.count == 1)
  }

  @Test func theEngineTurnsThemAwayToo() throws {
    let town = try MergeTown()
    let bad = try town.submit("bad", ["a.py": "token = '\(token)'\n"])
    let good = try town.submit("good", ["b.py": "x\n"])
    town.merge()
    #expect(try town.issue(bad.request).labels.contains("needs-fix"))
    #expect(try town.issue(bad.request).comments.last?.text.contains("a.py:1: GitHub token") == true)
    #expect(try town.issue(bad.issue).status == .open)
    #expect(try town.issue(good.issue).status == .closed)
    try town.set("merge_queue.allowed_secrets", "a.py")
    #expect(town.base.gt("mq", "retry", bad.request.rawValue).status == 0)
    town.merge()
    #expect(try town.files().contains("a.py"))
  }
}
