extension AgentGuide {
  /// A few lines for instructions that agents read anyway, such as `AGENTS.md`.
  public static let snippet = """
    ## Issues

    This project tracks its work with beads, the program `bd`. Run `bd prime` when a session starts: it says how.
    In short: `bd ready` lists what can be done, `bd update ID --claim` takes it, \
    `bd close ID --reason "What was done"` finishes it.
    What you discover on the way: `bd create "Title" --deps discovered-from:ID`. No TODO files.

    """

  /// The first ten minutes with `bd`, for people and agents.
  public static let quickstart = """
    Issues form a graph in .beads/: what waits for what decides what can be worked on now.

    Start a project, or join one that git brought:

        bd init

    Write down what has to be done. P0 is critical, P2 normal, P4 some day:

        bd create "Rotate session keys" -t task -p 1
        bd create "Fix sign-in" -t bug -p 0 -d "Fails after midnight"
        bd create "Sign-in" -t epic
        bd create "Sign-in page" --parent bd-7k2

    Say what waits for what: bd-a3f8 waits for bd-9zq.

        bd dep add bd-a3f8 bd-9zq
        bd dep tree bd-a3f8
        bd blocked

    Work. Claiming is atomic: of many who try, one gets it.

        bd ready
        bd update bd-9zq --claim
        bd create "Log rotation fails" --deps discovered-from:bd-9zq
        bd close bd-9zq --reason "Rotated nightly"

    Look around:

        bd list
        bd show bd-a3f8
        bd search "sign-in"
        bd status

    Repeatable work comes from formulas, cooked into molecules of steps:

        bd formula list
        bd mol pour mol-feature --var feature="Sign-in page"
        bd mol current
        bd close bd-mol-4xw --continue

    Share through git. Nothing is committed unless you ask for it:

        bd sync
        bd sync --full
        bd hooks install

    Tell your agents:

        bd remember "Tests need a running database"
        bd prime
        bd setup --list

    With --json every command prints one JSON document. bd help COMMAND explains each.

    """
}
