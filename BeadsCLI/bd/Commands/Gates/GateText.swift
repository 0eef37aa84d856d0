import BeadsKit
import CommandKit

/// How people see gates.
enum GateText {
  /// What a gate waits for, in a few words.
  static func condition(_ gate: Issue) -> TerminalText {
    switch GateCondition(gate) {
    case .timer(let end): "until \(end.utc)"
    case .run(let id): "run \(id)"
    case .workflow(let name): "the newest run of \(name)"
    case .pullRequest(let number): "pull request \(number)"
    case .bead(let address): "\(address)"
    case .anyRun: "a run"
    case .somebody: gate.awaitID.isEmpty ? gate.awaitType == "mail" ? "mail" : "a person" : "\(gate.awaitID)"
    case .broken(let mistake): "nothing: \(mistake)"
    }
  }

  /// The issues that wait for each open gate, in one query.
  static func waiting(_ gates: [Issue], _ store: Store) throws(BeadsError) -> [IssueID: [IssueID]] {
    let open = gates.filter { !$0.isClosed }.map(\.id)
    let edges = try store.edges(.up, of: open).filter { $0.type == .blocks }
    return Dictionary(grouping: edges, by: \.dependsOnID).mapValues { $0.map(\.issueID).sorted() }
  }

  static func holdsUp(_ ids: [IssueID]?) -> TerminalText {
    guard let ids, let first = ids.first else { return "" }
    return ids.count == 1 ? "holds up \(first)" : "holds up \(first) and \(ids.count - 1) more"
  }
}
