/// A shell for which a static completion script can be printed.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The script for the tree; `pages` begins with the root.
  func script(for pages: [CommandPage]) -> String {
    guard let model = CompletionModel(pages) else { return "" }
    return switch self {
    case .bash: model.bashScript
    case .zsh: model.zshScript
    case .fish: model.fishScript
    }
  }
}

/// What the scripts need to know of the tree.
///
/// All three work alike: walk the words typed so far down to a command, skip the values of its flags, and offer
/// what that command takes.
struct CompletionModel {
  struct Node {
    /// The canonical path, such as `bd dep add`.
    var path: String
    /// Every spelling of the last word after the parent's canonical path.
    var spellings: [String]
    var subcommands: [(name: String, summary: String)]
    var flags: [Flag]
    /// Values for the positionals.
    var words: [String]
  }

  let program: String
  let globalFlags: [Flag]
  /// Visible commands, the root first.
  let nodes: [Node]

  init?(_ pages: [CommandPage]) {
    guard let root = pages.first else { return nil }
    program = root.path[0]
    globalFlags = root.scope.inherited.filter { !$0.isHidden }
    let shared = root.scope.inheritedCount
    nodes = pages.filter { !$0.isHidden }.map { page in
      let parent = page.path.dropLast().joined(separator: " ")
      return Node(
        path: page.name,
        spellings: ([page.path.last ?? ""] + page.aliases).map { parent.isEmpty ? $0 : parent + " " + $0 },
        subcommands: page.visibleChildren.map { ($0.name, $0.summary) },
        flags: page.scope.flags[shared...].filter { !$0.isHidden },
        words: page.positionals.flatMap(\.values))
    }
  }

  /// The name of shell functions, from the program's name.
  var functionName: String {
    "_" + String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}

extension Flag {
  /// How the flag is typed: `-t` and `--type`.
  var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + longNames.map { "--" + $0 } }
  /// The spellings worth offering.
  var offered: [String] { (short.map { ["-\($0)"] } ?? []) + ["--" + name] }
}

/// A word in single quotes, for bash and zsh.
func shellQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
