import BeadsKit
import CommandKit

/// What a `bd` command works with: what the user asked, where output goes, and the store, opened when first needed.
final class BdContext {
  let arguments: Arguments
  let output: Output
  let environment: Environment
  var opened: Store?
  private var located: Workspace?
  /// The project one is in, which the issues named on the command line may not belong to.
  var home: Workspace?
  /// The projects that the issues on the command line belong to, once they are known.
  var parts: [Part]?
  private var configured: Configuration?
  /// Tells the file of this program, for a process that outlives this one; nil where this is not the program.
  let program: (() -> String?)?
  private var eventHooks: EventHooks?
  /// What opening the store took over from the file.
  private(set) var imported: ImportReport?

  init(arguments: Arguments, output: Output, environment: Environment, program: (() -> String?)?) {
    self.arguments = arguments
    self.program = program
    self.output = output
    self.environment = environment
  }

  /// The same command in another project; the caller closes it.
  convenience init(_ other: BdContext, at workspace: Workspace) {
    self.init(
      arguments: other.arguments, output: other.output, environment: other.environment, program: other.program
    )
    located = workspace
    home = other.home
    parts = [(workspace, [])]
  }

  // MARK: The store

  /// The project that the issues on the command line, the working directory, the flags and the environment lead to.
  func workspace() throws(BeadsError) -> Workspace {
    if let located { return located }
    let workspace = try issuePlace()
    for warning in workspace.warnings { warn("\(warning)") }
    located = workspace
    return workspace
  }

  /// The store, with what others wrote into the file taken over.
  func store() throws(BeadsError) -> Store {
    if let opened { return opened }
    let workspace = try workspace()
    let isReadOnly = arguments.bool("readonly") || workspace.isReadOnly
    let hasDatabase = FileSystem.exists(workspace.databasePath)
    let lacksDatabase = !hasDatabase && isReadOnly && FileSystem.exists(workspace.jsonlPath)
    if try isOn("no-db") || lacksDatabase {
      let store = try openFile(workspace, isReadOnly: isReadOnly)
      opened = store
      try watch(store)
      lookAround(store, workspace)
      return store
    }
    if !hasDatabase { try makeDatabase(workspace) }
    let store: Store
    do throws(BeadsError) { store = try openDatabase(workspace, isReadOnly: isReadOnly) } catch {
      guard let recovered = try recovered(workspace, after: error, isReadOnly: isReadOnly) else {
        throw error
      }
      store = recovered
    }
    opened = store
    try watch(store)
    if try importsChanges() { takeOverChanges(store) }
    lookAround(store, workspace)
    return store
  }

  /// Has the user's programs told about what is committed; one system call when there are none.
  private func watch(_ store: Store) throws(BeadsError) {
    guard program != nil, let hooks = EventHooks(beadsDirectory: store.location.directory),
      try !configuration().bool("no-hooks")
    else { return }
    eventHooks = hooks
    store.onCommit = { hooks.note($0) }
  }

  func openDatabase(_ workspace: Workspace, isReadOnly: Bool) throws(BeadsError) -> Store {
    let location = StoreLocation(workspace)
    let actor = try configuration().actor(option: arguments.string("actor")).name
    let store = try Store.open(
      at: location, actor: actor, access: isReadOnly ? .readOnly : .readWrite, environment: environment,
      options: try options(workspace))
    if let note = try store.checkProject(workspace.projectID) { warn("\(note)") }
    guard isReadOnly, try importsChanges(), try store.isBehindFile else { return store }
    store.closeConnection()
    return try Store.openSnapshot(
      at: location, actor: actor, environment: environment, options: try options(workspace))
  }

  /// The store of a project without database: one that wants none, or whose directory is not writable.
  func openFile(_ workspace: Workspace, isReadOnly: Bool) throws(BeadsError) -> Store {
    try Store.openFile(
      at: StoreLocation(workspace), prefix: try workspace.recordedPrefix(environment).prefix,
      actor: try configuration().actor(option: arguments.string("actor")).name,
      access: isReadOnly ? .readOnly : .readWrite, environment: environment, options: try options(workspace))
  }

  private func importsChanges() throws(BeadsError) -> Bool {
    let keepsOut = try isOn("no-auto-import")
    return !keepsOut && !arguments.bool("sandbox")
  }

  /// The environment as it is in the directory that `-C` names.
  func environmentOfDirectory() throws(BeadsError) -> Environment {
    guard let directory = arguments.string("directory") else { return environment }
    var moved = environment
    moved.currentDirectory = Path.absolute(
      Path.expandingHome(directory, environment), in: environment.currentDirectory)
    return moved
  }

  /// The store as it is, so that what is wrong with it shows: nothing is made, imported, moved or written.
  func inspectedStore() throws(BeadsError) -> Store {
    let workspace = try workspace()
    let store: Store
    if try isOn("no-db") {
      store = try openFile(workspace, isReadOnly: true)
    } else if FileSystem.exists(workspace.databasePath) {
      store = try Store.open(
        at: StoreLocation(workspace), access: .readOnly, environment: environment,
        options: try options(workspace))
    } else {
      throw BeadsError(
        .noStore, "there is no database at \(workspace.databasePath) yet",
        hint: "most other commands make it from \(Path.name(of: workspace.jsonlPath))")
    }
    opened = store
    return store
  }

