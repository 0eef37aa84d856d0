/// What agents must not run, and why; one sentence that says what to do instead.
///
/// A help against mistakes, not a wall: whoever wants to get around it can.
public enum CommandGuard {
  /// What is looked for.
  public enum Kind: String, Sendable, CaseIterable {
    /// Pull requests and branches beside the merge queue.
    case pullRequests = "pr-workflow"
    /// What destroys work, or changes the machine.
    case dangerous = "dangerous-command"
    /// Trackers beside the rig's.
    case newTracker = "bd-init"
    /// Patrols, which the daemon does.
    case patrols = "mol-patrol"

    /// What it keeps from, for people.
    public var summary: String {
      switch self {
      case .pullRequests: "pull requests and branches beside the merge queue"
      case .dangerous: "commands that destroy work or change the machine"
      case .newTracker: "trackers beside that of the rig"
      case .patrols: "patrols, which the daemon does"
      }
    }
  }

  /// Why a command must not be run; nil when it may.
  /// - Parameters:
  ///   - line: The line for the shell; it is looked at, never run.
  ///   - role: Who is about to run it.
  ///   - allowsPullRequests: What the rig's setting `allow_prs` says.
  public static func reason(
    against line: String, _ kind: Kind, role: AgentRole, allowsPullRequests: Bool = false
  ) -> String? {
    let commands = CommandWords.commands(of: line)
    for words in commands {
      let program = CommandWords.name(words[0])
      let rest = Array(words.dropFirst())
      let found: String? =
        switch kind {
        case .dangerous: danger(program, rest) ?? (isDatabase(program) ? tables(line) : nil)
        case .pullRequests: allowsPullRequests ? nil : pullRequest(program, rest, role)
        case .newTracker:
          program == "bd" && rest.first(where: { !$0.hasPrefix("-") }) == "init"
            ? "`bd init` makes a tracker beside the rig's: `bd` works here already" : nil
        case .patrols:
          ["bd", "gt"].contains(program) && rest.contains { $0.hasPrefix("mol-") && $0.hasSuffix("-patrol") }
            && rest.contains { ["pour", "wisp", "cook", "run", "create", "sling", "attach"].contains($0) }
            ? "the daemon patrols, without a model: `gt patrol scan` shows what it sees" : nil
        }
      if let found { return found }
    }
    return nil
  }

  private static func pullRequest(_ program: String, _ words: [String], _ role: AgentRole) -> String? {
    if program == "gh", words.prefix(2) == ["pr", "create"] {
      return "this rig merges through its queue, not by pull requests: `gt done` hands the work in"
    }
    guard program == "git", role == .polecat else { return nil }
    let git = subcommand(words)
    let makesBranch =
      git.first == "checkout" && git.contains { $0 == "-b" || $0 == "-B" }
      || git.first == "switch" && git.contains { $0 == "-c" || $0 == "-C" || $0 == "--create" }
    return makesBranch ? "you have a branch for this work already: commit on it, then `gt done`" : nil
  }

  // MARK: Danger

  private static func danger(_ program: String, _ words: [String]) -> String? {
    let flags = words.filter { $0.hasPrefix("-") }
    func has(_ short: Character, _ long: String...) -> Bool {
      flags.contains {
        $0 == "-" + String(short) || long.contains($0) || !$0.hasPrefix("--") && $0.contains(short)
      }
    }
    let first = words.first { !$0.hasPrefix("-") } ?? ""
    switch program {
    case "sudo", "doas", "su": return "agents do not act as another user: ask for help with `gt escalate`"
    case "apt", "apt-get", "dnf", "yum", "zypper", "apk", "brew", "pacman", "snap":
      let installs = ["install", "add", "remove", "upgrade", "purge", "dist-upgrade"].contains(first)
      let isPacman = program == "pacman" && flags.contains { $0.hasPrefix("-S") || $0.hasPrefix("-R") }
      return installs || isPacman ? machine("\(program) changes the machine that all agents share") : nil
    case "pip", "pip3":
      return first == "install" && flags.contains { $0 == "--system" || $0 == "--break-system-packages" }
        ? machine("this installs for the whole machine") : nil
    case "npm", "pnpm", "yarn":
      let isGlobal = has("g", "--global") || program == "yarn" && first == "global"
      return isGlobal && words.contains { ["install", "i", "add", "global"].contains($0) }
        ? machine("this installs for the whole machine") : nil
    case "gem": return first == "install" ? machine("this installs for the whole machine") : nil
    case "rm":
      guard has("r", "--recursive") || has("R") else { return nil }
      return words.contains(where: isRoot) ? "this removes what does not belong to the work" : nil
    case "git": return gitDanger(subcommand(words))
    default: return nil
    }
  }

  private static func machine(_ reason: String) -> String {
    "\(reason): say what you need with `gt escalate`"
  }

  /// `/`, `/*`, the home directory, and what is directly below `/` except for `/tmp`.
  private static func isRoot(_ path: String) -> Bool {
    var text = path[...]
    while text.count > 1, text.hasSuffix("/") || text.hasSuffix("*") || text.hasSuffix("/.") {
      text = text.dropLast()
    }
    if ["/", "~", "$HOME", "${HOME}", "~/", "..", "../"].contains(String(text)) { return true }
    return text.hasPrefix("/") && !text.dropFirst().contains("/") && text != "/tmp"
  }

  /// Words of a git command from the subcommand on.
  private static func subcommand(_ words: [String]) -> [String] {
    var rest = words[...]
    while let first = rest.first, first.hasPrefix("-") {
      rest = rest.dropFirst(["-C", "-c", "--git-dir", "--work-tree", "--namespace"].contains(first) ? 2 : 1)
    }
    return Array(rest)
  }

  private static func gitDanger(_ words: [String]) -> String? {
    func has(_ short: Character, _ long: String) -> Bool {
      words.dropFirst().contains {
        $0 == long || $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains(short)
      }
    }
    switch words.first {
    case "push":
      guard has("f", "--force") || words.dropFirst(2).contains(where: { $0.hasPrefix("+") }) else {
        return nil
      }
      return
        "this may overwrite what others pushed: `gt done` pushes your branch, `--force-with-lease` is safe"
    case "reset":
      return words.contains("--hard")
        ? "this throws away what is not committed: `git stash` or a commit keeps it, `git reset --keep` refuses to lose it"
        : nil
    case "clean":
      return has("f", "--force") && !has("n", "--dry-run")
        ? "this removes files for good: name those that are to go, or commit first" : nil
    default: return nil
    }
  }

  private static func isDatabase(_ program: String) -> Bool {
    ["psql", "mysql", "mariadb", "sqlite3", "duckdb", "clickhouse-client", "sqlcmd"].contains(program)
  }

  private static func tables(_ line: String) -> String? {
    let words = line.lowercased().split { !$0.isLetter }
    let pairs = zip(words, words.dropFirst())
    return pairs.contains {
      ($0 == "drop" && ["table", "database", "schema"].contains($1)) || $0 == "truncate" && $1 == "table"
    }
      ? "this throws away data: ask for help with `gt escalate`" : nil
  }
}
