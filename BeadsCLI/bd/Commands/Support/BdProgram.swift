import BeadsKit
public import BeadsSystem
public import CommandKit

/// The program `bd`: a command tree over BeadsKit.
public enum BdProgram {
  /// Runs one command line, without the program's name.
  /// - Returns: The status the process exits with.
  public static func run(_ arguments: [String], output: Output, environment: Environment) -> Int32 {
    var context: BdContext?
    defer { context?.close() }
    let line = arguments == ["--version"] || arguments == ["-V"] ? ["version"] : arguments
    return CommandRunner(CommandTree.root).run(arguments: line, output: output) { arguments in
      let made = BdContext(arguments: arguments, output: output, environment: environment)
      if environment.variables["BD_JSON"].map(isTrue) ?? false { output.format = .json }
      context = made
      return made
    }
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
