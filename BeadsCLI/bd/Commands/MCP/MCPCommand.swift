import BeadsKit
import CommandKit

/// `bd mcp`: serves one client over standard input and output until it goes away.
enum MCPCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "mcp", summary: "Serve an agent over the Model Context Protocol", section: CommandTree.Section.setup,
      discussion: """
        Reads JSON-RPC messages from standard input, one a line, and answers on standard output. An agent's program \
        starts it; its settings name the command `bd` with the argument `mcp`:

          {"mcpServers": {"beads": {"command": "bd", "args": ["mcp"]}}}

        The eight tools run the commands of `bd` in this process, in the directory where it was started or the one \
        that a call names. Flags given here hold for every call: with --readonly no call changes an issue. Nothing is \
        kept open between calls, so other programs work on the same issues all the while.
        """,
      examples: ["bd mcp", "bd mcp --actor claude", "bd mcp --readonly"],
      run: run)
  }

  @Sendable private static func run(_ arguments: Arguments, _ context: BdContext) throws {
    guard let program = context.program else {
      throw BeadsError(.unsupported, "the server needs the standard streams of a process of its own")
    }
    // The command is the first word, everything after it is a flag.
    let flags = arguments.commandLine.dropFirst().filter { $0 != "--json" }
    let runner = MCPRunner(environment: context.environment, flags: Array(flags), program: program)
    if context.output.isTerminal {
      context.output.note("Serving the Model Context Protocol on this terminal; end the input to stop")
    }
    ProtocolStreams.acceptTermination()
    try serve(MCPServer(runner), try ProtocolStreams())
  }

  private static func serve(_ server: MCPServer, _ streams: ProtocolStreams) throws {
    var frames = FrameReader(descriptor: streams.input)
    let output = OutputChannel(descriptor: streams.output)
    while let frame = try frames.next() {
      guard let answer = server.answer(frame) else { continue }
      output.write(answer)
      output.write("\n")
      output.flush()
      if output.isClosed { return }
      if let reason = output.failure { throw BeadsError(.io, "cannot write an answer: \(reason)") }
    }
  }
}
