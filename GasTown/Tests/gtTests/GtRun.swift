import BeadsKit
import CommandKit
import GtCommands

/// What a command line of `gt` printed, run in process.
struct GtResult {
  let status: Int32
  let standardOutput: String
  let standardError: String
}

/// Runs a command line of `gt` in process; agents that it starts call the program built beside the tests.
func gt(_ arguments: [String], _ environment: Environment) -> GtResult {
  let output = Output.captured()
  let status = GtProgram.run(
    arguments, output: output, environment: environment,
    program: { executablePath().map { Path.join(Path.directory(of: $0), "gt") } })
  return GtResult(
    status: status, standardOutput: output.standardOutput.captured,
    standardError: output.standardError.captured)
}
