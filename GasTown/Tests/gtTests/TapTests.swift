import BeadsKit
import GasTownKit
import Testing

@Suite("What hooks ask")
struct TapTests {
  private func ask(_ input: String, _ arguments: String...) throws -> Subprocess.Result {
    var request = Subprocess([try LiveTown.program()] + arguments, directory: "/tmp")
    request.input = .bytes(Array(input.utf8))
    return try request.run()
  }

  @Test func guardsReadWhatTheRuntimeSays() throws {
    let bad = try ask(#"{"tool_name":"Bash","tool_input":{"command":"git reset --hard"}}"#, "tap", "guard")
    #expect(bad.status == .exited(2) && bad.errorText.contains("dangerous-command"))
    #expect(try ask(#"{"tool_input":{"command":"git status"}}"#, "tap", "guard").succeeded)
    #expect(try ask(#"{"tool_input":{"command":"sudo x"}}"#, "tap", "guard", "bd-init").succeeded)
    for input in ["", "{", "[]", "null", #"{"tool_input":{"command":7}}"#, "git reset --hard"] {
      #expect(try ask(input, "tap", "guard", "dangerous-command").succeeded, "\(input)")
    }
    #expect(try ask("", "tap", "guard", "nothing").status == .exited(1))
  }

  @Test func eachRuntimeIsAnsweredInItsOwnForm() throws {
    let copilot = #"{"toolName":"bash","toolArgs":"{\"command\":\"git reset --hard\"}"}"#
    let denied = try ask(copilot, "tap", "guard", "--form", "copilot")
    #expect(denied.succeeded)
    #expect(JSONValue(parsing: denied.text)?["permissionDecision"] == .string("deny"))
    #expect(try ask(#"{"toolArgs":{"command":"ls"}}"#, "tap", "guard", "--form", "copilot").text.isEmpty)
    let cursor = try ask(#"{"command":"git reset --hard","cwd":"/"}"#, "tap", "guard", "--form", "cursor")
    #expect(JSONValue(parsing: cursor.text)?["permission"] == .string("deny"))
    let gemini = #"{"tool_name":"run_shell_command","tool_input":{"command":"git reset --hard"}}"#
    #expect(try ask(gemini, "tap", "guard", "--form", "gemini").status == .exited(2))
    let told = try ask("Hello", "tap", "context", "--form", "gemini", "BeforeAgent")
    #expect(
      JSONValue(parsing: told.text)?["hookSpecificOutput"]?["additionalContext"] == .string("Hello"))
    #expect(try ask("Hello", "tap", "context", "SessionStart").text == "Hello")
    #expect(try ask("x", "tap", "context", "--form", "nosuch", "x").status != .exited(0))
  }

  @Test func anAgentGoesOnWhileSomethingWaitsButIsNotKeptForEver() throws {
    let town = try TestTown()
    let record = try DoneTests.give(try town.makeIssue("Write it"), town)
    func stop(_ words: String...) throws -> JSONValue {
      let result = town.gt(words, as: record.address.text)
      #expect(result.status == 0)
      return try #require(JSONValue(parsing: result.standardOutput))
    }
    let first = try stop("tap", "polecat-stop-check")
    #expect(first["decision"] == .string("block"))
    #expect(first["reason"]?.stringValue?.contains("gt done") == true)
    #expect(try stop("tap", "polecat-stop-check")["decision"] == .string("approve"))
    #expect(try stop("signal", "stop")["decision"] == .string("approve"))
    #expect(town.gt("mail", "send", record.address.text, "-s", "hello", "-m", "there").status == 0)
    #expect(try stop("signal", "stop")["reason"]?.stringValue?.contains("unread") == true)
    #expect(try stop("signal", "stop")["decision"] == .string("approve"))
    #expect(town.gt("nudge", record.address.text, "look here", "--mode", "queue").status == 0)
    #expect(try stop("signal", "stop")["reason"]?.stringValue?.contains("look here") == true)
    // A person is never kept.
    #expect(town.gt("signal", "stop").standardOutput.contains("approve"))
  }
}
