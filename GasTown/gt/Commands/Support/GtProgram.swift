public import BeadsKit
public import CommandKit

/// The program `gt`: a command tree over GasTownKit.
public enum GtProgram {
  /// Runs one command line, without the program's name.
  /// - Parameter program: Tells the file of the running program, for agents that are to call it.
  /// - Returns: The status the process exits with.
  public static func run(
    _ arguments: [String], output: Output, environment: Environment,
    program: @escaping () -> String? = { nil }
  ) -> Int32 {
    var context: GtContext?
    defer { context?.close() }
    return CommandRunner(CommandTree.root).run(arguments: commandLine(arguments), output: output) {
      arguments in
      let made = GtContext(
        arguments: arguments, output: output, environment: environment, program: program)
      context = made
      return made
    }
  }

  /// The arguments with `--version`, which stands among flags only, as the command `version`.
  private static func commandLine(_ arguments: [String]) -> [String] {
    guard arguments.allSatisfy({ $0.hasPrefix("-") }), let place = arguments.firstIndex(of: "--version")
    else { return arguments }
    var line = arguments
    line[place] = "version"
    return line
  }
}

extension BeadsError: @retroactive RenderableError {
  /// The stable name of the error.
  public var codeName: String { code.name }
  /// The status the process exits with.
  public var exitStatus: Int32 { code.exitStatus }
  /// Whether the same call may succeed later.
  public var isRetryable: Bool { code.isRetryable }
}
