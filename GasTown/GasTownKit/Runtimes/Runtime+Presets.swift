extension Runtime {
  /// The agents that need no settings, in the order in which they are listed.
  public static let presets: [Runtime] = [
    claude, gemini, codex, cursor, auggie, amp, openCode, copilot, scripted,
  ]

  /// Stands for the file of the program `gt` in commands and hooks.
  public static let programPlaceholder = "{{GT_BIN}}"

  /// Hooks that a runtime has without its preset using them: Codex asks a person whether it may run those of a project.
  static let hooksOnRequest = ["codex": Hooks(provider: "codex", directory: ".codex", file: "hooks.json")]

  private static func preset(_ name: String, _ command: String, _ edit: (inout Runtime) -> Void) -> Runtime {
    var runtime = Runtime(name: name, command: command)
    edit(&runtime)
    return runtime
  }

  private static let claude = preset("claude", "claude") {
    $0.arguments = ["--dangerously-skip-permissions"]
    $0.processNames = ["node", "claude"]
    $0.sessionIDVariable = "CLAUDE_SESSION_ID"
    $0.resume = "--resume"
    $0.continueFlag = "--continue"
    $0.supportsForkSession = true
    $0.configDirectoryVariable = "CLAUDE_CONFIG_DIR"
    $0.hooks = Hooks(
      provider: "claude", directory: ".claude", file: "settings.json", settingsFlag: "--settings")
    $0.readyPrompt = "❯ "
    $0.readyDelay = 10_000
    $0.instructionsFile = "CLAUDE.md"
    $0.emitsPermissionWarning = true
    $0.dialogs = [
      StartupDialog("Is this a project you created or one you trust", answer: "Yes"),
      StartupDialog("Do you trust the files in this folder", answer: "Yes"),
      StartupDialog("Bypass Permissions mode", answer: "Yes, I accept"),
      StartupDialog("Do you want to use this API key", answer: "Yes"),
    ]
    $0.signs = [
      ScreenSign("limit*resets", .limited),
      ScreenSign("context low (0%", .exhausted),
      ScreenSign("conversation too long", .exhausted),
      ScreenSign("❯ 1. yes", .question),
      ScreenSign("do you want to make this edit", .question),
      ScreenSign("do you want to create", .question),
      ScreenSign("select login method", .question),
      ScreenSign("retrying in*attempt", .failing),
    ]
    $0.drainsAtTurns = true
    $0.headless = Headless(
      arguments: ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"],
      form: .streamJSON)
    $0.passes = [
      "ANTHROPIC_", "AWS_", "GOOGLE_", "VERTEX_", "CLAUDE_CODE_USE_", "CLAUDE_CODE_CLIENT_",
      "CLOUD_ML_REGION",
      "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CONFIG_DIR",
    ]
    $0.models = ["sonnet": ["--model", "sonnet[1m]"], "haiku": ["--model", "haiku"]]
  }

  private static let gemini = preset("gemini", "gemini") {
    $0.arguments = ["--approval-mode", "yolo"]
    $0.sessionIDVariable = "GEMINI_SESSION_ID"
    $0.resume = "--resume"
    $0.promptMode = .flag("-i")
    $0.signs = [
      ScreenSign("quota limit", .limited),
      ScreenSign("apply this change?", .question),
      ScreenSign("allow execution", .question),
    ]
    $0.hooks = Hooks(provider: "gemini", directory: ".gemini", file: "settings.json")
    $0.readyDelay = 5000
    $0.escapeCancels = true
    $0.headless = Headless(arguments: ["--output-format", "json", "-p"], form: .none)
    $0.passes = ["GEMINI_", "GOOGLE_"]
  }

  private static let codex = preset("codex", "codex") {
    $0.arguments = ["--dangerously-bypass-approvals-and-sandbox"]
    // The server that it else shares with others of the same person runs commands in the environment of whoever
    // started it, which is another agent's. A folder that is trusted is not asked about.
    $0.placeArguments = [
      "--no-daemon", "-c", "projects={{{DIRECTORY}}={trust_level=\"trusted\"}}",
    ]
    $0.resume = "resume"
    $0.resumesBySubcommand = true
    $0.promptMode = .none
    $0.readyPrompt = "› "
    $0.dialogs = [
      StartupDialog("Trust this folder?", answer: "Trust and continue"),
      StartupDialog("Do you trust the contents of this directory", answer: "Yes"),
    ]
    $0.signs = [
      ScreenSign("ran out of room in the model's context", .exhausted),
      ScreenSign("would you like to run the following command", .question),
      ScreenSign("would you like to make the following edits", .question),
      ScreenSign("allow command?", .question),
      ScreenSign("exceeded retry limit", .failing),
    ]
    $0.readyDelay = 3000
    $0.headless = Headless(arguments: ["exec", "--json"], form: .none)
    $0.passes = ["OPENAI_", "CODEX_"]
  }

  private static let cursor = preset("cursor", "cursor-agent") {
    $0.arguments = ["-f"]
    $0.processNames = ["cursor-agent", "agent"]
    $0.resume = "--resume"
    $0.hooks = Hooks(provider: "cursor", directory: ".cursor", file: "hooks.json")
    $0.readyDelay = 5000
    $0.headless = Headless(arguments: ["-p", "--output-format", "json"], form: .none)
    $0.passes = ["CURSOR_"]
  }

  private static let auggie = preset("auggie", "auggie") {
    $0.arguments = ["--allow-indexing"]
    $0.resume = "--resume"
    $0.passes = ["AUGMENT_"]
  }

  private static let amp = preset("amp", "amp") {
    $0.arguments = ["--dangerously-allow-all", "--no-ide"]
    $0.resume = "threads continue"
    $0.resumesBySubcommand = true
    $0.passes = ["AMP_"]
  }

  private static let openCode = preset("opencode", "opencode") {
    $0.variables = ["OPENCODE_PERMISSION": #"{"*":"allow"}"#]
    $0.processNames = ["opencode", "node", "bun"]
    $0.promptMode = .flag("--prompt")
    $0.hooks = Hooks(provider: "opencode", directory: ".opencode/plugins", file: "gastown.js")
    $0.readyDelay = 8000
    $0.headless = Headless(arguments: ["run", "--format", "json"], form: .none)
    $0.passes = ["ANTHROPIC_", "OPENAI_", "OPENROUTER_", "GEMINI_", "GOOGLE_", "GROQ_", "OPENCODE_"]
  }

  private static let copilot = preset("copilot", "copilot") {
    $0.arguments = ["--yolo"]
    $0.resume = "--resume"
    $0.continueFlag = "--continue"
    $0.promptMode = .flag("-i")
    $0.signs = [ScreenSign("hit your rate limit", .limited)]
    $0.configDirectoryVariable = "COPILOT_HOME"
    $0.hooks = Hooks(provider: "copilot", directory: ".github/hooks", file: "gastown.json")
    $0.readyDelay = 5000
    $0.escapeCancels = true
    $0.headless = Headless(arguments: ["-p"], form: .none)
    $0.passes = ["COPILOT_", "GH_", "GITHUB_TOKEN"]
  }

  /// The agent that follows a script instead of a model; see `gt scripted-agent`.
  private static let scripted = preset("scripted", programPlaceholder) {
    $0.arguments = ["scripted-agent"]
    $0.processNames = ["gt"]
    $0.promptMode = .flag("--prompt")
    $0.readyPrompt = "> "
    $0.headless = Headless(arguments: [], form: .pasted)
    $0.passes = ["GT_SCRIPT"]
  }
}
