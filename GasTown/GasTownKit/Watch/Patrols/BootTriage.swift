public import BeadsKit

/// Who watches the watchman: warrants are carried out, and the daemon is started when it shall run and does not.
public struct BootTriage {
  private let launcher: AgentLauncher
  private let program: String
  private var town: Town { launcher.town }

  private static func file(_ town: Town) -> JSONFile {
    JSONFile(path: town.path("deacon/dogs/boot/.boot-status.json"))
  }

  /// - Parameter program: The file of the program `gt`.
  public init(_ launcher: AgentLauncher, program: String) {
    self.launcher = launcher
    self.program = program
  }

  /// What was done last: `{started_at, completed_at, last_action, target, error}`.
  public static func last(in town: Town) throws(BeadsError) -> JSONValue {
    try file(town).read() ?? .members([("last_action", .string("nothing")), ("target", .string(""))])
  }

  /// Looks once, and acts; does nothing while the town is being stopped.
  /// - Returns: What is then in the file.
  public func run() throws(BeadsError) -> JSONValue {
    let began = town.now
    var action = "nothing"
    var targets: [String] = []
    var problem = ""
    if !ShutdownMark(town).stands {
      do throws(BeadsError) {
        for var warrant in try Warrant.list(in: town) where warrant.executedAt == nil {
          try warrant.execute(launcher)
          targets.append(warrant.target.text)
          action = "execute"
        }
        if try Daemon(town).process() == nil {
          _ = try Daemon(town).start(program: program)
          action = "start"
          targets.append("daemon")
        }
      } catch { problem = error.message }
    }
    let result = JSONValue.members([
      ("started_at", .string(began.description)), ("completed_at", .string(town.now.description)),
      ("last_action", .string(action)), ("target", .string(targets.joined(separator: ", "))),
      ("error", .string(problem)),
    ])
    try Self.file(town).write(result)
    if !problem.isEmpty { throw BeadsError(.io, problem) }
    return result
  }
}
