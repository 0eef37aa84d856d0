import BeadsSystem
import Foundation
import Testing

@Suite struct SystemHostProgramTests {
  private func shell(
    _ line: String, in directory: String = "/", timeout: Duration = .seconds(60),
    variables: [String: String] = ["PATH": "/usr/bin:/bin"]
  ) -> HostProgram {
    HostProgram(["sh", "-c", line], directory: directory, variables: variables, timeout: timeout)
  }

  @Test func seesOnlyItsVariablesAndItsDirectory() throws {
    try withScratchDirectory { directory throws in
      let variables = VariableFilter.basic.adding(names: ["CI"]).filter([
        "PATH": "/usr/bin:/bin", "LC_ALL": "C", "CI": "1", "API_KEY": "secret", "LCX": "1",
      ])
      #expect(Set(variables.keys) == ["PATH", "LC_ALL", "CI"])
      let result = try shell("pwd; env | cut -d= -f1", in: directory, variables: variables).run()
      let lines = result.text.split(separator: "\n").map(String.init)
      #expect(lines.first == directory)
      #expect(Set(lines.dropFirst()).subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == Set(variables.keys))
    }
  }

  @Test(arguments: [
    ("exit 0", "succeeded"), ("exit 7", "exit status 7"), ("kill -9 $$", "ended by signal 9"),
  ])
  func tellsHowItEnded(line: String, outcome: String) throws {
    #expect(try shell(line).run().outcome == outcome)
  }

  @Test func oneThatIgnoresTheRequestIsForcedAfterTheGrace() throws {
    var program = shell("trap '' TERM; echo ready; while :; do sleep 1; done", timeout: .milliseconds(200))
    program.grace = .milliseconds(50)
    let result = try program.run()
    #expect(result.timedOut)
    #expect(result.status == .signaled(SIGKILL))
    #expect(result.text == "ready")
    #expect(result.outcome == "ended because it took too long")
  }

  @Test func oneThatTidiesUpWhenAskedMay() throws {
    let line = "trap 'echo tidied; exit 3' TERM; echo ready; while :; do sleep 0.01; done"
    let result = try shell(line, timeout: .milliseconds(200)).run()
    #expect(result.timedOut)
    #expect(result.status == .exited(3))
    #expect(result.text == "ready\ntidied")
  }

  @Test func whatItLeavesRunningInItsGroupEndsWithIt() throws {
    let result = try shell("sleep 600 >&- 2>&- & echo $!").run()
    #expect(result.succeeded)
    let pid = try #require(Int32(result.text))
    // The kernel delivers SIGKILL when the process next runs; nobody else takes over its number so soon.
    while kill(pid, 0) == 0, !isZombie(pid) { usleep(1000) }
  }

  private func isZombie(_ pid: Int32) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ") Z"
    return status.contains(") Z")
  }

  @Test func callerIsToldTheGroupAndCanCancel() throws {
    var group: Int32 = 0
    let result = try shell("echo ready; sleep 600").run(started: { group = $0 }, isCancelled: { group != 0 })
    #expect(group > 1)
    #expect(result.wasCancelled && !result.timedOut)
    #expect(result.status == .signaled(SIGTERM))
    #expect(result.outcome == "cancelled")
  }

  @Test func oneThatCannotBeRegisteredEnds() throws {
    var group: Int32 = 0
    #expect(throws: BeadsError.self) {
      try shell("sleep 600").run { pid throws(BeadsError) in
        group = pid
        throw BeadsError(.io, "no room")
      }
    }
    #expect(group > 1 && kill(group, 0) != 0)
  }

  @Test func keepsTheEndOfBothStreamsAsOne() throws {
    var program = shell("i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done")
    program.output = .combined
    program.outputKept = .end
    program.outputLimit = 33
    let result = try program.run()
    #expect(result.isTruncated)
    #expect(result.text.hasSuffix("\nout 2999\nerr 2999"))
    #expect(result.output.count == 33)
    #expect(result.errorOutput.isEmpty)
  }

  @Test func isFoundInItsOwnPathOnly() throws {
    try withScratchDirectory { directory throws in
      try "#!/bin/sh\necho mine \"$@\"\n".write(
        toFile: directory + "/tool", atomically: true, encoding: .utf8)
      var program = HostProgram(
        ["tool", "a b"], directory: "/", variables: ["PATH": directory], timeout: .seconds(60))
      #expect(program.path == nil, "it may not be run")
      chmod(directory + "/tool", 0o755)
      #expect(try program.ask(["c"]).text == "mine a b c")
      program = HostProgram(["./tool"], directory: directory, variables: [:], timeout: .seconds(60))
      #expect(try program.ask().text == "mine")
      program = HostProgram(["tool"], directory: directory, variables: [:], timeout: .seconds(60))
      let error = thrownError { () throws(BeadsError) in try program.ask() }
      #expect(error?.code == .notFound && error?.message == "tool is not installed, or not in PATH")
    }
  }

  @Test func anAnswerMustComeInTime() throws {
    let error = thrownError { () throws(BeadsError) in
      try shell("sleep 600", timeout: .milliseconds(30)).ask()
    }
    #expect(error?.code == .io && error?.message == "sh did not answer within 0.03 seconds")
  }
}
