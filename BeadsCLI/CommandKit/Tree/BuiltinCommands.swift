extension Command {
  /// The `help` command, for the root's subcommands.
  public static func help(section: String = "") -> Command {
    Command(
      definition: CommandDefinition(
        name: "help", summary: "Show help for a command", section: section, action: .help,
        flags: {
          [
            .bool("all", help: "Show every command with its flags"),
            .bool("list", help: "List the names of all commands, one per line"),
            .bool("doc", help: "Print a reference in Markdown"),
          ]
        },
        positionals: { [.zeroOrMore("command")] }))
  }

  /// The `completion` command, for the root's subcommands; it prints a script made from the tree.
  public static func completion(section: String = "") -> Command {
    Command(
      definition: CommandDefinition(
        name: "completion", summary: "Print a completion script for a shell", section: section,
        action: .completion,
        discussion: {
          """
          Load the script from the start-up file of the shell:

            bash: source <(PROGRAM completion bash)
            zsh:  source <(PROGRAM completion zsh)
            fish: PROGRAM completion fish | source
          """
        },
        positionals: { [.required("shell", values: CompletionShell.allCases.map(\.rawValue))] }))
  }
}
