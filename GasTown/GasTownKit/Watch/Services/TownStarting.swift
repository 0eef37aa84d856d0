public import BeadsKit

/// Starts a town: what `gt up` and `gt start` do.
///
/// The daemon brings about most of it: it starts every agent that shall run. Called again, nothing changes.
public struct TownStarting {
  private let launcher: AgentLauncher
  private let ledgers: Ledgers
  private let program: String
  private var town: Town { launcher.town }
  private var database: TownDatabase { launcher.database }

  /// Whether the mayor is started although nobody has asked for it before.
  public var startsMayor = false
  /// The runtime the mayor has from now on.
  public var mayorRuntime: String?
  /// Whether crew members that the settings name, and everybody with work, are started.
  public var restores = false

  /// - Parameter program: The file of the program `gt`.
  public init(_ launcher: AgentLauncher, _ ledgers: Ledgers, program: String) {
    self.launcher = launcher
    self.ledgers = ledgers
    self.program = program
  }

  /// Starts everything; what fails holds up nothing else.
  public func run() throws(BeadsError) -> [ServiceReport] {
    try ShutdownMark.requireNone(in: town)
    let rigs = try town.rigs()
    let states = try RigState.all(rigs, in: database)
    let open = rigs.filter { states[$0.name] == .operational }
    var reports = trackers(rigs)
    let daemon = startDaemon()
    reports.append(daemon)
    if daemon.isOK { reports += ServiceReport.loops(of: open, "a loop of the daemon") }
    reports.append(startMayor())
    if restores {
      for rig in open { reports += restoreCrew(rig) }
      reports += restoreWorkers(in: open)
    }
    return reports
  }

  /// Trackers that cannot be opened; those that can are not worth a word.
  private func trackers(_ rigs: [Rig]) -> [ServiceReport] {
    var reports: [ServiceReport] = []
    do throws(BeadsError) { _ = try ledgers.hq() } catch {
      reports.append(ServiceReport("hq", .beads, "").failed(error))
    }
    for rig in rigs {
      do throws(BeadsError) { _ = try ledgers.store(of: rig.name) } catch {
        reports.append(ServiceReport(rig.name.rawValue, .beads, rig: rig.name, "").failed(error))
      }
    }
    return reports
  }

  private func startDaemon() -> ServiceReport {
    let report = ServiceReport("daemon", .daemon, "")
    do throws(BeadsError) {
      let (process, isNew) = try Daemon(town).start(program: program)
      if isNew { return report.changed("started, process \(process.pid)") }
      return ServiceReport("daemon", .daemon, "runs, process \(process.pid)")
    } catch { return report.failed(error) }
  }

  private func startMayor() -> ServiceReport {
    let report = ServiceReport(.mayor, "not asked for; `gt mayor start` starts it")
    do throws(BeadsError) {
      let wasWanted = try database.agent(.mayor)?.isWanted == true
      guard startsMayor || wasWanted else { return report }
      return try start(.mayor, runtime: mayorRuntime)
    } catch { return report.failed(error) }
  }

  /// Starts one agent that has a session of its own.
  private func start(_ agent: AgentAddress, runtime: String? = nil) throws(BeadsError) -> ServiceReport {
    do throws(BeadsError) {
      let session = try launcher.bringUp(agent, runtime: runtime)
      let how =
        session.commandLine == nil ? "started as \(session.name)" : "left to you: gt runs no agents here"
      return ServiceReport(agent, "").changed(how)
    } catch {
      guard error.code == .exists else { throw error }
      return ServiceReport(agent, "runs")
    }
  }

  // MARK: Restoring

  private func restoreCrew(_ rig: Rig) -> [ServiceReport] {
    do throws(BeadsError) {
      let wanted = CrewStartup(try RigSettings.load(rig).string("crew.startup") ?? "")
      var reports: [ServiceReport] = []
      for member in try Crew(rig, of: town, database).members() where wanted.includes(member.name) {
        do throws(BeadsError) {
          reports.append(try start(member.record.address))
        } catch { reports.append(ServiceReport(member.record.address, "").failed(error)) }
      }
      return reports
    } catch { return [ServiceReport("\(rig.name)/crew", .crew, rig: rig.name, "").failed(error)] }
  }

  /// Has everybody with work run again; the daemon starts them.
  private func restoreWorkers(in rigs: [Rig]) -> [ServiceReport] {
    do throws(BeadsError) {
      let names = Set(rigs.map(\.name))
      let idle = try database.agents(role: .polecat).filter { agent in
        agent.bead != nil && !agent.isWanted && agent.state.isAtWork
          && agent.address.rig.map(names.contains) == true
      }
      var reports: [ServiceReport] = []
      for agent in idle {
        try database.update(agent.address) { $0.isWanted = true }
        reports.append(
          ServiceReport(agent.address, "").changed("goes on with \(agent.bead?.rawValue ?? "its work")"))
      }
      return reports
    } catch { return [ServiceReport("polecats", .polecat, "").failed(error)] }
  }
}

/// Which crew members start with their rig: the setting `crew.startup`, such as `max and joe`, `all` or `none`.
struct CrewStartup {
  private let words: Set<String>

  init(_ text: String) {
    let separators: Set<Character> = [",", ";", "&", "+"]
    words = Set(text.split { $0.isWhitespace || separators.contains($0) }.map(String.init))
  }

  func includes(_ name: AgentName) -> Bool {
    words.contains(name.rawValue) || !words.isDisjoint(with: ["all", "everyone", "everybody"])
  }
}
