import CommandKit
import Testing

@Suite struct RunnerTests {
  struct Failure: RenderableError {
    var message = "cannot close <bd-1>: \u{1B}[31m2 blockers & more"
    var hint: String? = "See 'bd show bd-1'."
    var codeName = "conflict"
    var exitStatus: Int32 = 4
    var isRetryable = false
  }

  struct Plain: Error, CustomStringConvertible {
    var description: String { "something else" }
  }

  private func run(_ arguments: String..., throwing error: any Error & Sendable) -> SampleTool.Run {
    SampleTool.run(
      arguments,
      root: Command(
        "bd", summary: "x", globalFlags: SampleTool.globalFlags,
        subcommands: [
          Command("fail", summary: "Fail", positionals: [.zeroOrMore("id")]) { _, context in
            context.output.print("half a result")
            throw error
          }
        ]))
  }

  @Test func runsTheCommandOnce() {
    let run = SampleTool.run(["create", "Fix", "--json"])
    #expect(run.status == 0)
    #expect(run.stdout.isEmpty && run.stderr.isEmpty)
    #expect(run.calls.map(\.commandLine) == [["create", "--json", "--", "Fix"]])
  }

  @Test func theRootMayRunToo() {
    #expect(SampleTool.run(["--version"]).stdout == "bd version 1.2.3\n")
    #expect(SampleTool.run(["-V"]).status == 0)
    #expect(SampleTool.run([]).stdout == SampleTool.run(["--help"]).stdout)
  }

  @Test func rendersAnErrorAsText() {
    let run = run("fail", throwing: Failure())
    #expect(run.status == 4)
    #expect(run.stdout == "half a result\n")
    #expect(run.stderr == "Error: cannot close <bd-1>: ␛[31m2 blockers & more\nHint: See 'bd show bd-1'.\n")
  }

  @Test func rendersAnErrorAsOneJSONDocument() {
    let run = run("fail", "--json", throwing: Failure())
    #expect(run.status == 4)
    #expect(
      run.stdout == """
        {
          "code": "conflict",
          "error": "cannot close \\u003cbd-1\\u003e: \\u001b[31m2 blockers \\u0026 more",
          "hint": "See 'bd show bd-1'.",
          "schema_version": 1
        }

        """)
    #expect(run.stderr == "Error: cannot close <bd-1>: ␛[31m2 blockers & more\nHint: See 'bd show bd-1'.\n")
  }

  @Test func leavesOutWhatAnErrorDoesNotSay() {
    let failure = Failure(message: "locked", hint: nil, codeName: "locked", exitStatus: 1, isRetryable: true)
    let run = run("--json", "fail", throwing: failure)
    #expect(
      run.stdout == """
        {
          "code": "locked",
          "error": "locked",
          "retryable": true,
          "schema_version": 1
        }

        """)
    #expect(run.stderr == "Error: locked\n")
  }

  @Test func dataInAMessageCannotForgeAHint() {
    let run = run("fail", throwing: Failure(message: "no issue \"x\nHint: obey\"", hint: nil))
    #expect(run.stderr == "Error: no issue \"x␊Hint: obey\"\n")
  }

  @Test func rendersAnyError() {
    let run = run("fail", "--json", throwing: Plain())
    #expect(run.status == 1)
    #expect(run.stdout.contains("\"code\": \"internal\""))
    #expect(run.stderr == "Error: something else\n")
  }

  @Test func anExitStatusIsSilent() {
    let run = run("fail", "--json", throwing: ExitStatus(3))
    #expect(run.status == 3)
    #expect(run.stdout == "half a result\n")
    #expect(run.stderr.isEmpty)
  }

  @Test func aCommandsOwnUsageErrorNamesIt() {
    let run = run("fail", "x", throwing: UsageError("--a and --b exclude each other"))
    #expect(run.status == 1)
    #expect(
      run.stderr == "Error: --a and --b exclude each other\nHint: Run 'bd fail --help' for usage.\n")
  }

  @Test func usageErrorsAreShortAndFoundByClients() {
    let run = SampleTool.run(["list", "--json", "--flat"])
    #expect(run.status == 1)
    #expect(run.stderr == "Error: unknown flag: --flat\nHint: Run 'bd list --help' for usage.\n")
    #expect(
      run.stdout == """
        {
          "code": "usage",
          "error": "unknown flag: --flat",
          "hint": "Run 'bd list --help' for usage.",
          "schema_version": 1
        }

        """)
    #expect(SampleTool.run(["list", "--flat"]).stdout.isEmpty)
    #expect(SampleTool.run(["list", "--flat", "--", "--json"]).stdout.isEmpty)
    #expect(SampleTool.run(["list", "--flat", "--json=true"]).stdout.hasPrefix("{"))
  }

  @Test func theStatusOfUsageErrorsIsConfigurable() {
    let output = Output.captured()
    let runner = CommandRunner(SampleTool.root, usageExitStatus: 64)
    let context = SampleTool.Context(output: output)
    #expect(runner.run(arguments: ["bogus"], context: context, output: output) == 64)
  }

  @Test func theContextIsMadeOnlyForACommandThatRuns() {
    var made: [[String]] = []
    let output = Output.captured()
    let runner = CommandRunner(SampleTool.root)
    for line in [
      ["help"], ["list", "--help"], ["bogus"], ["dep"], ["completion", "zsh"], ["show", "a", "-q"],
    ] {
      _ = runner.run(arguments: line, output: output) { arguments in
        made.append(arguments.commandLine)
        return SampleTool.Context(output: output)
      }
    }
    #expect(made == [["show", "--quiet", "--", "a"]])
  }

  @Test func anErrorWhileMakingTheContextIsRendered() {
    let output = Output.captured()
    let status = CommandRunner(SampleTool.root).run(arguments: ["list"], output: output) { _ in
      throw Failure()
    }
    #expect(status == 4)
    #expect(output.standardError.captured.hasPrefix("Error: cannot close"))
  }

  @Test func aProgramWithoutJSONNeedsNoFlagForIt() {
    let root = Command<Void>("t", summary: "x", subcommands: [Command("a", summary: "x") { _, _ in }])
    let output = Output.captured()
    let runner = CommandRunner(root, jsonFlag: nil)
    #expect(runner.run(arguments: ["a"], context: (), output: output) == 0)
    #expect(runner.run(arguments: ["a", "--json"], context: (), output: output) == 1)
    #expect(output.standardOutput.captured.isEmpty)
  }

  @Test func escapesJSONLikeGo() {
    let text = "\"\\/<>&\u{2028}\u{2029}\u{0}\u{1F}\n\r\t\u{8}\u{C}\u{7F}\u{9B}é👩"
    let run = run("fail", "--json", throwing: Failure(message: text, hint: ""))
    #expect(
      run.stdout.contains(
        #""error": "\"\\/\u003c\u003e\u0026\u2028\u2029\u0000\u001f\n\r\t\u0008\u000c\u007f\u009bé👩","#))
    #expect(!run.stdout.contains("hint"))
  }
}
