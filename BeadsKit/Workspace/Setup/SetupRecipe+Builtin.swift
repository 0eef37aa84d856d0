extension SetupRecipe {
  /// The recipes that every project has.
  public static let builtin: [SetupRecipe] = [
    SetupRecipe(
      name: "claude", title: "Claude Code",
      parts: [
        Part(
          path: ".claude/settings.json", personalPath: ".claude/settings.local.json", content: .hooks(claude))
      ],
      globalParts: [Part(path: ".claude/settings.json", content: .hooks(claude))]),
    SetupRecipe(
      name: "gemini", title: "Gemini CLI",
      parts: [Part(path: ".gemini/settings.json", content: .hooks(start))],
      globalParts: [Part(path: ".gemini/settings.json", content: .hooks(start))]),
    SetupRecipe(
      name: "codex", title: "Codex CLI",
      parts: [
        section("AGENTS.md"), section(".agents/skills/beads/SKILL.md", preamble: skill),
        Part(path: ".codex/hooks.json", content: .hooks(start)),
      ],
      globalParts: [Part(path: ".codex/hooks.json", content: .hooks(start))]),
    SetupRecipe(name: "factory", title: "Factory Droid", parts: [section("AGENTS.md")]),
    SetupRecipe(name: "mux", title: "Mux", parts: [section("AGENTS.md")]),
    SetupRecipe(name: "opencode", title: "OpenCode", parts: [section("AGENTS.md")]),
    SetupRecipe(
      name: "cursor", title: "Cursor", parts: [section(".cursor/rules/beads.mdc", preamble: rule)]),
    SetupRecipe(name: "windsurf", title: "Windsurf", parts: [section(".windsurf/rules/beads.md")]),
    SetupRecipe(name: "cody", title: "Sourcegraph Cody", parts: [section(".cody/rules/beads.md")]),
    SetupRecipe(name: "kilocode", title: "Kilo Code", parts: [section(".kilocode/rules/beads.md")]),
    SetupRecipe(
      name: "aider", title: "Aider",
      parts: [
        Part(
          path: ".aider.conf.yml",
          content: .section(
            MarkedSection(comment: .hash, text: "read:\n  - .aider/BEADS.md\n", key: "read"))),
        section(".aider/BEADS.md"),
      ]),
    SetupRecipe(
      name: "junie", title: "JetBrains Junie",
      parts: [
        section(".junie/guidelines.md"), Part(path: ".junie/mcp/mcp.json", content: .server(ServerEntry())),
      ]),
    SetupRecipe(
      name: "copilot", title: "GitHub Copilot", parts: [section(".github/copilot-instructions.md")]),
  ]

  /// The text that every agent without hooks reads: it leads to `bd prime`.
  static func section(_ path: String, preamble: String = "") -> Part {
    let section = MarkedSection(
      comment: MarkedSection.Comment(path), text: AgentGuide.snippet, preamble: preamble)
    return Part(path: path, content: .section(section))
  }

  private static let start = SessionHooks(hooks: [
    .init(event: "SessionStart", command: "bd prime --hook-json")
  ])

  /// What a session loses when it is compacted, the second one gives back; it reads plain text.
  private static let claude = SessionHooks(
    hooks: start.hooks + [.init(event: "PreCompact", command: "bd prime")])

  private static let rule = """
    ---
    description: Issues of this project
    alwaysApply: true
    ---

    """

  private static let skill = """
    ---
    name: beads
    description: Find, claim, file and close issues of this project with bd. Use it for all planning and tracking.
    ---

    """
}
