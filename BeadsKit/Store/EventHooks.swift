import BeadsFormats
public import BeadsModel
public import BeadsSystem

/// Programs of the user that are told about changes: `on_create`, `on_update` and `on_close` in `.beads/hooks`.
///
/// A program is called as `on_close ID close` with the issue as JSON on its standard input, after the commit, by a
/// process of its own: the command that made the change neither waits nor fails. The calls of one command follow one
/// another in the order of the changes. What imports take over calls nothing.
///
///     let hooks = EventHooks(beadsDirectory: store.location.directory)
///     store.onCommit = { hooks?.note($0) }
///     ...
///     try hooks?.start(program: "/usr/local/bin/bd", store.environment)
public final class EventHooks {
  /// One call of a program.
  public struct Call: Sendable, Equatable {
    /// Why it is called.
    public let event: CommittedChange.Event
    /// The issue as it is told to the program.
    public let issue: Issue
  }

  private let beadsDirectory: String
  private let available: Set<CommittedChange.Event>
  private var calls: [Call] = []
  private var children: [Int32] = []

  /// Looks for programs in a `.beads` directory; nil when there is none.
  ///
  /// Costs one system call where there is no directory for them.
  public init?(beadsDirectory: String) {
    guard FileSystem.isDirectory(Path.join(beadsDirectory, "hooks")) else { return nil }
    self.beadsDirectory = beadsDirectory
    available = Set(
      CommittedChange.Event.allCases.filter { Self.isProgram(Self.path($0, beadsDirectory)) })
    if available.isEmpty { return nil }
  }

  static func path(_ event: CommittedChange.Event, _ beadsDirectory: String) -> String {
    Path.join(beadsDirectory, "hooks", "on_" + event.rawValue)
  }

  /// As for git, a file that may not be executed is a hook that is switched off.
  static func isProgram(_ path: String) -> Bool {
    guard let status = try? FileSystem.status(path) else { return false }
    return status.kind == .regular && status.mode & 0o111 != 0
  }

  /// The calls that a change leads to.
  ///
  /// A new issue is told about as it was before labels and edges, each of which is an update after that.
  public static func calls(for change: CommittedChange) -> [Call] {
    guard let event = change.event else { return [] }
    guard event == .create else { return [Call(event: event, issue: change.after)] }
    var issue = change.after
    issue.labels = []
    issue.dependencies = []
    var calls = [Call(event: .create, issue: issue)]
    for label in change.after.labels {
      issue.labels.append(label)
      calls.append(Call(event: .update, issue: issue))
    }
    for dependency in change.after.dependencies {
      issue.dependencies.append(dependency)
      calls.append(Call(event: .update, issue: issue))
    }
    return calls
  }

  /// Takes note of committed changes, for `Store.onCommit`.
  public func note(_ changes: [CommittedChange]) {
    calls += changes.flatMap(Self.calls).filter { available.contains($0.event) }
  }

  /// Has the noted calls made by a process that outlives this one, and forgets them; about a millisecond.
  /// - Parameter program: The file of `bd`, whose `hooks fire` the process runs.
  /// - Throws: `not_found`, `io_error` when the process cannot be started.
  public func start(program: String, _ environment: Environment) throws(BeadsError) {
    children.removeAll { hasEnded($0) }
    if calls.isEmpty { return }
    var input: [UInt8] = []
    for call in calls {
      input += Array("\(call.event.rawValue) \(call.issue.id)\n\(call.issue.jsonLine)\n".utf8)
    }
    calls = []
    var process = Subprocess(
      [program, "hooks", "fire", beadsDirectory], directory: "/", variables: environment.variables)
    process.input = .bytes(input)
    children.append(try process.startDetached())
  }
}
