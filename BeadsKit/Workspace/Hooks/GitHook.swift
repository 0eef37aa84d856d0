/// A git hook that bd takes part in.
public enum GitHook: String, Sendable, CaseIterable {
  /// Before a commit is made: issues travel with the commit.
  case preCommit = "pre-commit"
  /// After a merge or pull: what it brought is taken over.
  case postMerge = "post-merge"
  /// Before a push: no issue change stays behind uncommitted.
  case prePush = "pre-push"
  /// After a branch switch: what the branch has is taken over.
  case postCheckout = "post-checkout"
  /// Before the message of a commit is edited: who worked on it.
  case prepareCommitMessage = "prepare-commit-msg"

  /// What the shell asks before it calls bd: most calls of these hooks are none of our business.
  var condition: String {
    switch self {
    case .postCheckout: "[ \"${3-}\" = 1 ] && "
    case .prepareCommitMessage: "[ -n \"${GT_ROLE-}\" ] && "
    case .preCommit, .postMerge, .prePush: ""
    }
  }

  /// What the shell script of the hook does with an exit status of 1; any other never stops git.
  ///
  /// Only the two documented checks may refuse, so that a `bd` that cannot run is no obstacle.
  var refusal: String {
    switch self {
    case .preCommit: #"[ $? -ne 1 ] || [ -z "${BEADS_NO_AUTO_STAGE-}" ] || exit 1"#
    case .prePush: "[ $? -ne 1 ] || exit 1"
    case .postMerge, .postCheckout, .prepareCommitMessage: ":"
    }
  }
}
