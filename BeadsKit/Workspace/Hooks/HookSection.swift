/// The lines that are ours in a git hook, between two markers; nothing else in the file is.
///
/// They stand at the top of a hook, below the comment it begins with. There they run whatever comes after (`exit`,
/// `exec`, a sourced script that ends the shell), and the status of the hook stays that of its own last command: a
/// failing check that was there before keeps stopping git.
struct HookSection: Equatable {
  let hook: GitHook
  /// Whether it hands over to the hook that was here before, now `NAME.old`.
  let isChained: Bool

  static let begin = "# --- BEGIN BEADS INTEGRATION"
  static let end = "# --- END BEADS INTEGRATION"

  /// Seconds after which git goes on without bd.
  ///
  /// Ten times what the longest work of a hook takes with 10,000 issues (an import in 0.5 s), so that a busy machine
  /// does not cut it off, and short enough not to look like a hang. What was cut off, the next command does.
  static let defaultTimeout = 5

  /// The lines between the markers.
  ///
  /// `timeout` is there for a `bd` that is another program; ours watches the time itself, where no `timeout` exists.
  /// Standard input belongs to the hook's own commands.
  var body: [String] {
    var lines = [
      "# Takes .beads/issues.jsonl along with git. Git goes on when bd is missing, slow or failing.",
      "if \(hook.condition)command -v bd >/dev/null 2>&1; then",
      "  if command -v timeout >/dev/null 2>&1; then",
      "    BD_GIT_HOOK=1 timeout \"${BEADS_HOOK_TIMEOUT:-\(Self.defaultTimeout)}\" \(call)",
      "  else",
      "    BD_GIT_HOOK=1 \(call)",
      "  fi || \(hook.refusal)",
      "fi",
    ]
    if isChained { lines.append("if [ -x \"$0.old\" ]; then exec \"$0.old\" \"$@\"; fi") }
    return lines
  }

  private var call: String { "bd hooks run \(hook.rawValue) \"$@\" </dev/null" }

  /// The section as it is written, each line with its newline.
  var text: String {
    let marker = "v\(beadsVersion) ---"
    return (["\(Self.begin) \(marker)"] + body + ["\(Self.end) \(marker)"]).map { $0 + "\n" }.joined()
  }
}
