public import BeadsKit

extension NamePool {
  /// Makes a theme of the town.
  /// - Throws: `invalid` without usable names or for a name that is no file name, `exists`, `io_error`.
  public static func createTheme(_ theme: String, _ names: [AgentName], in town: Town) throws(BeadsError) {
    guard AgentName(rawValue: theme) != nil else {
      throw BeadsError(
        .invalid, "\(quoted(theme)) is no name for a theme", hint: "use ASCII letters, digits, - and _")
    }
    if themes(of: town).contains(theme) {
      throw BeadsError(
        .exists, "there is a theme \(theme) already", hint: "`gt namepool themes \(theme)` shows it")
    }
    let usable = NamePool(theme: theme, names: names, maximum: names.count).names
    if usable.isEmpty { throw BeadsError(.invalid, "the theme \(theme) would have no names") }
    let path = themeFile(theme, town)
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: Array(usable.map { $0.rawValue + "\n" }.joined().utf8))
  }

  /// Removes a theme of the town that no rig uses.
  /// - Throws: `not_found` for one that the town did not make, `refused` naming the rigs that use it.
  public static func deleteTheme(_ theme: String, in town: Town) throws(BeadsError) {
    guard AgentName(rawValue: theme) != nil, FileSystem.exists(themeFile(theme, town)) else {
      throw BeadsError(
        .notFound, "the town has no theme \(quoted(theme)) of its own",
        hint: "`gt namepool themes` lists all themes")
    }
    var users: [String] = []
    for rig in try town.rigs() where try RigSettings.load(rig).string("namepool.style") == theme {
      users.append(rig.name.rawValue)
    }
    if !users.isEmpty {
      throw BeadsError(
        .refused, "the theme \(theme) is used by \(users.joined(separator: ", "))",
        hint: "choose another for them first: `gt namepool set THEME --rig \(users[0])`")
    }
    try FileSystem.remove(themeFile(theme, town))
  }

  /// The names in a text, one a line; blank lines and those that start with # are no names.
  /// - Parameter path: The file, for errors.
  public static func read(_ text: String, from path: String) throws(BeadsError) -> [AgentName] {
    try parse(text, path)
  }
}
