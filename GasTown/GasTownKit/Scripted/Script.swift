public import BeadsKit

/// What the scripted agent does, one command a line; `#` starts a remark.
///
/// | command | what it does |
/// |---|---|
/// | `say TEXT` | prints the text |
/// | `write FILE TEXT`, `leave FILE TEXT` | writes a file in the worktree and does not commit it |
/// | `commit MESSAGE` | commits everything |
/// | `checkpoint STEP [TITLE]` | records that the step is done; a session that takes over goes on behind it |
/// | `gt WORD...`, `git WORD...` | runs the command and prints what it says |
/// | `sleep DURATION` | goes on reading messages for so long |
/// | `wait [TEXT]` | waits for a message, or one that contains the text |
/// | `child DURATION` | leaves a process in the background |
/// | `limit` | prints what an agent at its rate limit prints |
/// | `flood MEGABYTES` | prints that much |
/// | `swallow N` | ignores Enter the next N times |
/// | `ignore` | takes no message from now on |
/// | `hang` | does nothing any more, and does not read |
/// | `crash`, `exit STATUS` | ends |
/// | `done` | runs `gt done` |
///
/// `once` before a command makes it happen in the first session of an issue that gets there, and never again.
/// `{{bead}}` and `{{title}}` stand for the assignment.
public struct Script: Sendable, Equatable {
  /// One command.
  public struct Line: Sendable, Equatable {
    /// Where it stands, from 1.
    public let number: Int
    /// Whether it happens only once for an issue.
    public let isOnce: Bool
    /// The command and its arguments.
    public let words: [String]
  }

  /// The commands in order.
  public let lines: [Line]

  /// What it does with any assignment that says nothing else: a file, a commit, done.
  public static let standard = """
    write {{bead}}.md "# {{title}}"
    commit "{{title}} ({{bead}})"
    done
    """

  /// What it does with a conflict that the merge engine met: it brings in the branch, and where both exclude each other
  /// the target's side stays.
  static func resolution(of branch: String) -> String {
    """
    git fetch --quiet origin
    git merge --quiet --strategy-option ours --message "{{title}}" origin/\(branch)
    write {{bead}}.md "# {{title}}"
    commit "{{title}} ({{bead}})"
    done
    """
  }

  /// Does nothing.
  static let empty = Script(lines: [])

  private init(lines: [Line]) { self.lines = lines }

  /// How many arguments each command takes at least.
  private static let commands: [String: Int] = [
    "say": 1, "write": 2, "leave": 2, "commit": 1, "checkpoint": 1, "gt": 1, "git": 1, "sleep": 1, "wait": 0,
    "child": 1, "limit": 0, "flood": 1, "swallow": 1, "ignore": 0, "hang": 0, "crash": 0, "exit": 1,
    "done": 0,
  ]

  /// Reads a script.
  /// - Throws: `invalid` naming the line that is no command.
  public init(_ text: String) throws(BeadsError) {
    var lines: [Line] = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
      number += 1
      var words = ShellWords(line, isPlain: true).words
      guard let first = words.first else { continue }
      let isOnce = first == "once"
      if isOnce { words.removeFirst() }
      guard let least = words.first.flatMap({ Self.commands[$0] }), words.count > least else {
        throw BeadsError(
          .invalid, "line \(number) of the script is no command: \(line)",
          hint: "`gt scripted-agent --help` lists the commands")
      }
      lines.append(Line(number: number, isOnce: isOnce, words: words))
    }
    self.lines = lines
  }

  /// The script that the description of an issue has in lines that start with `scripted:`; nil without such lines.
  public init?(inDescription text: String) throws(BeadsError) {
    let mark = "scripted:"
    let found = text.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
    if found.isEmpty { return nil }
    try self.init(found.joined(separator: "\n"))
  }
}
