import CommandKit
import Testing

@Suite struct ReferenceTests {
  @Test func everyCommandWithItsFlags() {
    let run = SampleTool.run(["help", "--all"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        bd <command> [flags]
          Issue tracker for coding agents
            -V, --version  Print the version

        bd create [title] [flags]
          Create one issue, many from Markdown, or a graph from a plan
                --title TEXT        Title, if not a positional
            -t, --type VALUE        Kind of issue (one of: bug, feature, task; default:
                                    task)
            -p, --priority N        0 is highest (default: 2)
            -a, --assignee NAME     Who will do it; an empty name means that nobody has
                                    been chosen yet
            -l, --labels VALUE,...  Labels
                --dry-run           Only show what would happen

        bd show <id>... [flags]
          Show issues
            --long  Show every field

        bd list [flags]
          List issues
            -s, --status VALUE,...  Only issues with this status (such as: open, closed)
            -n, --limit N           At most N; -1 for all (default: 50)
                --tree              Show children below their parents (default: true)
            -r, --reverse           Reverse the order
                --sort FIELD        Order

        bd dep add <from> <to> [flags]
          Add a dependency
            -t, --type VALUE  Kind of dependency (default: blocks)

        bd dep remove <from> <to>
          Remove a dependency

        bd dep tree <id>
          Show the tree

        bd comments <id> [flags]
          List comments, or add one
            --local-time  Times in this time zone

        bd comments add <id> [text]... [flags]
          Add a comment
            -a, --author NAME  Who says it
                --local-time   Times in this time zone

        bd mail [args]...
          Hand everything to the mail program

        bd help [command]... [flags]
          Show help for a command
            --all   Show every command with its flags
            --list  List the names of all commands, one per line
            --doc   Print a reference in Markdown

        bd completion <shell>
          Print a completion script for a shell

        Global flags:
          -h, --help           Show help for a command
              --json           Print JSON
          -q, --quiet          Print less
              --actor NAME     Who is acting
          -C, --directory DIR  Use the project of DIR

        """#)
  }

  @Test func oneSubtree() {
    let run = SampleTool.run(["help", "--all", "comments"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        bd comments <id> [flags]
          List comments, or add one
            --local-time  Times in this time zone

        bd comments add <id> [text]... [flags]
          Add a comment
            -a, --author NAME  Who says it
                --local-time   Times in this time zone

        Global flags:
          -h, --help           Show help for a command
              --json           Print JSON
          -q, --quiet          Print less
              --actor NAME     Who is acting
          -C, --directory DIR  Use the project of DIR

        """#)
  }

  @Test func names() {
    let run = SampleTool.run(["help", "--list"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        create
        show
        list
        dep
        dep add
        dep remove
        dep tree
        comments
        comments add
        mail
        help
        completion

        """#)
  }

  @Test func namesOfASubtree() {
    let run = SampleTool.run(["help", "--list", "dep"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        dep
        dep add
        dep remove
        dep tree

        """#)
  }

  @Test func markdown() {
    let run = SampleTool.run(["help", "--doc", "create"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        # `bd create`

        Create one issue, many from Markdown, or a graph from a plan.

        ```
        bd create [title] [flags]
        ```

        Aliases: `new`

        The title is given as a positional or with --title. Text that begins with a dash goes after two dashes, so that it is not taken for a flag.

        Markdown looks like this:

              ## Title
              text of the description

        - `[title]`: What is to be done

        - `--title TEXT`: Title, if not a positional
        - `-t, --type VALUE`: Kind of issue (one of: bug, feature, task; default: task)
        - `-p, --priority N`: 0 is highest (default: 2)
        - `-a, --assignee NAME`: Who will do it; an empty name means that nobody has been chosen yet
        - `-l, --labels VALUE,...`: Labels
        - `--dry-run`: Only show what would happen

        Global flags:

        - `-h, --help`: Show help for a command
        - `--json`: Print JSON
        - `-q, --quiet`: Print less
        - `--actor NAME`: Who is acting
        - `-C, --directory DIR`: Use the project of DIR

        ```sh
        # a bug
        bd create "Login fails" -t bug -p 1
        ```

        """#)
  }

  @Test func markdownOfASubtree() {
    let run = SampleTool.run(["help", "--doc", "comments"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        # `bd comments`

        List comments, or add one.

        ```
        bd comments <id> [flags]
        bd comments <command>
        ```

        - `--local-time`: Times in this time zone

        Global flags:

        - `-h, --help`: Show help for a command
        - `--json`: Print JSON
        - `-q, --quiet`: Print less
        - `--actor NAME`: Who is acting
        - `-C, --directory DIR`: Use the project of DIR

        ## `bd comments add`

        Add a comment.

        ```
        bd comments add <id> [text]... [flags]
        ```

        - `-a, --author NAME`: Who says it
        - `--local-time`: Times in this time zone

        """#)
  }

  @Test func helpForPrograms() {
    let run = SampleTool.run(["help", "comments", "--json"])
    #expect(run.status == 0 && run.stderr.isEmpty)
    #expect(
      run.stdout == #"""
        {
          "arguments": [
            {
              "name": "id",
              "repeated": false,
              "required": true
            }
          ],
          "command": "bd comments",
          "commands": [
            {
              "name": "add",
              "summary": "Add a comment"
            }
          ],
          "flags": [
            {
              "help": "Times in this time zone",
              "name": "local-time",
              "type": "bool"
            }
          ],
          "schema_version": 1,
          "summary": "List comments, or add one",
          "usage": [
            "bd comments \u003cid\u003e [flags]",
            "bd comments \u003ccommand\u003e"
          ]
        }

        """#)
  }

  @Test func markdownCoversEveryVisibleCommand() {
    let markdown = SampleTool.run(["help", "--doc"]).stdout
    for name in SampleTool.run(["help", "--list"]).stdout.split(separator: "\n") {
      #expect(markdown.contains("\n## `bd \(name)`\n"), "\(name)")
    }
    #expect(markdown.hasPrefix("# `bd`\n\nIssue tracker for coding agents.\n"))
    #expect(!markdown.contains("check-internal") && !markdown.contains("--body"))
  }

  @Test func programsGetOneDocument() {
    #expect(
      SampleTool.run(["help", "--list", "dep", "--json"]).stdout == """
        [
          "dep",
          "dep add",
          "dep remove",
          "dep tree"
        ]

        """)
    #expect(
      SampleTool.run(["help", "--all", "--json"]).stdout.hasPrefix("[\n  {\n    \"command\": \"bd\",\n"))
    #expect(SampleTool.run(["--json"]).stdout.contains("\"global_flags\": [\n"))
    #expect(
      SampleTool.run(["create", "-h", "--json"]).stdout.contains(
        """
            {
              "default": "2",
              "help": "0 is highest",
              "name": "priority",
              "short": "p",
              "type": "int"
            }
        """))
  }
}
