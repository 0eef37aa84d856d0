/// The commented `config.yaml` of a new project.
enum ConfigurationTemplate {
  /// Every setting that does something, with its default, switched off.
  static var text: String {
    var text = """
      # Settings of this project, shared through git.
      #
      # A line that begins with '#' shows a default. Settings of this machine belong in config.local.yaml,
      # which git ignores. Environment variables win over both: BD_ and the name in capitals, BD_LOCK_TIMEOUT=5s.

      """
    for key in ConfigurationKey.yaml where key.isInEffect {
      text += "\n# " + capitalized(key.summary) + choices(key) + ".\n"
      text += "# \(key.name): \(standard(key))\n"
    }
    return text
  }

  private static func standard(_ key: ConfigurationKey) -> String {
    switch key.kind {
    case .list: "[]"
    case .map: "{}"
    default: key.defaultValue ?? "\"\""
    }
  }

  private static func choices(_ key: ConfigurationKey) -> String {
    guard case .choice(let words) = key.kind else { return "" }
    return ": " + words.joined(separator: ", ")
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
