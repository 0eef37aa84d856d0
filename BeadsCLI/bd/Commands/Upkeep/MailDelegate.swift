import BeadsKit
import BeadsSystem
import CommandKit

/// The program that `bd mail` hands over to where one is set, with everything that was typed after `mail`.
enum MailDelegate {
  /// Runs the delegate; nil when the command line is not about mail, asks for help, or there is no delegate.
  static func run(_ line: [String], output: Output, environment: Environment) -> Int32? {
    // A delegate that calls `bd mail` gets the mail of bd itself.
    guard line.contains("mail"), environment[guardName] == nil,
      let arguments = try? CommandRunner(root).parse(line), arguments.commandPath.last == "mail",
      !arguments.bool("help")
    else { return nil }
    let context = BdContext(
      arguments: arguments, output: output, environment: environment, program: nil)
    defer { context.close() }
    let words = words(context)
    guard let program = words.first else { return nil }
    do throws(BeadsError) { return try hand(over: words + arguments.positionals, environment) } catch {
      return output.report(
        BeadsError(
          error.code, "the mail delegate \(quoted(program)) cannot be run: \(error.message)",
          hint: "`bd config get mail.delegate` shows what is set"))
    }
  }

  private static let guardName = "BD_IN_MAIL_DELEGATE"

  /// The command line as far as the word `mail`.
  private static var root: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "bd", summary: "", globalFlags: GlobalFlags.all,
      subcommands: [CommandTree.BdCommand("mail", summary: "", passesArguments: true) { _, _ in }])
  }

  private static func words(_ context: BdContext) -> [String] {
    for name in ["BEADS_MAIL_DELEGATE", "BD_MAIL_DELEGATE"] {
      let words = CommandWords.split(context.environment[name] ?? "")
      if !words.isEmpty { return words }
    }
    // Only this clone's own setting: a file that others committed must not choose what runs here.
    return CommandWords.split((try? context.store().config("mail.delegate")) ?? "")
  }

  private static func hand(over words: [String], _ environment: Environment) throws(BeadsError) -> Int32 {
    var program = Subprocess(
      words, directory: environment.currentDirectory,
      variables: environment.variables.merging([guardName: "1"]) { $1 })
    program.input = .inherited
    program.output = .inherited
    switch try program.run().status {
    case .exited(let status): return status
    case .signaled(let signal): return 128 + signal
    }
  }
}
