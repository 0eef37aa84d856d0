public import BeadsKit
import Synchronization

/// Runs gates on commits, each in a checkout that nobody works in.
///
/// The checkout is a worktree of the rig's repository, set to the commit and cleaned of everything that git does not
/// know before each run, so that a gate cannot pass because of what another one left. What git ignores stays, because a build
/// from scratch for every commit would cost more than it proves; `isClean` removes that too.
///
/// A gate has a process group of its own, which ends with it, and carries `GT_RUN`: what leaves the group is found
/// by that, named and ended. Of what it prints the last MiB is kept, and of all logs together 64 MiB.
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
  /// What `GT_RUN` says to the processes of gates: whoever carries it belongs to a gate.
  public var nonce = Nonce.make()
  /// What gates have to leave alone.
  var surroundings: [GateSurroundings.Folder] = []
  let town: Town

  /// How much is kept of what a gate prints, in bytes.
  static let logLimit = 1 << 20
  /// How much is kept of all logs together, in bytes.
  static let logsLimit: Int64 = 64 << 20

  /// Describes a runner; nothing is made yet.
  public init(
    checkout: String, repository: String, logs: String, variables: [String: String], town: Town
  ) {
    self.checkout = checkout
    self.repository = repository
    self.logs = logs
    self.variables = variables
    self.town = town
  }

  /// Runs the gates in order on a commit, up to the first that does not pass; those that may run at once do.
  /// - Parameters:
  ///   - started: Told the processes of the gates that run, so that whoever finds this process dead can end them.
  ///   - isCancelled: Asked all the time; when true, the gates that run are ended.
  /// - Returns: A result for each gate that was run; one of the last ones tells.
  public func run(
    _ gates: [Gate], on commit: GitID, started: ([ProcessIdentity]) throws(BeadsError) -> Void = { _ in },
    isCancelled: (() -> Bool)? = nil
  ) throws(BeadsError) -> [GateResult] {
    try FileSystem.makeDirectory(logs)
    removeOldLogs()
    var results: [GateResult] = []
    for group in Self.groups(gates) {
      let ended = try run(group: group, on: commit, started, isCancelled)
      results += ended
      if !ended.allSatisfy(\.passes) { break }
    }
    return results
  }

  /// Neighbours that may run at once are one group.
  private static func groups(_ gates: [Gate]) -> [[Gate]] {
    var groups: [[Gate]] = []
    for gate in gates {
      if gate.isParallel, groups.last?.first?.isParallel == true {
        groups[groups.count - 1].append(gate)
      } else {
        groups.append([gate])
      }
    }
    return groups
  }

  private func run(
    group: [Gate], on commit: GitID, _ started: ([ProcessIdentity]) throws(BeadsError) -> Void,
    _ isCancelled: (() -> Bool)?
  ) throws(BeadsError) -> [GateResult] {
    var results = try attempt(group, on: commit, "", started, isCancelled)
    for (index, gate) in group.enumerated() {
      guard case .failed = results[index].outcome else { continue }
      for _ in 0..<retries where isCancelled?() != true {
        var again = try attempt([gate], on: commit, "-again", started, isCancelled)[0]
        again.notes = results[index].notes + again.notes
        guard again.outcome == .passed else { continue }
        results[index] = again.with(.flaky)
        break
      }
    }
    return results
  }

  /// Runs gates at once, from a clean checkout.
  private func attempt(
    _ gates: [Gate], on commit: GitID, _ suffix: String,
    _ started: ([ProcessIdentity]) throws(BeadsError) -> Void, _ isCancelled: (() -> Bool)?
  ) throws(BeadsError) -> [GateResult] {
    try prepare(commit)
    let before = GateSurroundings(surroundings)
    let shared = Shared()
    let bodies = gates.map { gate in
      let program = program(of: gate)
      return { @Sendable () -> Trial in shared.run(program) }
    }
    var told = 0
    var failure: BeadsError?
    let trials = Threads.run(bodies) {
      if isCancelled?() == true { shared.cancel() }
      let known = shared.processes
      if known.count == told { return }
      told = known.count
      do throws(BeadsError) { try started(known) } catch {
        // Nobody could end them after this process: they must not go on.
        failure = error
        shared.cancel()
      }
    }
    if let failure { throw failure }
    let notes = leftBehind() + changed(since: before)
    var results: [GateResult] = []
    for (gate, trial) in zip(gates, trials) {
      let log = Path.join(logs, "\(commit.short)-\(gate.name)\(suffix).log")
      var outcome = trial.outcome
      do throws(BeadsError) { try write(trial, notes, to: log) } catch { outcome = .unable(error.message) }
      results.append(
        GateResult(
          gate: gate.name, commit: commit, outcome: outcome, milliseconds: trial.milliseconds, log: log,
          notes: notes))
    }
    return results
  }

  private func program(of gate: Gate) -> HostProgram {
    var program = HostProgram(
      gate.arguments, directory: checkout, variables: variables.merging(["GT_RUN": nonce]) { $1 },
      timeout: gate.timeout)
    program.output = .combined
    program.outputKept = .end
    program.outputLimit = Self.logLimit
    return program
  }

  private func write(_ trial: Trial, _ notes: [String], to log: String) throws(BeadsError) {
    var bytes = trial.isTruncated ? Array("gt: only the last MiB was kept\n".utf8) : []
    bytes += trial.output
    for note in notes { bytes += Array("gt: \(note)\n".utf8) }
    try FileSystem.replace(log, with: bytes)
  }

  // MARK: What gates leave

  /// Ends what left the process groups of the gates, and says what that was.
  private func leftBehind() -> [String] {
    let left = ProcessIdentity.all(nonce: nonce).filter(\.isAlive)
    if left.isEmpty { return [] }
    let names = left.prefix(5).map { "\($0.commandName) (\($0.pid))" }.joined(separator: ", ")
    ProcessEnding(leader: nil, nonce: nonce).run(grace: .seconds(1))
    return ["left processes behind, which were ended: \(names)"]
  }

  private func changed(since before: GateSurroundings) -> [String] {
    let paths = GateSurroundings(surroundings).changes(since: before)
    if paths.isEmpty { return [] }
    let more = paths.count > 5 ? " and \(paths.count - 5) more" : ""
    return [
      "something changed outside of the checkout while it ran: \(paths.prefix(5).joined(separator: ", "))"
        + more
    ]
  }

  /// Removes the oldest logs until the others fit.
  private func removeOldLogs() {
    var known: [(path: String, stamp: FileStamp)] = []
    for name in (try? FileSystem.list(logs)) ?? [] {
      let path = Path.join(logs, name)
      if let stamp = (try? FileSystem.stamp(path)) ?? nil { known.append((path, stamp)) }
    }
    var size = known.reduce(0) { $0 + $1.stamp.size }
    for log in known.sorted(by: { $0.stamp.modified < $1.stamp.modified }) {
      if size <= Self.logsLimit { break }
      _ = try? FileSystem.remove(log.path)
      size -= log.stamp.size
    }
  }
}

