import CommandKit
import Foundation
import Testing

private func path(of shell: String) -> String? {
  ["/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + shell }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

private let installedShells = ["bash", "zsh", "fish"].filter { path(of: $0) != nil }

@Suite struct CompletionTests {
  private func script(_ shell: String) -> String { SampleTool.run(["completion", shell]).stdout }

  private func run(
    _ shell: String, _ arguments: [String], input: String
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path(of: shell)))
    process.arguments = arguments
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  @Test(arguments: installedShells) func theShellAcceptsTheScript(shell: String) throws {
    let result = try run(shell, ["-n", "/dev/stdin"], input: script(shell))
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
  }

  /// The words as bash splits them, `|` between; the last is being completed.
  static let completions: [(String, String)] = [
    ("bd|cr", "create"),
    ("bd|co", "comments completion"),
    ("bd|", "create show list dep comments mail help completion"),
    ("bd|--", "--version --help --json --quiet --actor --directory"),
    ("bd|-q|li", "list"),
    ("bd|--actor|create|sh", "show"),
    ("bd|--actor|=|create|sh", "show"),
    ("bd|-C|x|dep|", "add remove tree"),
    ("bd|dep|rem", "remove"),
    ("bd|dep|rm|--j", "--json"),
    ("bd|dep|add|--t", "--type"),
    ("bd|create|--type|", "bug feature task"),
    ("bd|create|--type|f", "feature"),
    ("bd|create|--type|=", "bug feature task"),
    ("bd|create|--type|=|b", "bug"),
    ("bd|new|-t|t", "task"),
    ("bd|new|title|-t|t", "task"),
    ("bd|create|--type|bug|--p", "--priority"),
    ("bd|create|--type|=|bug|--p", "--priority"),
    ("bd|create|--bo", ""),
    ("bd|create|--dry-run|--ti", "--title"),
    ("bd|list|--status|", "open closed"),
    ("bd|list|--sort|-|--re", "--reverse"),
    ("bd|list|--sort|--json|--re", "--reverse"),
    ("bd|completion|", "bash zsh fish"),
    ("bd|completion|z", "zsh"),
    ("bd|show|--|--l", ""),
    ("bd|show|dep|", ""),
    ("bd|check", ""),
    ("bd|comments|", "add"),
    ("bd|comments|x|", ""),
    ("bd|comments|add|--au", "--author"),
    ("bd|bogus|cr", ""),
  ]

  @Test(.enabled(if: installedShells.contains("bash"))) func bashCompletes() throws {
    var input = script("bash")
    for (words, _) in Self.completions {
      let array = words.split(separator: "|", omittingEmptySubsequences: false).map { "'\($0)'" }
      input += """
        COMP_WORDS=(\(array.joined(separator: " "))) COMP_CWORD=\(array.count - 1) COMPREPLY=()
        _bd
        echo "${COMPREPLY[*]}"

        """
    }
    let result = try run("bash", ["--norc"], input: input)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    try #require(lines.count == Self.completions.count, "\(result.output)")
    for ((words, expected), line) in zip(Self.completions, lines) {
      #expect(line.split(separator: " ").sorted() == expected.split(separator: " ").sorted(), "\(words)")
    }
  }

  @Test func everyScriptCoversTheTree() {
    for shell in ["bash", "zsh", "fish"] {
      let text = script(shell)
      for word in [
        "'bd create'", "'bd new'", "'bd dep add'", "'bd dep rm'", "'bd comments add'", "--dry-run",
        "--local-time",
        "--actor", "feature", "--tag",
      ] {
        #expect(text.contains(word), "\(shell) lacks \(word)")
      }
      for hidden in ["check-internal", "--body", "--no-daemon", "--mode"] {
        #expect(!text.contains(hidden), "\(shell) shows \(hidden)")
      }
    }
  }

  @Test func zshScriptIsLoadedBothWays() {
    let text = script("zsh")
    #expect(text.hasPrefix("#compdef bd\n"))
    #expect(text.contains("commands=('create:Create one issue, many from Markdown, or a graph from a plan' "))
    #expect(text.contains("'--type:Kind of issue'"))
    #expect(text.contains("    'bd create -t' | 'bd create --type') values=('bug' 'feature' 'task') ;;"))
    #expect(text.hasSuffix("else\n  compdef _bd bd\nfi\n"))
  }

  @Test func fishScriptOffersDescriptions() {
    let text = script("fish")
    #expect(
      text.contains(
        "        case 'bd create -t' 'bd create --type'\n            printf '%s\\n' 'bug' 'feature' 'task'\n")
    )
    #expect(text.contains("'--author' 'Who says it'"))
    #expect(text.hasSuffix("complete -c bd -f -a '(__bd)'\n"))
  }

  @Test func quotesAwkwardText() {
    let root = Command<Void>(
      "my-tool", summary: "x", globalFlags: [.bool("json", help: "JSON")],
      subcommands: [
        Command("a", summary: "It's a $(trap) \\ `x`", flags: [.string("f", values: ["o'k"], help: "It's")]) {
          _, _ in
        },
        .completion(),
      ])
    func script(_ shell: String) -> String {
      let output = Output.captured()
      _ = CommandRunner(root).run(arguments: ["completion", shell], context: (), output: output)
      return output.standardOutput.captured
    }
    #expect(script("zsh").contains("'a:It'\\''s a $(trap) \\ `x`'"))
    #expect(script("fish").contains("'It\\'s a $(trap) \\\\ `x`'"))
    #expect(script("bash").contains("complete -o default -F _my_tool my-tool"))
    #expect(script("bash").contains("values='o'\\''k'"))
  }

  @Test func refusesOtherShells() {
    let run = SampleTool.run(["completion", "tcsh"])
    #expect(run.status == 1)
    #expect(
      run.stderr == """
        Error: no completion for shell "tcsh"
        Hint: Known shells: bash, zsh, fish. Run 'bd completion --help' for usage.

        """)
  }
}
