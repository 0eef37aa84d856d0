public import BeadsKit

/// Who hears of escalations: `settings/escalation.json`.
public struct EscalationSettings: Sendable, Equatable {
  /// What is done for each severity, in order: `bead`, `mail:ADDRESS`, `log`; anything else leads out of the town.
  public private(set) var routes: [Escalation.Severity: [String]] = [
    .low: ["bead"], .medium: ["bead", "mail:mayor"], .high: ["bead", "mail:mayor", "email:human"],
    .critical: ["bead", "mail:mayor", "email:human", "sms:human"],
  ]
  /// After how many nanoseconds without anybody taking care it becomes worse.
  public private(set) var staleThreshold: Int64 = 4 * 3_600_000_000_000
  /// How often it becomes worse.
  public private(set) var maximumReescalations = 2

  /// Reads the settings of a town; what they do not say is as above.
  /// - Throws: `corrupt` naming the file, `invalid` for a duration that is none.
  public static func load(_ town: Town) throws(BeadsError) -> EscalationSettings {
    var settings = EscalationSettings()
    let file = JSONFile(path: town.path("settings/escalation.json"))
    guard let document = try file.read() else { return settings }
    if let type = document["type"]?.stringValue, type != "escalation" {
      throw BeadsError(.corrupt, "\(file.path) is of type \(quoted(type)) instead of escalation")
    }
    for severity in Escalation.Severity.allCases {
      guard let route = document["routes"]?[severity.rawValue]?.arrayValue else { continue }
      settings.routes[severity] = route.compactMap(\.stringValue)
    }
    if let text = document["stale_threshold"]?.stringValue {
      do throws(BeadsError) { settings.staleThreshold = try GoDuration.nanoseconds(text) } catch {
        throw BeadsError(.invalid, "\(file.path): stale_threshold: \(error.message)", hint: error.hint)
      }
    }
    if let count = document["max_reescalations"]?.intValue { settings.maximumReescalations = count }
    return settings
  }
}
