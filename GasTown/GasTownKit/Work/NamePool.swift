public import BeadsKit

/// The names that the polecats of a rig get, in order.
///
/// A rig's `settings/config.json` chooses a theme (`namepool.style`) and may add names (`namepool.names`). A town has
/// themes of its own as files `settings/themes/NAME.txt`, a name a line. When all names are taken, numbers follow.
public struct NamePool: Sendable, Equatable {
  /// The theme.
  public let theme: String
  /// The names in the order they are given out.
  public let names: [AgentName]
  /// Where numbers begin when the names are used up.
  public let firstNumber: Int

  /// What the theme is when nobody chose one.
  public static let defaultTheme = "mad-max"

  /// Words of addresses that are no names.
  static let reserved: Set<String> = [
    "witness", "mayor", "deacon", "refinery", "crew", "polecats", "polecat", "boot", "dog", "dogs",
    "overseer",
    "human", "hq",
  ]

  /// Whether a polecat may be called so.
  public static func isAllowed(_ name: AgentName) -> Bool { !reserved.contains(name.rawValue.lowercased()) }

  /// A pool of these names; reserved and repeated ones are left out.
  public init(theme: String, names: [AgentName], maximum: Int = 50) {
    self.theme = theme
    var seen: Set<String> = []
    // Names are folders: those that differ in case alone would be one on some file systems.
    self.names = Array(
      names.filter { Self.isAllowed($0) && seen.insert($0.rawValue.lowercased()).inserted }
        .prefix(max(0, maximum)))
    firstNumber = max(0, maximum) + 1
  }

  /// The pool of a rig as its settings say.
  /// - Throws: `corrupt` for settings that cannot be understood, `not_found` for a theme that does not exist.
  public static func load(_ rig: Rig, town: Town) throws(BeadsError) -> NamePool {
    let settings = try RigSettings.load(rig)
    let theme = settings.string("namepool.style") ?? defaultTheme
    var own: [AgentName] = []
    for text in settings.list("namepool.names") {
      guard let name = AgentName(rawValue: text) else {
        throw BeadsError(
          .corrupt, "\(settings.settings.path): namepool.names holds \(quoted(text)), which is no agent name")
      }
      own.append(name)
    }
    let names = try names(of: theme, town: town)
    return NamePool(theme: theme, names: own + names, maximum: settings.int("namepool.max_before_numbering"))
  }

  /// The names of a theme: of a file of the town, else a built-in one.
  /// - Throws: `not_found` naming the themes there are; `corrupt` naming the line that is no name.
  public static func names(of theme: String, town: Town) throws(BeadsError) -> [AgentName] {
    if AgentName(rawValue: theme) != nil,
      let bytes = try FileSystem.readIfPresent(themeFile(theme, town))
    {
      return try parse(String(decoding: bytes, as: UTF8.self), themeFile(theme, town))
    }
    if let names = builtIn[theme] { return names.compactMap(AgentName.init(rawValue:)) }
    throw BeadsError(
      .notFound, "there is no theme \(quoted(theme))",
      hint: Spelling.hint(for: theme, among: themes(of: town), kind: "themes"))
  }

  /// The names of all themes, the town's own included, in order.
  public static func themes(of town: Town) -> [String] {
    let own = ((try? FileSystem.list(town.path("settings/themes"))) ?? [])
      .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
    return Set(own + builtIn.keys).sorted()
  }

  /// The file of a theme of the town.
  static func themeFile(_ theme: String, _ town: Town) -> String {
    town.path("settings/themes/\(theme).txt")
  }

  /// Reads a name a line; blank lines and those that start with # are no names.
  static func parse(_ text: String, _ path: String) throws(BeadsError) -> [AgentName] {
    var names: [AgentName] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let word = words.first, !word.hasPrefix("#") else { continue }
      guard words.count == 1, let name = AgentName(rawValue: String(word)) else {
        throw BeadsError(.corrupt, "\(path), line \(number + 1): \(quoted(String(line))) is no agent name")
      }
      names.append(name)
    }
    return names
  }

  /// The first name that is free.
  /// - Parameter isTaken: Asked once for each name until one is free.
  public func firstFree(_ isTaken: (AgentName) -> Bool) -> AgentName {
    if let name = names.first(where: { !isTaken($0) }) { return name }
    var number = firstNumber
    while true {
      if let name = AgentName(rawValue: String(number)), !isTaken(name) { return name }
      number += 1
    }
  }
}
