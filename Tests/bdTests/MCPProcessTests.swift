import BeadsFormats
import BeadsKit
import BeadsTesting
import Foundation
import Testing

@testable import BdCommands

/// `bd mcp` as a process: its streams, its end, and how fast it answers.
@Suite struct MCPProcessTests {
  private let project: TestProject
  private let program: String

  init() throws {
    project = try TestProject()
    program = try #require(StressProject.program, "bd is not beside the tests")
    project.environment.variables["USER"] = "alice"
    try project.makeStore().close()
  }

  private static func ping(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"# }

  private static func call(_ id: Int, _ tool: String, _ arguments: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
  }

  /// Runs the server over a whole input; the lines that it answers.
  private func serve(_ input: String) throws -> (run: ObservedProgram.Run, answers: [JSONValue]) {
    var request = Subprocess(
      [program, "mcp"], directory: project.directory, variables: project.environment.variables)
    request.input = .bytes(Array(input.utf8))
    let run = try ObservedProgram(request).wait()
    return (run, run.text.split(separator: "\n").compactMap { JSONValue(parsing: String($0)) })
  }

  @Test func endOfInput() throws {
    for input in ["", "\n\n", "\r\n"] {
      let (run, answers) = try serve(input)
      #expect(run.status == 0 && answers.isEmpty && run.errorText == "")
    }
    #expect(try serve(Self.ping(1)).answers.count == 1, "a last line needs no line feed")
    let crossed = try serve(Self.ping(1) + "\r\n\n" + Self.ping(2) + "\n")
    #expect(crossed.answers.map { $0["id"] } == [.number("1"), .number("2")])
  }

  /// A frame of ten megabytes is dropped without being kept, and the next one works.
  @Test func oversizedFrames() throws {
    let huge = String(repeating: "x", count: 10 << 20)
    for line in [huge, Self.call(1, "create", #"{"title":"\#(huge)"}"#)] {
      let (run, answers) = try serve(line + "\n" + Self.ping(7) + "\n" + line)
      #expect(run.status == 0)
      #expect(answers.count == 3)
      #expect(answers.first?["error"]?["code"]?.intValue == -32600)
      #expect(answers.dropFirst().first?["id"] == .number("7"))
    }
    let large = String(repeating: "x", count: FrameReader.limit - 200)
    let (_, answers) = try serve(Self.call(1, "create", #"{"title":"Large","description":"\#(large)"}"#))
    #expect(answers.first?["result"] != nil, "just below the limit is fine")
  }

  /// What a command reads is not the messages that follow.
  @Test func inputIsTheProtocolsAlone() throws {
    let lines = [
      Self.call(1, "bd", #"{"args":["import"]}"#),
      Self.call(2, "bd", #"{"args":["create","-f","/dev/stdin"]}"#),
      Self.call(3, "bd", #"{"args":["edit","t-1"]}"#), Self.ping(4),
    ]
    let (run, answers) = try serve(lines.joined(separator: "\n"))
    #expect(answers.map { $0["id"] } == (1...4).map { .number("\($0)") })
    #expect(run.text.split(separator: "\n").count == 4)
  }

  /// The reader went away: the server ends without a word, and what was committed stays.
  @Test func closedOutput() throws {
    let script = #"""
      { echo '\#(Self.call(1, "create", #"{"title":"One"}"#))'; echo '\#(Self.ping(2))'; cat; } | "$1" mcp | true
      """#
    let request = Subprocess(
      ["/bin/sh", "-c", script, "sh", program], directory: project.directory,
      variables: project.environment.variables, timeout: .seconds(60))
    let run = try ObservedProgram(request).wait()
    #expect(run.errorText == "")
    #expect(bd(["list"], project).status == 0)
  }

  @Test func closedInput() throws {
    let script = #""$1" mcp <&-; echo $?; "$1" mcp < /; echo $?"#
    let request = Subprocess(
      ["/bin/sh", "-c", script, "sh", program], directory: project.directory,
      variables: project.environment.variables)
    let run = try ObservedProgram(request).wait()
    #expect(run.text == "1\n1\n")
    #expect(run.errorText.contains("Error: cannot read messages"))
  }

  /// A session with a living server: answers come one by one, quickly, and SIGTERM ends it with nothing lost.
  @Test func aLivingServer() throws {
    let server = try LivingServer(program, project)
    let made = try server.ask(Self.call(1, "create", #"{"title":"One"}"#))
    #expect(made["result"]?["isError"] == nil)
    #expect(try server.ask("not JSON")["error"]?["code"]?.intValue == -32700)
    var times: [Duration] = []
    for number in 2...31 {
      let start = ContinuousClock().now
      let answer = try server.ask(Self.call(number, "ready"))
      times.append(start.duration(to: ContinuousClock().now))
      #expect(answer["id"] == .number("\(number)"))
    }
    // The budget is 10 ms in a release build on an idle machine; this one is neither.
    #expect(times.sorted()[times.count / 2] < .milliseconds(500))
    #expect(bd(["create", "Two"], project).status == 0, "the server holds no lock")
    #expect(try server.ask(Self.call(40, "list")).compactText.contains("Two"))
    #expect(server.terminate() == SIGTERM)
    #expect(bd(["fsck"], project).status == 0)
    #expect(bd(["count"], project).standardOutput.contains("2"))
  }
}

/// A `bd mcp` that runs beside the test.
private final class LivingServer {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  init(_ program: String, _ project: TestProject) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["mcp"]
    process.currentDirectoryURL = URL(fileURLWithPath: project.directory)
    process.environment = project.environment.variables
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Sends a line and reads the one that answers it.
  func ask(_ line: String) throws -> JSONValue {
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        defer { rest = Data(rest[(end + 1)...]) }
        return try #require(JSONValue(parsing: String(decoding: rest[..<end], as: UTF8.self)))
      }
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "the server has gone")
      rest += more
    }
  }

  /// Ends it; the signal it died of.
  func terminate() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? process.terminationStatus : 0
  }
}
