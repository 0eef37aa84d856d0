import BeadsKit
import CommandKit
import GasTownKit

/// What a `gt` command works with: what the user asked, where output goes, and the town, opened when first needed.
final class GtContext {
  let arguments: Arguments
  let output: Output
  let environment: Environment
  /// Tells the file of this program.
  let program: () -> String?
  private var foundTown: Town?
  private var openedDatabase: TownDatabase?
  private var openedLedgers: Ledgers?
  private var borrowedLedgers: [Ledgers] = []

  init(arguments: Arguments, output: Output, environment: Environment, program: @escaping () -> String?) {
    self.arguments = arguments
    self.output = output
    self.environment = environment
    self.program = program
  }

  /// What the user called, such as `gt sling`.
  var command: String { arguments.commandPath.joined(separator: " ") }

  /// The town one is in.
  func town() throws(BeadsError) -> Town {
    if let foundTown { return foundTown }
    let town = try Town.find(environment)
    foundTown = town
    return town
  }

  /// The town's own database: agents, sessions, nudges.
  func database() throws(BeadsError) -> TownDatabase {
    if let openedDatabase { return openedDatabase }
    let made = try TownDatabase(try town(), command: command)
    openedDatabase = made
    return made
  }

  /// The trackers of the town.
  func ledgers() throws(BeadsError) -> Ledgers {
    if let openedLedgers { return openedLedgers }
    let made = Ledgers(try town(), actor: try me().text, command: command)
    openedLedgers = made
    return made
  }

  /// The trackers of the town, for what the caller has another one do; closed with the others.
  func ledgers(as actor: AgentAddress) throws(BeadsError) -> Ledgers {
    let made = Ledgers(try town(), actor: actor.text, command: command)
    borrowedLedgers.append(made)
    return made
  }

  /// The event log.
  func events() throws(BeadsError) -> EventLog { EventLog(try town()) }

  /// Who calls: what `GT_ROLE` says, else whose directory this is, else the person.
  func me() throws(BeadsError) -> AgentAddress {
    try AgentAddress.caller(environment, town: try town())
  }

  /// Writes what was changed, and closes everything.
  func close() {
    openedLedgers?.close()
    openedLedgers = nil
    for ledgers in borrowedLedgers { ledgers.close() }
    borrowedLedgers = []
    openedDatabase = nil
  }

  // MARK: Output

  var isJSON: Bool { output.isJSON }

  /// Says something on stderr.
  func warn(_ message: TerminalText) { output.warn(message) }

  /// Prints a line for people; JSON mode prints none.
  func print(_ line: TerminalText) {
    if !isJSON { output.print(line) }
  }

  /// Says what a dry run would do: `Would WHAT`, or an object with that and more members.
  func would(_ what: String, _ members: (inout JSONWriter) -> Void = { _ in }) {
    if !isJSON { return print("Would \(what)") }
    object { writer in
      writer.member("dry_run", true)
      writer.member("would", what)
      members(&writer)
    }
  }

  /// Prints the one JSON document of a command.
  func json<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    var writer = JSONWriter(.pretty)
    try body(&writer)
    output.write(output.isTerminal ? TerminalJSON.escaping(writer.bytes) : writer.bytes)
    output.write("\n")
  }

  /// Prints the one JSON document of a command: an object with the given members.
  func object<E: Error>(_ members: (inout JSONWriter) throws(E) -> Void) throws(E) {
    try json { writer throws(E) in
      writer.beginObject()
      try members(&writer)
      writer.endObject()
    }
  }
}
