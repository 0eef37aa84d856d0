import BeadsSystem

/// Where git looks for the hooks of a checkout.
struct HooksDirectory: Equatable {
  let path: String
  /// Whether other repositories may use it too.
  let isForeign: Bool
  /// Whether it is in the checkout, where it may be tracked.
  let isInCheckout: Bool
  /// The value of `core.hooksPath`, if that names it.
  let setting: String?

  static let key = "core.hookspath"

  /// Finds it: `core.hooksPath`, relative to the root of the checkout, else `hooks` in the directory all checkouts
  /// share.
  /// - Throws: `unsupported` when git is told to run no hooks.
  init(_ repository: GitLocation, _ environment: Environment) throws(BeadsError) {
    setting = GitConfig(environment, repository).value(Self.key).flatMap { $0.isEmpty ? nil : $0 }
    guard let setting else {
      path = Path.join(repository.commonDirectory, "hooks")
      (isForeign, isInCheckout) = (false, false)
      return
    }
    path = Path.absolute(Path.expandingHome(setting, environment), in: repository.workTree)
    if FileSystem.exists(path), !FileSystem.isDirectory(path) {
      throw BeadsError(
        .unsupported, "git runs no hooks here: core.hooksPath is \(setting), which is no directory")
    }
    let (path, real) = (self.path, { (path: String) in (try? FileSystem.realPath(path)) ?? path })
    let isInside = { (root: String) in
      Path.isInside(path, root) || Path.isInside(real(path), real(root))
    }
    let isInGitDirectory = isInside(repository.commonDirectory)
    isInCheckout = !isInGitDirectory && isInside(repository.workTree)
    isForeign = !isInGitDirectory && !isInCheckout && !isInside(repository.mainDirectory)
  }
}