  /// The settings that hold for this command.
  func configuration() throws(BeadsError) -> Configuration {
    if let configured { return configured }
    let workspace = try workspace()
    let made = Configuration(environment: environment, workspace: workspace)
    configured = made
    return made
  }

  func options(_ workspace: Workspace) throws(BeadsError) -> StoreOptions {
    let configuration = try configuration()
    var options = StoreOptions(
      command: arguments.commandPath.joined(separator: " "),
      fallback: { key throws(BeadsError) in try configuration.string(key) })
    let keepsFile = try isOn("no-auto-flush")
    // A program that a sync has called leaves the export to it.
    let isInSync = environment["BD_SYNC_IN_PROGRESS"] != nil
    options.exportsFile = !keepsFile && !isInSync && !arguments.bool("sandbox")
    if let text = arguments.string("lock-timeout") {
      options.lockTimeout = .nanoseconds(try GoDuration.nanoseconds(text))
      guard options.lockTimeout >= .zero else {
        throw BeadsError(.invalid, "--lock-timeout: \(quoted(text)) is negative", hint: "0 waits for nobody")
      }
    } else if let timeout = try configuration.duration("lock-timeout") {
      options.lockTimeout = timeout
    }
    if let depth = try configuration.int("hierarchy.max-depth") { options.maximumDepth = depth }
    return options
  }

  /// Whether a switch that is a flag and a setting is on.
  private func isOn(_ name: String) throws(BeadsError) -> Bool {
    if arguments.bool(name) { return true }
    return try configuration().bool(name)
  }

  /// Imports what changed in the file.
  ///
  /// A file that cannot be read does not stop a command: the database answers, and nothing is exported
  /// over what was not understood.
  private func takeOverChanges(_ store: Store) {
    do throws(BeadsError) {
      if let report = try store.importChanges() {
        imported = report
        for warning in report.warnings { warn("\(warning)") }
        concludeMerge(report, store)
        if report.changeCount > 0, arguments.bool("verbose") {
          output.note("Imported \(report.changeCount) changed issues from \(store.location.jsonlPath)")
        }
      }
    } catch {
      warn("\(error.message); working without it\(error.hint.map { " (\($0))" } ?? "")")
    }
  }

  /// Changes the store in one transaction, then brings the file up to date.
  ///
  /// The commit is what counts: a file that cannot be written is a warning, and the next command tries again.
  @discardableResult
  func change<R>(_ kind: String, _ body: (inout Transaction) throws(BeadsError) -> R) throws(BeadsError) -> R
  {
    let result = try store().write(kind, body)
    flush()
    return result
  }

  /// Brings the file up to date with what was committed; forced, with what earlier commands left unwritten too.
  func flush(force: Bool = false) {
    guard let store = opened else { return }
    do throws(BeadsError) { try store.flush(force: force) } catch {
      warn("saved, but \(store.location.jsonlPath) was not written: \(error.message)")
    }
    writeBack(store)
  }

  /// Closes the store; everything that counts is committed before.
  func close() {
    opened?.closeConnection()
    opened = nil
    // What becomes of the user's programs never matters to the command.
    if let eventHooks, let program = program?() { try? eventHooks.start(program: program, environment) }
    eventHooks = nil
  }

  // MARK: Input

  /// The issue a user means by a whole or partial ID.
  func resolve(_ text: String) throws(BeadsError) -> IssueID { try store().resolve(text) }

  /// The text of a file, or of standard input for `-`.
  func text(fromFile path: String) throws(BeadsError) -> String {
    try InputText.read(path, environment)
  }

  // MARK: Output

  var isJSON: Bool { output.isJSON }
  var isQuiet: Bool { arguments.bool("quiet") }

  /// Says something on stderr unless the user wants quiet.
  func warn(_ message: TerminalText) {
    if !isQuiet { output.warn(message) }
  }

  /// Prints lines for people; JSON mode prints none.
  func print(_ line: TerminalText) {
    if !isJSON { output.print(line) }
  }

  /// Prints the one JSON document of a command: an array, or a map whose keys are data.
  func json<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    var writer = JSONWriter(.pretty)
    if environment.variables["BD_JSON_ENVELOPE"] == "1" {
      writer.beginObject()
      writer.member("schema_version", 1)
      writer.key("data")
      try body(&writer)
      writer.endObject()
    } else {
      try body(&writer)
    }
    output.write(output.isTerminal ? TerminalJSON.escaping(writer.bytes) : writer.bytes)
    output.write("\n")
  }

  /// Prints the one JSON document of a command: an object with the given members and the schema version.
  func object<E: Error>(_ members: (inout JSONWriter) throws(E) -> Void) throws(E) {
    let hasEnvelope = environment.variables["BD_JSON_ENVELOPE"] == "1"
    try json { writer throws(E) in
      writer.beginObject()
      try members(&writer)
      if !hasEnvelope { writer.member("schema_version", 1) }
      writer.endObject()
    }
  }

  /// Prints keys and values that are data as one JSON object, without anything of ours in it.
  func map(_ pairs: [(key: String, value: String)]) {
    json { writer in
      writer.beginObject()
      for pair in pairs {
        writer.key(pair.key)
        writer.string(pair.value)
      }
      writer.endObject()
    }
  }

  /// Prints issues as a JSON array.
  func array(_ issues: [Issue], edges: EdgeDetail = .none) {
    json { $0.array(issues) { $0.issue($1, edges: edges) } }
  }
}
