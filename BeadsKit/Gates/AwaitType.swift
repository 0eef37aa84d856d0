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
}
