public import BeadsKit

/// What a rig demands before a branch is merged: the `merge_queue` of its settings.
///
/// A rig without gates merges nothing until somebody says that it may: `require_gates: false`, or an approval of the
/// one merge request.
public struct MergePolicy: Sendable, Equatable {
  /// Whether the queue is worked on at all.
  public var isEnabled = true
  /// What must succeed.
  public var gates: [Gate] = []
  /// Whether nothing is merged without gates.
  public var requiresGates = true
  /// How branches become part of the target.
  public var style = MergeStyle.squash
  /// How many branches are tested together.
  public var batchSize = 5
  /// How often a gate that failed is tried again on the same commit.
  public var retries = 1
  /// How often a merge request may fail before a person is asked.
  public var maximumAttempts = 5
  /// Whether the branch is removed from the origin after the merge.
  public var deletesBranches = true
  /// Whether a person must approve every merge request.
  public var requiresReview = false
  /// Whether people merge pull requests, so that the queue may find its work done.
  public var isPullRequest = false
  /// Beginnings of paths in which nothing is a secret, whatever it looks like.
  public var allowedSecrets: [String] = []
  /// Which variables gates see besides the basic ones.
  public var variables: [String] = []
  /// How often to look whether what a queue waits for has happened.
  public var pollInterval = Duration.seconds(30)
  /// How long a claim holds without a sign of life.
  public var claimLease = Duration.seconds(1800)

  /// The gates that must let pass what is pushed.
  ///
  /// When all gates are for branches they test the result as well: nothing is pushed that was not tested.
  public var resultGates: [Gate] {
    let found = gates.filter { $0.phase == .result }
    return found.isEmpty ? gates : found
  }

  /// Merges nothing without approval.
  public init() {}

  /// Reads the settings of a rig.
  /// - Throws: `invalid` naming the setting; a wrong one merges nothing.
  public init(_ settings: RigSettings) throws(BeadsError) {
    isEnabled = settings.bool("merge_queue.enabled")
    requiresGates = settings.bool("merge_queue.require_gates")
    isPullRequest = settings.string("merge_queue.merge_strategy") == "pr"
    // Who wants pull requests wants a person to look.
    requiresReview = settings.bool("merge_queue.require_review") || isPullRequest
    deletesBranches = settings.bool("merge_queue.delete_merged_branches")
    style = settings.string("merge_queue.merge_style").flatMap(MergeStyle.init(rawValue:)) ?? .squash
    batchSize = settings.int("merge_queue.batch.max_batch_size")
    retries = settings.int("merge_queue.retry_flaky_tests")
    maximumAttempts = settings.int("merge_queue.max_retry_count")
    variables = settings.list("merge_queue.gate_variables")
    allowedSecrets = settings.list("merge_queue.allowed_secrets")
    pollInterval = settings.duration("merge_queue.poll_interval")
    claimLease = settings.duration("merge_queue.stale_claim_timeout")
    let isParallel = settings.bool("merge_queue.gates_parallel")
    guard settings.bool("merge_queue.run_tests") else { return }
    // The classic settings, in the order in which they make sense.
    for name in ["setup", "typecheck", "lint", "build", "test"] {
      if let command = settings.string("merge_queue.\(name)_command"), !command.isEmpty {
        gates.append(Gate(name: name, arguments: try Gate.words(of: command, named: name)))
      }
    }
    guard case .object(let members)? = settings.settings.value("merge_queue.gates") else { return }
    for member in members {
      var gate = try Self.gate(member)
      gate.isParallel = isParallel
      set(gate)
    }
  }

  /// A gate of the same name takes the place of the one before.
  private mutating func set(_ gate: Gate) {
    if let place = gates.firstIndex(where: { $0.name == gate.name }) {
      gates[place] = gate
    } else {
      gates.append(gate)
    }
  }

  private static func gate(_ member: JSONValue.Member) throws(BeadsError) -> Gate {
    // The name becomes part of a file name.
    _ = try AgentName(member.key)
    let command = member.value["cmd"]?.stringValue ?? member.value.stringValue ?? ""
    var gate = Gate(name: member.key, arguments: try Gate.words(of: command, named: member.key))
    if let limit = member.value["timeout"]?.stringValue {
      let nanoseconds = try GoDuration.nanoseconds(limit)
      guard nanoseconds > 0 else { throw wrong("gates.\(member.key).timeout", "a duration such as 10m") }
      gate.timeout = .nanoseconds(nanoseconds)
    }
    if let word = member.value["phase"]?.stringValue {
      guard let phase = Gate.Phase(rawValue: word) else {
        let known = Gate.Phase.allCases.map(\.rawValue)
        throw wrong("gates.\(member.key).phase", known.joined(separator: " or "))
      }
      gate.phase = phase
    }
    return gate
  }

  private static func wrong(_ key: String, _ wanted: String) -> BeadsError {
    BeadsError(.invalid, "merge_queue.\(key) must be \(wanted)", hint: "see `gt rig settings show RIG`")
  }
}
