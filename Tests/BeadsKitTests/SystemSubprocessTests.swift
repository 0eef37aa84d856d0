import BeadsSystem
import Foundation
import Testing

@Suite struct SystemSubprocessTests {
  @Test func capturesBothStreamsAndTheStatus() throws {
    let result = try Subprocess(["sh", "-c", "echo out; echo err >&2; exit 3"]).run()
    #expect(result.status == .exited(3))
    #expect(result.text == "out")
    #expect(result.errorText == "err")
    #expect(!result.succeeded)
    #expect(!result.isTruncated)
  }

  @Test func argumentsAreNotInterpreted() throws {
    let result = try Subprocess(["printf", "%s|", "a b", "$HOME", "", "*"]).run()
    #expect(result.text == "a b|$HOME||*|")
  }

  @Test func directoryEnvironmentAndInput() throws {
    try withScratchDirectory { directory throws in
      let variables = ["A": "1", "PATH": "/usr/bin:/bin"]
      var request = Subprocess(
        ["sh", "-c", "pwd; env | grep ^A=; env | grep -c ^HOME=; cat"], directory: directory)
      request.variables = variables
      request.input = .bytes(Array("in".utf8))
      #expect(try request.run().text == "\(directory)\nA=1\n0\nin")
    }
  }

  @Test func inputLargerThanAPipeIsNeitherADeadlockNorASignal() throws {
    let bytes = [UInt8](repeating: 65, count: 1 << 20)
    var echo = Subprocess(["cat"])
    echo.input = .bytes(bytes)
    #expect(try echo.run().output == bytes)
    var ignore = Subprocess(["true"])
    ignore.input = .bytes(bytes)
    #expect(try ignore.run().succeeded)
    #expect(try Subprocess(["cat"]).run().output == [])
  }

  @Test func outputBeyondTheLimitIsDropped() throws {
    var request = Subprocess(["head", "-c", "1000000", "/dev/zero"])
    request.outputLimit = 1000
    let result = try request.run()
    #expect(result.output.count == 1000)
    #expect(result.isTruncated)
    #expect(result.succeeded)
  }

  @Test func deadlineEndsTheProgram() throws {
    let result = try Subprocess(["sleep", "60"], timeout: .milliseconds(30)).run()
    #expect(result.timedOut)
    #expect(result.status == .signaled(SIGTERM))
  }

  @Test func deadlineEndsTheWholeGroup() throws {
    var request = Subprocess(["sh", "-c", "sleep 60 & wait"], timeout: .milliseconds(30))
    request.ownsGroup = true
    #expect(try request.run().timedOut)
  }

  @Test func backgroundChildrenDoNotHoldUpTheReturn() throws {
    let start = monotonicNanoseconds()
    let result = try Subprocess(["sh", "-c", "sleep 5 & echo started"]).run()
    #expect(result.text == "started")
    #expect(monotonicNanoseconds() - start < 4_000_000_000)
  }

  @Test func chattyBackgroundChildrenDoNotEither() throws {
    var request = Subprocess(["sh", "-c", "yes & echo $! >&2"])
    request.outputLimit = 10
    let result = try request.run()
    let pid = try #require(Int32(result.errorText))
    kill(pid, SIGKILL)
    #expect(result.output.count <= 10)
  }

  @Test func closedPipesDoNotEndTheWait() throws {
    let result = try Subprocess(["sh", "-c", "exec >&- 2>&-; sleep 0.05; exit 4"], timeout: .seconds(30))
      .run()
    #expect(result.status == .exited(4))
  }

  @Test func childGetsNoDescriptorsAndFreshSignals() throws {
    try withScratchDirectory { directory throws in
      let lock = FileLock(path: Path.join(directory, "lock"), command: "test")
      try lock.withLock { () throws(BeadsError) in
        let result = try Subprocess(["sh", "-c", "ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status"])
          .run()
        // 0, 1, 2 and the directory that ls itself opened.
        #expect(result.text == "4\nSigBlk:\t0000000000000000")
      }
    }
  }

  @Test(arguments: [["no-such-program-here"], ["/nonexistent/x"]])
  func missingProgramIsNotFound(arguments: [String]) throws {
    let error = thrownError { () throws(BeadsError) in try Subprocess(arguments).run() }
    #expect(error?.code == .notFound)
    #expect(error?.message == "cannot run \(arguments[0]): no such program")
  }

  @Test func badRequestsAreRefused() throws {
    #expect(thrownError { () throws(BeadsError) in try Subprocess([]).run() }?.code == .invalid)
    #expect(thrownError { () throws(BeadsError) in try Subprocess(["a\0b"]).run() }?.code == .invalid)
    let error = thrownError { () throws(BeadsError) in
      try Subprocess(["true"], directory: "/nonexistent").run()
    }
    #expect(error?.message == "cannot run true in /nonexistent: no such directory")
  }
}
