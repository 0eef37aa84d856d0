import BeadsKit
import CommandKit
import GtCommands

/// What a command line of `gt` printed, run in process.
struct GtResult {
  let status: Int32
  let standardOutput: String
  let standardError: String
}

/// Runs a command line of `gt` in process.
/// - Parameter program: What agents that it starts are to call; the program built beside the tests unless given.
func gt(_ arguments: [String], _ environment: Environment, program: String? = nil) -> GtResult {
  let output = Output.captured()
  let status = GtProgram.run(
    arguments, output: output, environment: environment,
    program: { program ?? executablePath().map { Path.join(Path.directory(of: $0), "gt") } })
  return GtResult(
    status: status, standardOutput: output.standardOutput.captured,
    standardError: output.standardError.captured)
}
