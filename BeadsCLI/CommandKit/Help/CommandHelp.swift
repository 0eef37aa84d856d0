extension CommandPage {
  /// The lines after `Usage:`.
  var usageLines: [String] {
    let hasChildren = !visibleChildren.isEmpty
    if path.count == 1 && hasChildren { return [name + " <command> [flags]"] }
    let flags = scope.own.contains { !$0.isHidden } ? " [flags]" : ""
    let places = positionals.map { " " + $0.usage }.joined()
    return (isRunnable ? [name + places + flags] : []) + (hasChildren ? [name + " <command>"] : [])
  }

  /// The help of this command.
  func help(width: Int) -> [TerminalText] {
    var layout = HelpLayout(width: width)
    if !summary.isEmpty { layout.addParagraphs(summary + ".") }
    layout.addGap()
    for (index, line) in usageLines.enumerated() { layout.add((index == 0 ? "Usage: " : "       ") + line) }
    if !aliases.isEmpty { layout.add("Aliases: " + aliases.joined(separator: ", ")) }
    if !discussion.isEmpty {
      layout.addGap()
      layout.addParagraphs(discussion)
    }
    addArguments(to: &layout)
    addChildren(to: &layout)
    addFlags(to: &layout)
    if !visibleChildren.isEmpty {
      layout.addGap()
      layout.add("Run '\(name) <command> --help' for more about a command.")
    }
    if !examples.isEmpty {
      layout.addHeading("Examples")
      for example in examples { layout.add("  " + example) }
    }
    return layout.lines
  }

  private func addArguments(to layout: inout HelpLayout) {
    let items = positionals.filter { !$0.help.isEmpty || !$0.values.isEmpty }.map { place in
      let values = place.values.isEmpty ? "" : "one of: " + place.values.joined(separator: ", ")
      let description =
        place.help.isEmpty || values.isEmpty ? place.help + values : "\(place.help) (\(values))"
      return (term: place.usage, description: description)
    }
    if items.isEmpty { return }
    layout.addHeading("Arguments")
    layout.addList(items, column: HelpLayout.column(for: items.map(\.term)))
  }

  private func addChildren(to layout: inout HelpLayout) {
    let children = visibleChildren
    let column = HelpLayout.column(for: children.map(\.name))
    var sections: [String] = []
    for child in children where !sections.contains(child.section) { sections.append(child.section) }
    for section in sections {
      layout.addHeading(section.isEmpty ? "Commands" : section)
      let items = children.filter { $0.section == section }.map { (term: $0.name, description: $0.summary) }
      layout.addList(items, column: column)
    }
  }

  /// The root explains global flags, every other command only reminds of them.
  private func addFlags(to layout: inout HelpLayout) {
    if scope.own.contains(where: { !$0.isHidden }) {
      layout.addHeading("Flags")
      layout.addFlags(scope.own)
    }
    if path.count == 1 {
      layout.addHeading("Global flags")
      layout.addFlags(scope.inherited)
    } else {
      layout.addHeading("Global flags (see '\(path[0]) --help')")
      let mentions = scope.inherited.filter { !$0.isHidden }.map(\.mention)
      layout.addMentions(mentions)
    }
  }
}

extension HelpLayout {
  /// Adds words separated by commas, breaking lines only between them.
  fileprivate mutating func addMentions(_ words: [String]) {
    var current = ""
    for (index, word) in words.enumerated() {
      let piece = index == words.count - 1 ? word : word + ","
      if !current.isEmpty && 2 + current.displayWidth + 1 + piece.displayWidth > width {
        add("  " + current)
        current = ""
      }
      current += (current.isEmpty ? "" : " ") + piece
    }
    if !current.isEmpty { add("  " + current) }
  }
}
