public import BeadsKit

/// A job that keeps a town tidy: a dog, in the words of the town.
///
/// It is code, no agent. Each runs in a process of its own, so that one that hangs holds up nothing; what it did is on record.
public struct MaintenanceJob: Sendable {
  /// Its name, which is also that of its settings: `lifecycle.NAME.enabled`, `lifecycle.NAME.interval`.
  public let name: String
  /// What it does, in a few words.
  public let summary: String
  /// Whether it waits for the time of day that `maintenance.window` names.
  public let waitsForWindow: Bool
  /// How long it may take.
  public let limit: Duration
  let work: @Sendable (JobContext) throws(BeadsError) -> JobReport

  init(
    _ name: String, _ summary: String, waitsForWindow: Bool = false, limit: Duration = .seconds(900),
    _ work: @escaping @Sendable (JobContext) throws(BeadsError) -> JobReport
  ) {
    self.name = name
    self.summary = summary
    self.waitsForWindow = waitsForWindow
    self.limit = limit
    self.work = work
  }

  /// Every job, ordered by name.
  public static let all: [MaintenanceJob] = [
    MaintenanceJob("backup", "copies the trackers and the town's database", BackupJob.run),
    MaintenanceJob("compactor", "shortens logs and gives space back", waitsForWindow: true, CompactorJob.run),
    MaintenanceJob("doctor", "looks whether the town is in order, and calls for help", DoctorJob.run),
    MaintenanceJob("gates", "looks at the gates that wait for GitHub", GatesJob.run),
    MaintenanceJob(
      "pruner", "removes branches and saved work that something else keeps", waitsForWindow: true,
      PrunerJob.run),
    MaintenanceJob("reaper", "sweeps away wisps and mail that nobody needs any more", ReaperJob.run),
  ]

  /// The job of a name.
  /// - Throws: `not_found` naming those there are.
  public static func named(_ name: String) throws(BeadsError) -> MaintenanceJob {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw BeadsError(
      .notFound, "there is no job \(quoted(name))",
      hint: Spelling.hint(for: name, among: all.map(\.name), kind: "jobs"))
  }

  /// Its address.
  public var agent: AgentAddress { AgentName(rawValue: name).map(AgentAddress.dog) ?? .deacon }

  /// Whether the settings let it run by itself.
  public func isEnabled(_ settings: TownSettings) -> Bool { settings.bool("lifecycle.\(name).enabled") }

  /// How long it rests between two runs, in nanoseconds.
  public func interval(_ settings: TownSettings) -> Int64 {
    let own = settings.duration("lifecycle.\(name).interval")
    return nanoseconds(own > .zero ? own : settings.duration("maintenance.interval"))
  }
}

/// What a job works with.
public struct JobContext {
  let launcher: AgentLauncher
  let ledgers: Ledgers
  let settings: TownSettings
  /// Whether only to find out what would be done.
  let isDryRun: Bool
  var town: Town { launcher.town }
  var database: TownDatabase { launcher.database }

  /// Every tracker that can be opened, with a name for people.
  func trackers(_ report: inout JobReport) throws(BeadsError) -> [(name: String, store: Store)] {
    var found: [(name: String, store: Store)] = []
    for rig in [nil] + (try town.rigs()).map(Optional.some) {
      do throws(BeadsError) {
        let store = if let rig { try ledgers.store(of: rig.name) } else { try ledgers.hq() }
        found.append((rig?.name.rawValue ?? "hq", store))
      } catch { report.problems.append("\(rig?.name.rawValue ?? "hq"): \(error.message)") }
    }
    return found
  }
}

/// What a job did.
public struct JobReport: Sendable, Equatable {
  /// What was done and how often, in order.
  public internal(set) var counts: [Count] = []
  /// What needs a person.
  public internal(set) var problems: [String] = []

  /// A kind of thing that was done.
  public struct Count: Sendable, Equatable {
    /// What.
    public let what: String
    /// How often.
    public internal(set) var number: Int
  }

  mutating func count(_ what: String, _ number: Int = 1) {
    if let place = counts.firstIndex(where: { $0.what == what }) {
      counts[place].number += number
    } else {
      counts.append(Count(what: what, number: number))
    }
  }

  /// How often something was done.
  public func number(_ what: String) -> Int { counts.first { $0.what == what }?.number ?? 0 }

  /// All of it in one line.
  public var text: String {
    let done = counts.filter { $0.number > 0 }.map { "\($0.number) \($0.what)" }
    return (done.isEmpty ? ["nothing to do"] : done).joined(separator: ", ")
      + (problems.isEmpty ? "" : "; \(problems.joined(separator: "; "))")
  }
}
