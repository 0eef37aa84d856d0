import BeadsKit
import CommandKit

/// `bd quickstart` and `bd onboard`: texts that are the same everywhere.
enum GuideTextCommands {
  static var quickstart: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "quickstart", summary: "Show the first steps with bd", section: CommandTree.Section.setup,
      examples: ["bd quickstart"]
    ) { _, context in
      if context.isJSON { return context.object { $0.member("text", AgentGuide.quickstart) } }
      context.output.write(AgentGuide.quickstart)
    }
  }

  static var onboard: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "onboard", summary: "Print the lines that tell agents about bd",
      section: CommandTree.Section.setup,
      discussion: """
        They belong into the instructions that the agents of a project read anyway, such as AGENTS.md or CLAUDE.md. \
        Nothing is written.
        """,
      examples: ["bd onboard", "bd onboard >> AGENTS.md"]
    ) { _, context in
      if context.isJSON { return context.object { $0.member("text", AgentGuide.snippet) } }
      context.output.write(AgentGuide.snippet)
    }
  }
}
