import CommandKit
import Foundation
import Testing

@Suite struct TerminalTraitsTests {
  /// Environment, terminal or not, and whether colours are used.
  static let colours: [([String: String], Bool, Bool)] = [
    ([:], true, true), ([:], false, false),
    (["TERM": "dumb"], true, false), (["TERM": "xterm"], true, true),
    (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
    (["CLICOLOR_FORCE": "1"], false, true), (["CLICOLOR_FORCE": "0"], false, false),
    (["CLICOLOR_FORCE": ""], false, false), (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, false),
    (["CLICOLOR_FORCE": "1", "TERM": "dumb"], false, true),
    (["CLICOLOR": "0"], true, false), (["CLICOLOR": "1"], false, false),
  ]

  @Test(arguments: colours) func decidesOnColours(
    _ environment: [String: String], _ isTerminal: Bool, _ color: Bool
  ) {
    let traits = TerminalTraits(isTerminal: isTerminal, terminalWidth: nil) { environment[$0] }
    #expect(traits.usesColor == color)
  }

  @Test func findsTheWidth() {
    func width(_ columns: String?, _ terminal: Int?, isTerminal: Bool = true) -> Int {
      TerminalTraits(isTerminal: isTerminal, terminalWidth: terminal) { $0 == "COLUMNS" ? columns : nil }
        .width
    }
    #expect(width(nil, 132) == 132)
    #expect(width(nil, nil) == 80)
    #expect(width(nil, 132, isTerminal: false) == 80)
    #expect(width("60", 132) == 60)
    #expect(width("60", nil, isTerminal: false) == 60)
    #expect(width("x", 132) == 132)
    #expect(width("-5", 132) == 132)
    #expect(width("0", 132) == 132)
  }
}

@Suite struct OutputTests {
  @Test func keepsResultsAndRemarksApart() {
    let output = Output.captured()
    output.write("raw \u{1B}")
    output.print("line \("\u{1B}")")
    output.print()
    output.write([0x41, 0x0A])
    output.note("remark")
    output.warn("careful with \("\u{7}")")
    #expect(output.standardOutput.captured == "raw \u{1B}line ␛\n\nA\n")
    #expect(output.standardError.captured == "remark\nWarning: careful with ␇\n")
  }

  @Test func coloursFollowTheTraits() {
    let output = Output.captured(TerminalTraits(isTerminal: true, width: 20, usesColor: true))
    output.print("\("x", .green)")
    output.warn("y")
    #expect(output.standardOutput.captured == "\u{1B}[32mx\u{1B}[0m\n")
    #expect(output.standardError.captured == "\u{1B}[33mWarning:\u{1B}[0m y\n")
    #expect(output.width == 20 && output.isTerminal)
  }

  @Test func tablesFitTerminalsOnly() {
    var table = Table([.init(isFlexible: true), .init()])
    table.add("a long enough text", "end")
    let terminal = Output.captured(TerminalTraits(isTerminal: true, width: 16))
    terminal.print(table)
    #expect(terminal.standardOutput.captured == "a long eno…  end\n")
    let pipe = Output.captured(TerminalTraits(width: 16))
    pipe.print(table)
    #expect(pipe.standardOutput.captured == "a long enough text  end\n")
  }

  @Test func reportsErrorsWithoutEnding() {
    let output = Output.captured()
    output.print("first")
    let status = output.report(UsageError("bd-9 not found", hint: "See 'bd list'."))
    #expect(status == 1)
    #expect(output.standardOutput.captured == "first\n")
    #expect(output.standardError.captured == "Error: bd-9 not found\nHint: See 'bd list'.\n")
  }

  /// A pipe whose write end is non-blocking, as a parent process may leave it, and whose reader is slow.
  @Test func writesEverythingToAPipeThatIsOftenFull() async throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    async let received = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }.value
    let channel = OutputChannel(descriptor: descriptor)
    var expected = Data()
    for index in 0..<3000 {
      let piece = [UInt8](repeating: UInt8(index % 251), count: 1 + (index * 37) % 900)
      channel.write(piece)
      expected.append(contentsOf: piece)
    }
    let large = [UInt8](repeating: 7, count: 300_000)
    channel.write(large)
    expected.append(contentsOf: large)
    channel.flush()
    try pipe.fileHandleForWriting.close()
    #expect(await received == expected)
    #expect(channel.failure == nil && !channel.isClosed)
  }

  @Test func buffersUntilFlushed() throws {
    let pipe = Pipe()
    let channel = OutputChannel(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    channel.write("abc")
    #expect(channel.captured == "abc")
    channel.flush()
    #expect(channel.captured == "")
    #expect(pipe.fileHandleForReading.availableData == Data("abc".utf8))
  }

  @Test func aReaderThatLeavesIsNoFailure() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let channel = OutputChannel(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    channel.write("abc")
    #expect(!channel.isClosed)
    channel.flush()
    #expect(channel.isClosed && channel.failure == nil)
    channel.write("more")
    #expect(channel.captured == "")
  }

  #if os(Linux)
    @Test func aFullDiskFailsTheRun() throws {
      let descriptor = open("/dev/full", O_WRONLY)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      let errors = OutputChannel(traits: TerminalTraits())
      let output = Output(standardOutput: OutputChannel(descriptor: descriptor), standardError: errors)
      let context = SampleTool.Context(output: output)
      let status = CommandRunner(SampleTool.root).run(arguments: ["help"], context: context, output: output)
      #expect(status == 1)
      #expect(errors.captured == "Error: cannot write the output: No space left on device\n")
    }
  #endif
}
