/// Runs a program's command line: parse, call the command, render errors, flush.
///
///     let runner = CommandRunner(root)
///     exit(runner.run(arguments: Array(CommandLine.arguments.dropFirst()), context: context, output: .process()))
public struct CommandRunner<Context>: Sendable {
  /// The tree; its name is the program's.
  public let root: Command<Context>
  /// The status for a command line that cannot be understood.
  public let usageExitStatus: Int32
  /// The global switch that asks for JSON; nil for a program without.
  public let jsonFlag: String?

  /// Makes a runner; `jsonFlag` names a switch among the root's global flags.
  public init(_ root: Command<Context>, usageExitStatus: Int32 = 1, jsonFlag: String? = "json") {
    self.root = root
    self.usageExitStatus = usageExitStatus
    self.jsonFlag = jsonFlag
  }

  /// Runs a command line without the program's name; returns the status the process should exit with.
  public func run(arguments: [String], context: Context, output: Output) -> Int32 {
    run(arguments: arguments, output: output) { _ in context }
  }

  /// Runs a command line; the context is made only for a command that runs, and may use its arguments.
  ///
  /// - Parameter repairing: Asked once after an error before which nothing was printed: whether the cause is mended, so
  ///   that the command shall run again.
  public func run(
    arguments: [String], output: Output, repairing: (any Error) -> Bool = { _ in false },
    makeContext: (Arguments) throws -> Context
  ) -> Int32 {
    var status: Int32 = 0
    do {
      do {
        try perform(arguments, output, makeContext)
      } catch {
        guard !output.standardOutput.hasHandedOver, repairing(error) else { throw error }
        output.standardOutput.discard()
        try perform(arguments, output, makeContext)
      }
    } catch let exit as ExitStatus {
      status = exit.code
    } catch {
      status = fail(error, output)
    }
    output.flush()
    if let reason = output.standardOutput.failure {
      output.note("\(Style.red.and(.bold)("Error:")) cannot write the output: \(reason)")
      if status == 0 { status = 1 }
    }
    return status
  }

  /// Understands a command line without running anything.
  ///
  /// - Throws: ``UsageError``.
  public func parse(_ arguments: [String]) throws(UsageError) -> Arguments {
    try invocation(arguments).arguments
  }

  private func invocation(_ arguments: [String]) throws(UsageError) -> Invocation {
    var parser = ArgumentParser(root.definition)
    return try parser.parse(arguments)
  }

  private func perform(
    _ line: [String], _ output: Output, _ makeContext: (Arguments) throws -> Context
  ) throws {
    output.format = asksForJSON(line) ? .json : .text
    let invocation = try invocation(line)
    let arguments = invocation.arguments
    if let jsonFlag { output.format = arguments.bool(jsonFlag) ? .json : .text }
    if invocation.wantsHelp { return printHelp(for: invocation, output) }
    do {
      switch invocation.command.action {
      case .group: printHelp(for: invocation, output)
      case .help: try runHelp(arguments, output)
      case .completion: try runCompletion(arguments, output)
      case .run:
        let body = (invocation.command as? TypedDefinition<Context>)?.body
        try body?(arguments, makeContext(arguments))
      }
    } catch is HelpRequest {
      printHelp(for: invocation, output)
    } catch var error as UsageError where error.command == nil {
      error.command = arguments.commandPath.joined(separator: " ")
      throw error
    }
  }

  /// Whether a line that may be wrong asks for errors in JSON.
  private func asksForJSON(_ line: [String]) -> Bool {
    guard let jsonFlag else { return false }
    let flags = line.prefix { $0 != "--" }
    return flags.contains("--" + jsonFlag) || flags.contains("--" + jsonFlag + "=true")
  }

  private func fail(_ error: any Error, _ output: Output) -> Int32 {
    var error = error
    if var usage = error as? UsageError {
      usage.exitStatus = usageExitStatus
      error = usage
    }
    if output.isJSON {
      // An unfinished result is worth nothing; the one document on stdout is the error.
      output.standardOutput.discard()
      output.write(ErrorReport(error).json.document)
    }
    return output.report(error)
  }
}
