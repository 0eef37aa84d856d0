import BeadsModel
import BeadsStore
public import BeadsSystem

/// What a gate waits for (contract 5.9).
public enum AwaitType: String, Sendable, CaseIterable {
  /// Time that passes.
  case timer
  /// A person who resolves it.
  case human
  /// A run of GitHub Actions that succeeds.
  case githubRun = "gh:run"
  /// A pull request that is merged.
  case githubPullRequest = "gh:pr"
  /// A message.
  case mail
  /// An issue of another project that is closed.
  case bead

  /// Whether a program can find out if the gate is open; the others wait for somebody who resolves them.
  public var isMachine: Bool { self != .human && self != .mail }

  /// The type a user means by a word.
  /// - Throws: `invalid` listing the known ones and naming the nearest.
  public init(userInput word: String) throws(BeadsError) {
    guard let type = AwaitType(rawValue: word.lowercased()) else {
      throw BeadsError(
        .invalid, "unknown gate type \(quoted(word))",
        hint: Spelling.hint(for: word, among: Self.allCases.map(\.rawValue), kind: "gate types"))
    }
    self = type
  }
}