/// How one try of a gate ended.
private struct Trial: Sendable {
  var outcome: GateResult.Outcome
  var milliseconds: Int64
  var output: [UInt8] = []
  var isTruncated = false
}

/// What gates that run at once share with whoever waits for them.
private final class Shared: Sendable {
  private let cancelled = Atomic(false)
  private let known = Mutex<[ProcessIdentity]>([])

  var processes: [ProcessIdentity] { known.withLock { $0 } }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  func run(_ program: HostProgram) -> Trial {
    let start = monotonicNanoseconds()
    var trial = Trial(outcome: .passed, milliseconds: 0)
    do throws(BeadsError) {
      let result = try program.run(
        started: { pid throws(BeadsError) in
          if let process = ProcessIdentity(pid) { self.known.withLock { $0.append(process) } }
        }, isCancelled: { self.cancelled.load(ordering: .relaxed) })
      trial.output = result.output
      trial.isTruncated = result.isTruncated
      if result.wasCancelled {
        trial.outcome = .unable("it was cancelled")
      } else if !result.succeeded {
        trial.outcome = .failed(result.outcome)
      }
    } catch {
      // A program that cannot be started says nothing about the commit.
      trial.outcome = .unable(error.message)
    }
    trial.milliseconds = (monotonicNanoseconds() - start) / 1_000_000
    return trial
  }
}

extension GateResult {
  fileprivate func with(_ outcome: Outcome) -> GateResult {
    GateResult(
      gate: gate, commit: commit, outcome: outcome, milliseconds: milliseconds, log: log, notes: notes)
  }
}
