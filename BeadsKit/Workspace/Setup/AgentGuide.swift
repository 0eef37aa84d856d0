/// What an agent has to know to work with the issues of a project, written by us; every byte costs it tokens.
public enum AgentGuide {
  /// How issues leave this clone, which decides how a session ends.
  public enum Sharing: Sendable, Equatable {
    /// Through the git remote, along with the code.
    case remote
    /// Through a git branch of their own.
    case branch(String)
    /// Through commits that stay here: there is no remote.
    case local
    /// Not at all, as far as agents are concerned: no git, or none of their business.
    case none
  }

  /// The guide for agents that type commands: sections in Markdown, the most important first.
  /// - Parameter hasHistory: Whether changes can be undone: without a database nothing remembers them.
  public static func commands(_ sharing: Sharing, hasHistory: Bool = true) -> [String] {
    [head, loop, structure + (hasHistory ? " `bd undo` takes the last change back." : ""), end(sharing)]
  }

  /// The guide for agents that have the tools of an MCP server.
  public static func tools(_ sharing: Sharing) -> [String] { [head, toolLoop, end(sharing)] }

  private static let head = """
    # Beads: the issues of this project
    Plan and track work in beads, not in TODO files: issues outlive this session and other agents see them.
    """

  private static let loop = """
    ## Work
    1. `bd ready` lists what nothing blocks; read one with `bd show ID`.
    2. `bd update ID --claim` takes it (`bd ready --claim`: the first there is). Refused: somebody has it, take another.
    3. Work. What you discover on the way becomes an issue at once:
       `bd create "Title" -d "Why" -t bug -p 1 --deps discovered-from:ID` (p0 critical to p4 backlog)
    4. `bd close ID --reason "What was done"`; with `--claim-next` it also takes the next one.
    """

  private static let structure = """
    ## Structure
    - `bd dep add A B`: A waits for B. `bd create "Title" --parent EPIC` makes a child.
    - `bd blocked` lists who waits, `bd why ID` says for what.
    - Stuck: `bd comment ID "Why"`, then `bd dep add ID BLOCKER` or `bd update ID --status blocked`.
    - A molecule is a workflow: `bd mol current` shows your step, `bd close STEP --continue` starts the next.
    - `bd remember "Fact"` tells every later session.
    - `bd list`, `bd search WORDS` and the rest take `--json`; `bd help COMMAND` explains.
    """

  private static let toolLoop = """
    Use the tools of the beads server:
    1. List ready work, which nothing blocks, and show one issue.
    2. Claim it. Refused: somebody has it, take another.
    3. Work. Create an issue at once for what you discover, with a discovered-from dependency on yours.
    4. Close it with a reason, then list ready work again.
    A dependency of A on B means that A waits for B. Priority 0 is critical, 4 backlog.
    """

  private static func end(_ sharing: Sharing) -> String {
    let steps = """
      ## Before you finish
      Create issues for what is left; close what is done; `bd update ID --status open -a ""` gives back the rest.
      """
    return switch sharing {
    case .none: steps
    case .local: steps + "\n`bd sync`, then commit `.beads/issues.jsonl` with the code it belongs to."
    case .remote:
      steps + """

        `bd sync`, then commit `.beads/issues.jsonl` with the code it belongs to. `bd sync --full` also exchanges \
        issues with the remote; use it where the rules of this repository allow that.
        """
    case .branch(let name):
      steps
        + "\n`bd sync --full` shares the issues through the branch `\(name)`; leave `.beads` out of commits."
    }
  }
}
