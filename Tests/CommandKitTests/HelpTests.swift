import CommandKit
import Testing

@Suite struct HelpTests {
  @Test func root() {
    let run = SampleTool.run(["help"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Issue tracker for coding agents.

        Usage: bd <command> [flags]

        Issues:
          create      Create one issue, many from Markdown, or a graph from a plan
          show        Show issues
          list        List issues
          comments    List comments, or add one

        Structure:
          dep         Dependencies between issues
          mail        Hand everything to the mail program

        Setup:
          help        Show help for a command
          completion  Print a completion script for a shell

        Flags:
          -V, --version  Print the version

        Global flags:
          -h, --help           Show help for a command
              --json           Print JSON
          -q, --quiet          Print less
              --actor NAME     Who is acting
          -C, --directory DIR  Use the project of DIR

        Run 'bd <command> --help' for more about a command.

        Examples:
          bd create "Fix login" -p 1
          bd list --status open

        """#)
  }

  @Test func command() {
    let run = SampleTool.run(["create", "--help"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Create one issue, many from Markdown, or a graph from a plan.

        Usage: bd create [title] [flags]
        Aliases: new

        The title is given as a positional or with --title. Text that begins with a dash
        goes after two dashes, so that it is not taken for a flag.

        Markdown looks like this:

          ## Title
          text of the description

        Arguments:
          [title]  What is to be done

        Flags:
              --title TEXT        Title, if not a positional
          -t, --type VALUE        Kind of issue (one of: bug, feature, task; default:
                                  task)
          -p, --priority N        0 is highest (default: 2)
          -a, --assignee NAME     Who will do it; an empty name means that nobody has
                                  been chosen yet
          -l, --labels VALUE,...  Labels
              --dry-run           Only show what would happen

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        Examples:
          # a bug
          bd create "Login fails" -t bug -p 1

        """#)
  }

  @Test func narrowTerminal() {
    let run = SampleTool.run(["help", "create"], traits: TerminalTraits(width: 50))
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Create one issue, many from Markdown, or a graph
        from a plan.

        Usage: bd create [title] [flags]
        Aliases: new

        The title is given as a positional or with
        --title. Text that begins with a dash goes after
        two dashes, so that it is not taken for a flag.

        Markdown looks like this:

          ## Title
          text of the description

        Arguments:
          [title]  What is to be done

        Flags:
              --title TEXT        Title, if not a
                                  positional
          -t, --type VALUE        Kind of issue (one of:
                                  bug, feature, task;
                                  default: task)
          -p, --priority N        0 is highest (default:
                                  2)
          -a, --assignee NAME     Who will do it; an empty
                                  name means that nobody
                                  has been chosen yet
          -l, --labels VALUE,...  Labels
              --dry-run           Only show what would
                                  happen

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME,
          -C/--directory DIR

        Examples:
          # a bug
          bd create "Login fails" -t bug -p 1

        """#)
  }

  @Test func group() {
    let run = SampleTool.run(["help", "dep"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Dependencies between issues.

        Usage: bd dep <command>

        Commands:
          add     Add a dependency
          remove  Remove a dependency
          tree    Show the tree

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        Run 'bd dep <command> --help' for more about a command.

        """#)
  }

  @Test func commandWithSubcommands() {
    let run = SampleTool.run(["comments", "-h"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        List comments, or add one.

        Usage: bd comments <id> [flags]
               bd comments <command>

        Commands:
          add  Add a comment

        Flags:
          --local-time  Times in this time zone

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        Run 'bd comments <command> --help' for more about a command.

        """#)
  }

  @Test func valuesAndDefaults() {
    let run = SampleTool.run(["list", "--help"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        List issues.

        Usage: bd list [flags]

        Flags:
          -s, --status VALUE,...  Only issues with this status (such as: open, closed)
          -n, --limit N           At most N; -1 for all (default: 50)
              --tree              Show children below their parents (default: true)
          -r, --reverse           Reverse the order
              --sort FIELD        Order

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        """#)
  }

  @Test func builtIn() {
    let run = SampleTool.run(["help", "completion"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Print a completion script for a shell.

        Usage: bd completion <shell>

        Load the script from the start-up file of the shell:

          bash: source <(PROGRAM completion bash)
          zsh:  source <(PROGRAM completion zsh)
          fish: PROGRAM completion fish | source

        Arguments:
          <shell>  one of: bash, zsh, fish

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        """#)
  }

  @Test func passingArguments() {
    let run = SampleTool.run(["mail", "--help"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        Hand everything to the mail program.

        Usage: bd mail [args]...

        Global flags (see 'bd --help'):
          -h/--help, --json, -q/--quiet, --actor NAME, -C/--directory DIR

        """#)
  }

  @Test func isTheSameHoweverItIsAskedFor() {
    let expected = SampleTool.run(["dep", "add", "--help"]).stdout
    #expect(expected.hasPrefix("Add a dependency."))
    for line in [
      ["help", "dep", "add"], ["dep", "add", "-h"], ["--help", "dep", "add"], ["dep", "-h", "add"],
      ["dep", "help", "add"], ["dep", "add", "x", "--help"], ["-q", "dep", "add", "--type", "x", "-h"],
      ["dep", "add", "--help", "--bogus"],
    ] {
      let run = SampleTool.run(line)
      #expect(run.stdout == expected && run.status == 0 && run.calls.isEmpty, "\(line)")
    }
    #expect(SampleTool.run([]).stdout == SampleTool.run(["--help"]).stdout)
    #expect(SampleTool.run(["dep"]).stdout == SampleTool.run(["help", "dep"]).stdout)
    #expect(SampleTool.run(["help", "new"]).stdout == SampleTool.run(["create", "-h"]).stdout)
  }

  @Test func headingsAreBoldWhereColoursAre() {
    let run = SampleTool.run(["help", "dep"], traits: TerminalTraits(isTerminal: true, usesColor: true))
    #expect(run.stdout.contains("\u{1B}[1mCommands:\u{1B}[0m\n  add     Add a dependency\n"))
  }

  @Test func anUnknownTopicIsAnError() {
    let run = SampleTool.run(["help", "crate"])
    #expect(run.status == 1 && run.stdout.isEmpty)
    #expect(
      run.stderr == """
        Error: unknown command "crate" for "bd"
        Hint: Did you mean 'create'? Run 'bd --help' for usage.

        """)
    #expect(
      SampleTool.run(["help", "dep", "crate"]).stderr.hasPrefix(
        "Error: unknown command \"crate\" for \"bd dep\""))
  }
}
