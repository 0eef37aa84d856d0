import BeadsFormats
import BeadsKit
import BeadsTesting
import Testing

@testable import BdCommands

/// Messages that no client should send: each gets one clear answer, or none where none is due, and the next one works.
@Suite struct MCPHostileTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let text: String
    /// The code of the error; 0 for no answer at all.
    let code: Int
    var testDescription: String { "\(text.prefix(70)) -> \(code)" }
    init(_ text: String, _ code: Int) { (self.text, self.code) = (text, code) }
  }

  static let lines = [
    Line("", 0), Line("  \t \r", 0),
    Line("{", -32700), Line("}", -32700), Line("nonsense", -32700), Line("Content-Length: 52", -32700),
    Line("{} {}", -32700), Line(#"{"jsonrpc":"2.0","id":1,"method":"ping",}"#, -32700),
    Line(#"{'jsonrpc':'2.0'}"#, -32700), Line("\u{FEFF}{}", -32700), Line("\u{0}", -32700),
    Line(String(repeating: "[", count: 100_000), -32700),
    Line(String(repeating: #"{"a":"#, count: 10_000), -32700),
    Line("{}", -32600), Line("[]", -32600), Line("7", -32600), Line("null", -32600), Line(#""ping""#, -32600),
    Line("[" + String(repeating: "1,", count: 100) + "1]", -32600),
    Line(#"{"id":1,"method":"ping"}"#, -32600), Line(#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
    Line(#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, -32600),
    Line(#"{"jsonrpc":"2.0","id":1}"#, -32600), Line(#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
    Line(#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
    Line(#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600),
    Line(#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
    Line(#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 0),
    Line(#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, 0),
    Line(#"{"jsonrpc":"2.0","method":"ping"}"#, 0),
    Line(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, 0),
    Line(#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"create","arguments":{"title":"X"}}}"#, 0),
    Line(#"[{"jsonrpc":"2.0","method":"ping"}]"#, 0),
    Line(#"{"jsonrpc":"2.0","id":1,"method":""}"#, -32601),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"prompts/list"}"#, -32601),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"tools/call\u0000"}"#, -32601),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":7}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7}}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drop_database"}}"#, -32602),
    Line(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ready","arguments":[]}}"#, -32602),
    Line(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ready","arguments":"x"}}"#, -32602),
  ]

  @Test func badLines() throws {
    let project = try TestProject()
    try project.makeStore().close()
    let client = MCPClient(project)
    for line in Self.lines {
      let answer = client.send(line.text)
      if line.code == 0 {
        #expect(answer == nil, "\(line)")
      } else {
        #expect(answer?["error"]?["code"]?.intValue == line.code, "\(line)")
        #expect(answer?["error"]?["message"]?.stringValue?.isEmpty == false, "\(line)")
        #expect(answer?["id"] != nil && answer?["result"] == nil, "\(line)")
      }
      #expect(try client.request("ping")["result"] == .object([]), "after \(line)")
    }
    #expect(try client.must("list").text == "[]", "none of them made an issue")
  }

  @Test func bytesThatAreNoText() throws {
    let client = MCPClient(try TestProject())
    var bytes = Array(#"{"jsonrpc":"2.0","id":1,"method":"pi#ng"}"#.utf8)
    bytes[bytes.firstIndex(of: UInt8(ascii: "#")) ?? 0] = 0xFF
    #expect(client.send(bytes)?["error"]?["code"]?.intValue == -32700)
    #expect(client.send([0xFF, 0xFE, 0x00])?["error"]?["code"]?.intValue == -32700)
    #expect(try client.request("ping")["result"] == .object([]))
  }

  /// IDs come back as they were, and a batch answers those of its messages that want it.
  @Test func identifiersAndBatches() throws {
    let client = MCPClient(try TestProject())
    for id in ["0", "-1", "1.5", "12345678901234567890", #""""#, #""a\"\u0001b""#, #""é\n""#] {
      let answer = client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
      #expect(answer?["id"] == JSONValue(parsing: id))
    }
    let batch = client.send(
      #"[{"jsonrpc":"2.0","id":1,"method":"ping"},7,{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","id":"b","method":"no"}]"#
    )
    let answers = try #require(batch?.arrayValue)
    #expect(answers.map { $0["id"] } == [.number("1"), .null, .string("b")])
    #expect(answers.map { $0["error"]?["code"]?.intValue } == [nil, -32600, -32601])
  }

  /// What is wrong with the arguments of a tool is said as a result, so that a model reads it and tries again.
  @Test(arguments: [
    ("show", "{}", "needs issue_id"), ("show", #"{"issue_id":7.5}"#, "not_found"),
    ("show", #"{"issue_id":{}}"#, "must be an issue ID"), ("show", #"{"issue_id":"--json"}"#, "not_found"),
    ("show", #"{"issue_id":" , "}"#, "needs issue_id"),
    ("create", "{}", "needs title"), ("create", #"{"title":""}"#, "title"),
    ("create", #"{"title":["a"]}"#, "must be a string"),
    ("create", #"{"title":"A","labels":{}}"#, "labels must be"),
    ("create", #"{"title":"A","priority":9}"#, "9"),
    ("create", #"{"title":"A","priority":true}"#, "whole number"),
    ("create", #"{"title":"A","file":"/etc/passwd"}"#, "takes no argument"),
    ("create", #"{"title":"A","deps":["t-none"]}"#, "t-none"),
    ("create", #"{"title":"A","workspace_root":7.5}"#, "not_found"),
    ("ready", #"{"claim":"maybe"}"#, "true or false"), ("ready", #"{"limit":-1}"#, "limit"),
    ("ready", #"{"limit":"many"}"#, "limit"), ("ready", #"{"sort":"up"}"#, "sort"),
    ("list", #"{"status":"nowhere"}"#, "nowhere"),
    ("dep", #"{"issue_id":"t-1"}"#, "usage"), ("dep", #"{"issue_id":"t-1","action":"drop"}"#, "add, remove"),
    ("bd", "{}", "needs args"), ("bd", #"{"args":[]}"#, "needs args"),
    ("bd", #"{"args":[{}]}"#, "array of strings"),
    ("bd", #"{"args":["no-such-verb"]}"#, "unknown command"), ("bd", #"{"args":["mcp"]}"#, "server already"),
    ("bd", #"{"args":["bd","--quiet","edit","t-1"]}"#, "editor"),
    ("bd", #"{"args":["list","--watch"]}"#, "never ends"),
    ("bd", #"{"args":["show","t-1","-w"]}"#, "never ends"),
    ("bd", #"{"args":["import","-"]}"#, "standard input"),
    ("bd", #"{"args":["create","A","--stdin"]}"#, "standard input"),
  ])
  func badArguments(_ tool: String, _ arguments: String, _ expected: String) throws {
    let project = try TestProject()
    try project.makeStore().close()
    let client = MCPClient(project)
    let said = try client.call(tool, arguments)
    #expect(said.isError)
    #expect(said["code"]?.stringValue?.isEmpty == false)
    #expect(said.text.contains(expected), "\(said.text)")
    #expect(try client.must("list").text == "[]")
  }

  /// Text of data stays data: JSON on one line, whatever is in it.
  @Test func hostileText() throws {
    let project = try TestProject()
    try project.makeStore().close()
    let client = MCPClient(project)
    for title in [
      #"a\u0000b"#, #"\u001b[31mred"#, #"two\nlines"#, #"\ud800"#, "-x", "--json", #"\"}]"#, "日本 👩‍👩‍👧",
    ] {
      let said = try client.call("create", #"{"title":"\#(title)","description":"\#(title)"}"#)
      if !said.isError { #expect(said["id"]?.stringValue != nil) }
    }
    #expect(try client.must("list", #"{"full":true,"limit":0}"#).ids.count > 5)
  }

  /// Random damage to a good message never stops the server.
  @Test func damagedMessages() throws {
    let project = try TestProject()
    try project.makeStore().close()
    let client = MCPClient(project)
    let good = Array(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"show","arguments":{"issue_id":"t-1"}}}"#
        .utf8)
    var random = SeededRandom(seed: 7)
    for _ in 0..<300 {
      var bytes = good
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[place], at: place)
        }
      }
      _ = client.send(bytes)
    }
    #expect(try client.must("list").text == "[]")
  }
}
