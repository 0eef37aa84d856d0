public import BeadsKit

/// Sweeps away what was only meant for the moment, with other times than the settings name.
public struct Sweep: Sendable {
  /// What is swept.
  public struct Parts: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Makes a set of bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wisps past their time.
    public static let expired = Parts(rawValue: 1)
    /// Wisps and mail that were finished long ago.
    public static let finished = Parts(rawValue: 2)
    /// Issues that nobody has touched for long.
    public static let stale = Parts(rawValue: 4)
  }

  /// What is swept.
  public var parts: Parts
  /// How long wisps live that name no time of their own; nil for what the settings say.
  public var wispAge: Duration?
  /// How long finished wisps are kept; nil for what the settings say.
  public var purgeAge: Duration?
  /// How long mail is kept after it was put away; nil for what the settings say.
  public var mailAge: Duration?
  /// How long nobody must have touched an issue; nil for what the settings say.
  public var staleAge: Duration?
  /// Whether only to find out what would be done.
  public var isDryRun = false

  /// Sweeps these.
  public init(_ parts: Parts) { self.parts = parts }

  /// Sweeps every tracker of a town.
  public func run(_ launcher: AgentLauncher, _ ledgers: Ledgers) throws(BeadsError) -> JobReport {
    let context = JobContext(
      launcher: launcher, ledgers: ledgers, settings: try TownSettings.load(launcher.town), isDryRun: isDryRun
    )
    var job = ReaperJob(context)
    job.wispAge = wispAge.map(nanoseconds) ?? job.wispAge
    job.purgeAge = purgeAge.map(nanoseconds) ?? job.purgeAge
    job.mailAge = mailAge.map(nanoseconds) ?? job.mailAge
    job.staleAge = staleAge.map(nanoseconds) ?? job.staleAge
    return try job.run(parts)
  }
}
