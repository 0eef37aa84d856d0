import BeadsModel
import BeadsSystem

/// Where a branch is shared: a git remote and the branch's name there.
struct SyncRemote: Equatable {
  /// What it is fetched from.
  let name: String
  /// The branch there; nil when git was not told of any.
  let branch: String?
  /// What it is pushed to: another remote for those who work with forks.
  let pushName: String

  /// Where git last saw the branch.
  var tracking: String? { branch.map { "refs/remotes/\(name)/\($0)" } }
  /// The branch as people write it.
  var title: String { branch.map { "\(name)/\($0)" } ?? name }

  /// Finds the remote of a branch: the setting `sync.remote`, else the one git has for it, else `origin`, else the
  /// only one there is.
  /// - Parameter isSyncBranch: Whether the branch has the same name everywhere.
  /// - Returns: nil without remotes.
  static func find(
    _ branch: String, isSyncBranch: Bool, _ configuration: Configuration, _ config: GitConfig,
    _ git: GitCommand
  ) throws(BeadsError) -> SyncRemote? {
    guard let name = try remote(of: branch, configuration, config, git) else { return nil }
    guard !isSyncBranch else { return SyncRemote(name: name, branch: branch, pushName: name) }
    let push = config.value("branch.\(branch).pushremote") ?? config.value("remote.pushdefault") ?? name
    guard config.value("branch.\(branch).remote") == name, let merge = config.value("branch.\(branch).merge"),
      merge.hasPrefix("refs/heads/")
    else { return SyncRemote(name: name, branch: nil, pushName: push) }
    return SyncRemote(name: name, branch: String(merge.dropFirst("refs/heads/".count)), pushName: push)
  }

  private static func remote(
    of branch: String, _ configuration: Configuration, _ config: GitConfig, _ git: GitCommand
  ) throws(BeadsError) -> String? {
    func exists(_ name: String) -> Bool { config.value("remote.\(name).url") != nil && !name.hasPrefix("-") }
    if let name = try configuration.string("sync.remote") {
      guard exists(name) else {
        throw BeadsError(
          .invalid, "there is no git remote \(quoted(name)), which the setting sync.remote names",
          hint: "git remote -v lists them")
      }
      return name
    }
    for name in [config.value("branch.\(branch).remote"), "origin"] {
      if let name, exists(name) { return name }
    }
    let all = try git.ask("remote").text.split(whereSeparator: \.isNewline).map(String.init)
    return all.count == 1 && exists(all[0]) ? all[0] : nil
  }
}
