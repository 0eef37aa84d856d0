/// One command as help, completion and validation see it: everything but its code, independent of the context.
struct CommandPage {
  struct Child {
    var name: String
    var aliases: [String]
    var summary: String
    var section: String
    var isHidden: Bool
  }

  /// The words that lead to the command, from the program's name on.
  var path: [String]
  var aliases: [String]
  var summary: String
  var discussion: String
  var examples: [String]
  var positionals: [Positional]
  var scope: FlagScope
  var children: [Child]
  var isRunnable: Bool
  var passesArguments: Bool
  /// Whether the command or one above it is hidden.
  var isHidden: Bool

  var name: String { path.joined(separator: " ") }
  var visibleChildren: [Child] { children.filter { !$0.isHidden } }
}

extension CommandDefinition {
  func page(path: [String], scope: FlagScope, isHidden: Bool = false) -> CommandPage {
    CommandPage(
      path: path, aliases: aliases, summary: summary, discussion: discussion, examples: examples,
      positionals: positionals, scope: scope,
      children: subcommands.map {
        CommandPage.Child(
          name: $0.name, aliases: $0.aliases, summary: $0.summary, section: $0.section,
          isHidden: $0.isHidden)
      },
      isRunnable: isRunnable, passesArguments: passesArguments, isHidden: isHidden)
  }

  /// The pages of the whole tree, each command before the ones below it.
  func allPages() -> [CommandPage] {
    var pages: [CommandPage] = []
    collectPages(path: [], scope: FlagScope(), isHidden: false, into: &pages)
    return pages
  }

  private func collectPages(
    path: [String], scope: FlagScope, isHidden: Bool, into pages: inout [CommandPage]
  ) {
    let path = path + [name]
    let scope = scope.entering(global: globalFlags, own: flags)
    let isHidden = isHidden || self.isHidden
    pages.append(page(path: path, scope: scope, isHidden: isHidden))
    for command in subcommands {
      command.collectPages(path: path, scope: scope, isHidden: isHidden, into: &pages)
    }
  }

  /// The visible commands in the tree that `word` calls, each as the user would type it.
  func paths(to word: String) -> [String] {
    allPages().filter { !$0.isHidden && $0.path.count > 1 }
      .filter { $0.path.last == word || $0.aliases.contains(word) }
      .map(\.name)
  }
}
