import BeadsSystem
import Testing

@testable import BeadsModel

@Suite struct IdentityNameTests {
  @Test(arguments: [("bd", "bd"), ("bd-", "bd"), ("web-app", "web-app"), ("a1_b.c", "a1_b.c"), ("x--", "x")])
  func prefixesThatUsersMayChoose(_ text: String, _ stored: String) throws {
    #expect(try Prefix(text).rawValue == stored)
  }

  @Test(arguments: [
    "", "-", "9x", "Bd", "bD", "b d", "-x", "_x", ".x", "é", "b/d", "$(x)", "a\n", "b%",
    String(repeating: "a", count: 65),
  ])
  func prefixesThatAreRefused(_ text: String) {
    #expect(throws: BeadsError.self) { try Prefix(text) }
  }

  @Test func filesMayHoldOtherPrefixes() {
    #expect(Prefix(rawValue: "9x")?.rawValue == "9x")
    #expect(Prefix(rawValue: "PROJ")?.rawValue == "PROJ")
    #expect(Prefix(rawValue: "a b") == nil)
    #expect(Prefix(rawValue: "-x") == nil)
  }

  @Test(arguments: [
    ("beads", "beads"), ("My App", "my-app"), ("2048.js", "js"), ("2fast", "fast"), ("a..b", "a-b"),
    ("--x--", "x"),
    ("日本", "bd"), ("", "bd"), ("123", "bd"),
    (String(repeating: "ab-", count: 30), String(repeating: "ab-", count: 21) + "a"),
  ])
  func directoryNamesGivePrefixes(_ name: String, _ expected: String) throws {
    let prefix = Prefix(directoryName: name)
    #expect(prefix.rawValue == expected)
    #expect(try Prefix(prefix.rawValue) == prefix)
  }

  @Test(arguments: ["nux", "furiosa-2", "A_b", "7", String(repeating: "x", count: 64)])
  func agentNames(_ text: String) throws { #expect(try AgentName(text).rawValue == text) }

  @Test(arguments: [
    "", "-rf", "--help", "_x", "a/b", "..", "../..", ".", "a.b", "a b", "$(x)", ";rm", "a\u{1B}[0m",
    "nu\u{0445}", "a:b",
    "a'b", "a\n", "=x", "%1", String(repeating: "x", count: 65),
  ])
  func hostileAgentNames(_ text: String) {
    #expect(AgentName(rawValue: text) == nil)
    #expect(throws: BeadsError.self) { try AgentName(text) }
  }

  @Test(arguments: [
    "main", "feature/login", "polecat/nux/bd-a3f8@k3j", "release-1.2", "dependabot/npm/@types/node-1.2",
    "fix/#12",
    "größe", "a_b+c=d,e%f", "beads-sync",
  ])
  func branchNames(_ text: String) throws { #expect(try BranchName(text).rawValue == text) }

  @Test(arguments: [
    "", "-rf", "--help", "a/-b", "a..b", "../..", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a/b.lock",
    "x.lock/y", "@", "HEAD",
    "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "a@{b", "a\u{7F}", "a\tb", "a\n", "$(x)", ";rm",
    "`x`", "a|b",
    "a&b", "a>b", "a\"b", "a'b", "a\u{202E}b", "a\u{200B}b", String(repeating: "x", count: 240),
  ])
  func hostileBranchNames(_ text: String) {
    #expect(BranchName(rawValue: text) == nil)
    #expect(throws: BeadsError.self) { try BranchName(text) }
  }
}
