import CommandKit

/// Which words of a command line are IDs of issues whose project the command works on.
///
/// Commands that are not listed here work on the project one is in. Further IDs of a listed command, such as the
/// second one of `dep add`, are looked up in the project of the first.
enum RoutedArguments {
  /// Where a command has such IDs.
  enum Place: Equatable {
    /// Every argument.
    case all
    /// The first argument.
    case first
    /// Every argument but the last, which is a label.
    case allButLast
    /// The value of this flag.
    case flag(String)
    /// The values of these flags.
    case flags([String])
  }

  static let places: [String: Place] = [
    "show": .all, "update": .all, "close": .all, "done": .first, "reopen": .all, "defer": .all,
    "undefer": .all,
    "promote": .first, "assign": .first, "priority": .first, "note": .first, "comments": .first,
    "comments add": .first, "comments list": .first, "comment": .first, "label": .all,
    "label add": .allButLast, "label remove": .allButLast, "label list": .first, "label propagate": .first,
    "tag": .first, "state": .first, "state list": .first, "set-state": .first, "edit": .first, "delete": .all,
    "rename": .first, "todo done": .all, "children": .first, "dep": .flag("blocks"), "dep add": .first,
    "dep remove": .first, "dep list": .all, "dep tree": .first, "dep relate": .first, "dep unrelate": .first,
    "history": .first, "link": .first, "graph": .first, "duplicate": .first, "supersede": .first,
    "gate show": .first, "gate create": .flag("blocks"), "gate resolve": .first, "gate add-waiter": .first,
    "slot set": .first, "slot clear": .first, "slot show": .first, "agent state": .first,
    "agent heartbeat": .first, "agent show": .first, "swarm validate": .first, "swarm create": .first,
    "swarm status": .first,
    "mol show": .first, "mol current": .first, "mol progress": .first, "mol last-activity": .first,
    "mol squash": .first, "mol burn": .all, "why": .first, "heartbeat": .first, "restore": .first,
    "mail read": .first, "mail reply": .first, "mail ack": .all, "start": .all, "lint": .all,
    "human respond": .first, "human dismiss": .first,
    "list": .flag("parent"),
    "ready": .flags(["parent", "mol"]), "blocked": .flag("parent"),
  ]

  /// The commands that may be given no ID and then mean the issue touched last.
  static let meansLast: Set<String> = ["update", "close", "done", "edit"]

  /// The words of a command without the program's name, such as `dep add`.
  static func command(_ arguments: Arguments) -> String {
    arguments.commandPath.dropFirst().joined(separator: " ")
  }

  /// The words of a command line that are IDs.
  static func words(_ arguments: Arguments) -> [String] {
    let command = command(arguments)
    return switch places[command] {
    case nil: []
    case .all?:
      arguments.positionals + (command == "show" ? arguments.list("id") : [])
    case .first?: Array(arguments.positionals.prefix(1))
    case .allButLast?: Array(arguments.positionals.dropLast())
    case .flag(let name)?: arguments.string(name).map { [$0] } ?? []
    case .flags(let names)?: names.compactMap { arguments.string($0) }
    }
  }
}
