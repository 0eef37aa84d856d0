public import BeadsKit

/// An emergency stop that stands: nothing is started, and the agents it covers are frozen.
///
/// It is a file, so that it holds whatever else works: `ESTOP` in the root of the town for all, `ESTOP.RIG` for one rig,
/// with one line `trigger<TAB>time<TAB>reason`. That the file is there is what counts, even when it says nothing. The
/// mayor and the person are never covered: somebody has to be able to look.
public struct EmergencyStop: Sendable, Equatable {
  /// The rig it holds for; nil for the whole town.
  public let rig: RigName?
  /// Who or what brought it about; empty when the file does not tell.
  public let trigger: String
  /// Since when; nil when the file does not tell.
  public let at: Timestamp?
  /// Why; empty when the file does not tell.
  public let reason: String

  /// Describes a stop.
  init(rig: RigName?, trigger: String, at: Timestamp?, reason: String) {
    self.rig = rig
    self.trigger = trigger
    self.at = at
    self.reason = reason
  }

  /// The name of the file.
  public var fileName: String { Self.fileName(rig) }

  private static func fileName(_ rig: RigName?) -> String { "ESTOP" + (rig.map { ".\($0)" } ?? "") }

  /// The file of a stop.
  static func path(_ rig: RigName?, in town: Town) -> String { town.path(fileName(rig)) }

  /// Since when, by whom and why, in a few words.
  public var summary: String {
    var words = [rig.map { "the rig \($0)" } ?? "the town"]
    if let at { words.append("since \(Timestamp.shown("\(at)"))") }
    if !trigger.isEmpty { words.append("by \(trigger)") }
    return words.joined(separator: " ") + (reason.isEmpty ? "" : ": \(reason)")
  }

  // MARK: Reading

  /// The stop of the town, or of a rig alone; nil when there is none.
  ///
  /// Whoever cannot look is told that it stands: an error is no permission.
  public static func of(_ rig: RigName?, in town: Town) -> EmergencyStop? {
    let path = path(rig, in: town)
    do throws(BeadsError) { if try FileSystem.status(path, followLinks: false) == nil { return nil } } catch {
      return EmergencyStop(rig: rig, trigger: "", at: nil, reason: error.message)
    }
    let text = (try? FileSystem.readText(path)) ?? ""
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 3 else {
      return EmergencyStop(rig: rig, trigger: "", at: nil, reason: String(line))
    }
    return EmergencyStop(rig: rig, trigger: fields[0], at: Timestamp(fields[1]), reason: fields[2])
  }

  /// Every stop that stands, the town's first.
  public static func standing(in town: Town) -> [EmergencyStop] {
    let names = (try? FileSystem.list(town.root)) ?? []
    let rigs = names.filter { $0.hasPrefix("ESTOP.") }.compactMap {
      RigName(rawValue: String($0.dropFirst(6)))
    }
    return ([nil] + rigs.sorted().map(Optional.some)).compactMap { of($0, in: town) }
  }

  /// The stop that holds for an agent; nil for none.
  public static func covering(_ agent: AgentAddress, in town: Town) -> EmergencyStop? {
    if agent.role == .mayor || agent.role == .overseer { return nil }
    if let stop = of(nil, in: town) { return stop }
    return agent.rig.flatMap { of($0, in: town) }
  }

  /// Refuses to start something while a stop stands.
  /// - Throws: `refused` telling who stopped what, and since when.
  static func requireNone(_ rig: RigName?, in town: Town) throws(BeadsError) {
    guard let stop = of(nil, in: town) ?? rig.flatMap({ of($0, in: town) }) else { return }
    throw refusal(stop)
  }

  /// - Throws: `refused` when a stop holds for the agent.
  static func requireNone(for agent: AgentAddress, in town: Town) throws(BeadsError) {
    if let stop = covering(agent, in: town) { throw refusal(stop) }
  }

  private static func refusal(_ stop: EmergencyStop) -> BeadsError {
    BeadsError(
      .refused, "emergency stop of \(stop.summary)",
      hint: "`gt thaw\(stop.rig.map { " --rig \($0)" } ?? "")` lets work go on")
  }

  // MARK: Writing

  /// Writes the file; one that is there is left as it is.
  /// - Returns: Whether it was written.
  func write(in town: Town) throws(BeadsError) -> Bool {
    let path = Self.path(rig, in: town)
    if Self.of(rig, in: town) != nil { return false }
    let fields = [trigger, at?.description ?? "", reason].map { text in
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
    try FileSystem.replace(path, with: Array((fields.joined(separator: "\t") + "\n").utf8), durable: true)
    return true
  }
}
