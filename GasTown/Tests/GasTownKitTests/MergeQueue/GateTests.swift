import BeadsKit
import Foundation
import GasTownKit
import Testing

@Suite("Gates")
struct GateTests {
  @Test(
    "are split into words without a shell",
    arguments: [
      ("swift test", ["swift", "test"]), ("  make   lint ", ["make", "lint"]),
      ("sh -c 'a && b > c'", ["sh", "-c", "a && b > c"]), ("echo \"a b\" ''", ["echo", "a b", ""]),
      (#"echo a\ b \"x"#, ["echo", "a b", "\"x"]), ("a'b'\"c\"d", ["abcd"]),
    ] as [(String, [String])])
  func words(command: String, words: [String]) throws {
    #expect(try Gate.words(of: command, named: "test") == words)
  }

  @Test(
    "that need a shell, or are unfinished, are refused",
    arguments: ["", "  ", "a && b", "a | b", "a; b", "echo $HOME", "echo `x`", "a > b", "echo 'x", "echo \\"])
  func refused(command: String) {
    #expect(throws: BeadsError.self) { try Gate.words(of: command, named: "test") }
  }

  private func runner(_ repository: ScratchRepository) -> GateRunner {
    GateRunner(
      checkout: repository.directory + "/.git/gates", repository: repository.directory,
      logs: repository.directory + "/.git/gate-logs",
      variables: ["PATH": repository.environment["PATH"] ?? ""],
      town: Town(root: repository.directory, environment: repository.environment))
  }

  @Test func runOnTheCommitAndNothingElse() throws {
    let repository = try ScratchRepository()
    let good = try repository.commit(on: "main", ["test.sh": "test ! -e left && touch left && echo ran\n"])
    let bad = try repository.commit(on: "bad", ["test.sh": "echo broken; exit 3\n"])
    let gates = [
      Gate(name: "test", arguments: ["sh", "test.sh"]),
      Gate(name: "second", arguments: ["test", "-e", "test.sh"]),
    ]
    let runner = runner(repository)
    for _ in 0..<2 {
      let results = try runner.run(gates, on: good)
      #expect(results.map(\.outcome) == [.passed, .passed])
      #expect(try String(contentsOfFile: results[0].log, encoding: .utf8) == "ran\n")
    }
    let results = try runner.run(gates, on: bad)
    #expect(results.map(\.gate) == ["test"])
    #expect(results.map(\.outcome) == [.failed("exit status 3")])
    #expect(try String(contentsOfFile: results[0].log, encoding: .utf8) == "broken\n")
    #expect(try repository.git("status", "--porcelain").isEmpty)
  }

  @Test func tellFlakyFromFailed() throws {
    let repository = try ScratchRepository()
    let mark = repository.directory + "/.git/mark"
    let commit = try repository.commit(on: "main", ["a": "a"])
    let gate = Gate(name: "flaky", arguments: ["sh", "-c", "test -e \(mark) || { touch \(mark); exit 1; }"])
    var runner = runner(repository)
    #expect(try runner.run([gate], on: commit).map(\.outcome) == [.flaky])
    try FileManager.default.removeItem(atPath: mark)
    runner.retries = 0
    #expect(try runner.run([gate], on: commit).map(\.outcome) == [.failed("exit status 1")])
  }

  @Test func endWhatTakesTooLong() throws {
    let repository = try ScratchRepository()
    let commit = try repository.commit(on: "main", ["a": "a"])
    var runner = runner(repository)
    runner.retries = 0
    let gate = Gate(name: "slow", arguments: ["sleep", "60"], timeout: .milliseconds(200))
    #expect(try runner.run([gate], on: commit).map(\.outcome) == [.failed("ended because it took too long")])
  }

  @Test func doNotBlameTheCommitForAMissingProgram() throws {
    let repository = try ScratchRepository()
    let commit = try repository.commit(on: "main", ["a": "a"])
    let results = try runner(repository).run([Gate(name: "x", arguments: ["no-such-program"])], on: commit)
    #expect(results.map(\.outcome) == [.unable("no-such-program is not installed, or not in PATH")])
  }
}
