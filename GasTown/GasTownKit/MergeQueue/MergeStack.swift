public import BeadsKit

/// Branches merged one on top of the other on a target, in memory: no checkout, no reference moves.
///
/// The last commit of the stack has every change; it is what gates test and, unchanged, what is pushed. The same input
/// gives the same commits.
public struct MergeStack: Sendable {
  /// A branch that fitted.
  public struct Layer: Sendable, Equatable {
    /// The branch.
    public let candidate: MergeCandidate
    /// The target with it and all before it.
    public let commit: GitID
  }

  /// Why a branch is not in the stack.
  public enum Refusal: Sendable, Equatable {
    /// It excludes what the target or a branch before it did to these paths.
    case conflict([String])
    /// Everything it changes is in the target already.
    case alreadyThere
    /// It has no commit in common with the target.
    case unrelated
  }

  /// A branch that is not in the stack.
  public struct Refused: Sendable, Equatable {
    /// The branch.
    public let candidate: MergeCandidate
    /// Why.
    public let reason: Refusal
  }

  /// The commit of the target that the stack begins at.
  public let base: GitID
  /// What fitted, in order.
  public private(set) var layers: [Layer] = []
  /// What did not.
  public private(set) var refused: [Refused] = []

  /// The last commit.
  public var tip: GitID { layers.last?.commit ?? base }

  /// Merges the candidates in their order.
  ///
  /// About 3 ms for each.
  /// - Parameters:
  ///   - time: Seconds since 1970 of the commits, so that building again gives the same ones.
  public init(
    _ candidates: [MergeCandidate], on base: GitID, in repository: borrowing GitRepository, style: MergeStyle,
    committer: GitPerson, time: Int64
  ) throws(BeadsError) {
    self.base = base
    for candidate in candidates {
      guard let common = try repository.mergeBase(base, candidate.head) else {
        refused.append(Refused(candidate: candidate, reason: .unrelated))
        continue
      }
      let ours = try repository.tree(of: tip)
      let merged = try repository.merge(
        base: try repository.tree(of: common), ours: ours, theirs: try repository.tree(of: candidate.head))
      switch merged {
      case .conflicts(let paths): refused.append(Refused(candidate: candidate, reason: .conflict(paths)))
      case .clean(ours): refused.append(Refused(candidate: candidate, reason: .alreadyThere))
      case .clean(let tree):
        let message = try MergeMessage(candidate, since: base, in: repository)
        let draft = GitCommitDraft(
          tree: tree, parents: (candidate.style ?? style) == .merge ? [tip, candidate.head] : [tip],
          message: message.text, author: message.author, committer: committer, time: time)
        layers.append(Layer(candidate: candidate, commit: try repository.add(draft)))
      }
    }
  }
}
