public import BeadsKit

/// Runs gates on commits, each in a checkout that nobody works in.
///
/// The checkout is a worktree of the rig's repository, set to the commit and cleaned of everything that git does not
/// know before each run, so that a gate cannot pass because of what another one left. What git ignores stays, because a build
/// from scratch for every commit would cost more than it proves; `isClean` removes that too.
public struct GateRunner: Sendable {
  /// The directory of the checkout; made when missing.
  public let checkout: String
  /// The rig's bare repository.
  public let repository: String
  /// Where logs go.
  public let logs: String
  /// What gates may see of the environment.
  public let variables: [String: String]
  /// How often a gate that failed is tried once more on the same commit.
  public var retries = 1
  /// Whether ignored files are removed too.
  public var isClean = false
  private let environment: Environment

  /// Describes a runner; nothing is made yet.
  public init(
    checkout: String, repository: String, logs: String, variables: [String: String], environment: Environment
  ) {
    self.checkout = checkout
    self.repository = repository
    self.logs = logs
    self.variables = variables
    self.environment = environment
  }

  /// Runs the gates in order on a commit, up to the first that does not pass.
  /// - Parameters:
  ///   - started: Told the process group of each gate before it works, so that whoever finds this process dead can end
  ///     it.
  ///   - isCancelled: Asked all the time; when true, the gate that runs is ended.
  /// - Returns: A result for each gate that was run; the last one tells.
  public func run(
    _ gates: [Gate], on commit: GitID, started: (Int32) throws(BeadsError) -> Void = { _ in },
    isCancelled: (() -> Bool)? = nil
  ) throws(BeadsError) -> [GateResult] {
    try FileSystem.makeDirectory(logs)
    var results: [GateResult] = []
    for gate in gates {
      try prepare(commit)
      let first = try run(gate, on: commit, attempt: 0, started, isCancelled)
      var result = first
      if case .failed = first.outcome, retries > 0, isCancelled?() != true {
        try prepare(commit)
        let again = try run(gate, on: commit, attempt: 1, started, isCancelled)
        if again.outcome == .passed {
          result = GateResult(
            gate: gate.name, commit: commit, outcome: .flaky, milliseconds: again.milliseconds, log: again.log
          )
        }
      }
      results.append(result)
      if !result.passes { break }
    }
    return results
  }

  private func run(
    _ gate: Gate, on commit: GitID, attempt: Int, _ started: (Int32) throws(BeadsError) -> Void,
    _ isCancelled: (() -> Bool)?
  ) throws(BeadsError) -> GateResult {
    let log = Path.join(logs, "\(commit.short)-\(gate.name)\(attempt == 0 ? "" : "-again").log")
    var program = HostProgram(
      gate.arguments, directory: checkout, variables: variables, timeout: gate.timeout)
    program.output = .combined
    program.outputKept = .end
    let start = monotonicNanoseconds()
    let outcome: GateResult.Outcome
    do throws(BeadsError) {
      let result = try program.run(started: started, isCancelled: isCancelled)
      try FileSystem.replace(log, with: result.output)
      outcome =
        result.succeeded
        ? .passed : result.wasCancelled ? .unable("it was cancelled") : .failed(result.outcome)
    } catch {
      // A program that cannot be started says nothing about the commit.
      outcome = .unable(error.message)
    }
    return GateResult(
      gate: gate.name, commit: commit, outcome: outcome,
      milliseconds: (monotonicNanoseconds() - start) / 1_000_000, log: log)
  }

  /// Has the checkout hold exactly the commit.
  private func prepare(_ commit: GitID) throws(BeadsError) {
    if !FileSystem.exists(Path.join(checkout, ".git")) {
      try FileSystem.makeDirectory(Path.directory(of: checkout))
      // As `RigWorktrees` does: git fails when it meets a worktree that is only half there.
      let locks = Path.join(Path.directory(of: repository), ".runtime/locks")
      try FileSystem.makeDirectory(locks)
      let lock = FileLock(
        path: Path.join(locks, "worktrees.lock"), command: "gt mq", clock: environment.clock)
      try lock.withLock(timeout: .seconds(300)) { () throws(BeadsError) in
        try GitCommand(within: repository, environment).run(
          ["worktree", "add", "--quiet", "--force", "--detach", checkout, commit.description],
          to: "make the checkout for gates \(checkout)")
      }
    }
    let git = GitCommand(within: checkout, environment)
    try git.run(
      ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", "--detach", commit.description],
      to: "check out \(commit.short) in \(checkout)")
    try git.run(
      ["clean", "--quiet", "-ffd"] + (isClean ? ["-x"] : []), to: "clean the checkout for gates \(checkout)")
  }
}
