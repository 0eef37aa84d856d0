import BeadsKit
public import BeadsSystem
public import CommandKit

/// The program `bd`: a command tree over BeadsKit.
public enum BdProgram {
  /// Runs one command line, without the program's name.
  /// - Parameter program: Tells the file of the running program; without it the user's hooks are not called.
  /// - Returns: The status the process exits with.
  public static func run(
    _ arguments: [String], output: Output, environment: Environment, program: (() -> String?)? = nil
  ) -> Int32 {
    if let status = MailDelegate.run(arguments, output: output, environment: environment) { return status }
    var context: BdContext?
    defer { context?.close() }
    // What was read from standard input is gone, and so a command that did cannot run again.
    let readsInput = arguments.contains { $0 == "-" || $0.hasSuffix("=-") || $0 == "--stdin" }
    return CommandRunner(CommandTree.root).run(
      arguments: commandLine(arguments), output: output,
      repairing: { error in !readsInput && context?.hasRecovered(from: error) ?? false }
    ) { arguments in
      let made = BdContext(
        arguments: arguments, output: output, environment: environment, program: program)
      if environment.variables["BD_JSON"].map(isTrue) ?? false { output.format = .json }
      context = made
      return made
    }
  }

  /// The arguments with `--version` or `-V`, which stand among flags only, as the command `version`.
  private static func commandLine(_ arguments: [String]) -> [String] {
    guard arguments.allSatisfy({ $0.hasPrefix("-") }),
      let place = arguments.firstIndex(where: { ["--version", "-V"].contains($0) })
    else { return arguments }
    var line = arguments
    line[place] = "version"
    return line
  }

  private static func isTrue(_ text: String) -> Bool { ["1", "true", "yes"].contains(text.lowercased()) }
}

extension BeadsError: RenderableError {
  /// The stable name of the error.
  public var codeName: String { code.name }
  /// The status the process exits with.
  public var exitStatus: Int32 { code.exitStatus }
  /// Whether the same call may succeed later.
  public var isRetryable: Bool { code.isRetryable }
}
