/// Help on many commands at once: `help --all`, `--list` and `--doc`.
struct Reference {
  /// The visible commands, each before the ones below it; the first is the one asked about.
  let pages: [CommandPage]

  init(_ pages: [CommandPage]) { self.pages = pages.prefix(1) + pages.dropFirst().filter { !$0.isHidden } }

  /// What the user types to call each command, without the program's name.
  var names: [String] { pages.map { $0.path.dropFirst().joined(separator: " ") }.filter { !$0.isEmpty } }

  /// Every command with its flags, and the global flags once.
  func overview(width: Int) -> [TerminalText] {
    var layout = HelpLayout(width: width)
    for page in pages where page.isRunnable || pages.count == 1 {
      layout.addGap()
      layout.add(page.usageLines.first ?? page.name, .bold)
      layout.addParagraphs(page.summary, indent: 2)
      layout.addFlags(page.scope.own, indent: 4)
    }
    if let root = pages.first {
      layout.addHeading("Global flags")
      layout.addFlags(root.scope.inherited)
    }
    return layout.lines
  }

  /// A Markdown document.
  var markdown: String {
    var text = ""
    for page in pages {
      text += text.isEmpty ? "# " : "\n## "
      text += "`\(page.name)`\n\n\(page.summary).\n"
      let usage = page.usageLines.joined(separator: "\n")
      text += "\n```\n\(usage)\n```\n"
      if !page.aliases.isEmpty {
        text += "\nAliases: " + page.aliases.map { "`\($0)`" }.joined(separator: ", ") + "\n"
      }
      if !page.discussion.isEmpty { text += "\n" + markdown(page.discussion) }
      text += list(page.positionals.filter { !$0.help.isEmpty }.map { ("`\($0.usage)`", $0.help) })
      text += list(flags: page.scope.own)
      if page.path == pages.first?.path { text += "\nGlobal flags:\n" + list(flags: page.scope.inherited) }
      if !page.examples.isEmpty { text += "\n```sh\n\(page.examples.joined(separator: "\n"))\n```\n" }
    }
    return text
  }

  /// What is indented is code, for which Markdown wants four spaces more.
  private func markdown(_ discussion: String) -> String {
    discussion.split(separator: "\n", omittingEmptySubsequences: false)
      .map { ($0.hasPrefix(" ") ? "    " : "") + $0 + "\n" }.joined()
  }

  private func list(flags: ArraySlice<Flag>) -> String {
    list(flags.filter { !$0.isHidden }.map { ("`\($0.term(aligned: false))`", $0.description) })
  }

  private func list(_ items: [(term: String, description: String)]) -> String {
    items.isEmpty ? "" : "\n" + items.map { "- \($0.term): \($0.description)\n" }.joined()
  }
}
