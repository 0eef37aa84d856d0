public import BeadsKit

/// The folder of git hooks of a rig: they ask `gt` before a push, and then call the hook that would have run without them.
///
/// The repositories of a rig name it as `core.hooksPath`. What they named before is kept as `gastown.hooksPath`.
public struct GitHookFolder {
  let rig: Rig
  let town: Town
  let program: String

  /// - Parameter program: The file of the program `gt`.
  public init(_ rig: Rig, _ town: Town, program: String) {
    self.rig = rig
    self.town = town
    self.program = program
  }

  private var folder: String { rig.path(".runtime/git-hooks") }

  /// Hooks that run where agents work; those of the project go on being called.
  static let names = [
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "post-rewrite", "pre-push",
    "pre-auto-gc",
  ]

  private var script: String {
    let gt = HookFile.quoted(program)
    return """
      #!/bin/sh
      # Written by gt: asks it before a push, then calls the hook of the project or the person.
      name=${0##*/}
      if [ "$name" = pre-push ]; then
        refs=$(cat)
        if [ -z "$GT_MERGE_ENGINE$GT_INTEGRATION_LAND" ]; then
          printf '%s\\n' "$refs" | \(gt) tap push "$@" || exit 1
        fi
      fi
      # A commit runs four of these: one process of git in each is enough.
      next= everywhere=
      while read -r scope key path; do
        case $scope.$key in
          *.gastown.hookspath) next=$path ;;
          global.core.hookspath) everywhere=$path ;;
        esac
      done <<EOF
      $(git config --show-scope --type=path --get-regexp '^(gastown|core)\\.hookspath$')
      EOF
      next=${next:-$everywhere}
      if [ -z "$next" ]; then
        # Git tells hooks where it is, and a worktree where its repository is.
        common=${GIT_DIR:-$(git rev-parse --git-common-dir)}
        if [ -f "$common/commondir" ]; then
          read -r next <"$common/commondir"
          case $next in /*) common=$next ;; *) common=$common/$next ;; esac
        fi
        next=$common/hooks
      fi
      [ "$next" = "${0%/*}" ] && exit 0
      [ -x "$next/$name" ] || exit 0
      [ "$name" = pre-push ] || exec "$next/$name" "$@"
      [ -n "$refs" ] || exec "$next/$name" "$@" </dev/null
      printf '%s\\n' "$refs" | "$next/$name" "$@"

      """
  }

  /// The directories with the settings of the rig's repositories.
  private func repositories() throws(BeadsError) -> [String] {
    var found = [rig.repository, rig.path("mayor/rig/.git")]
    let crew = rig.path("crew")
    for name in FileSystem.isDirectory(crew) ? try FileSystem.list(crew) : [] {
      found.append(Path.join(crew, name, ".git"))
    }
    return found.filter { FileSystem.exists(Path.join($0, "config")) }
  }

  /// The repositories that do not ask before a push.
  public func unguarded() throws(BeadsError) -> [String] {
    if try !isWritten() { return try repositories() }
    var found: [String] = []
    for repository in try repositories() where try !isSet(in: repository) { found.append(repository) }
    return found
  }

  private func isWritten() throws(BeadsError) -> Bool {
    let wanted = Array(script.utf8)
    for name in Self.names where try FileSystem.readIfPresent(Path.join(folder, name)) != wanted {
      return false
    }
    return true
  }

  private func isSet(in repository: String) throws(BeadsError) -> Bool {
    let text = String(decoding: try FileSystem.read(Path.join(repository, "config")), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
    return lines.contains {
      $0.lowercased().hasPrefix("hookspath") && ($0.hasSuffix(folder) || $0.hasSuffix("\(folder)\""))
    }
  }

  /// Has every repository of the rig ask before a push; does nothing where they do.
  public func install() throws(BeadsError) {
    if try !isWritten() {
      try FileSystem.makeDirectory(folder)
      for name in Self.names {
        try FileSystem.replace(Path.join(folder, name), with: Array(script.utf8), mode: 0o755)
      }
    }
    for repository in try repositories() where try !isSet(in: repository) { try set(in: repository) }
  }

  private func set(in repository: String) throws(BeadsError) {
    let file = Path.join(repository, "config")
    let git = GitCommand(rig.root, town.environment)
    let before = try git.ask("config", "--file", file, "--get", "core.hooksPath")
    if before.succeeded, !before.text.isEmpty, before.text != folder {
      try write("gastown.hooksPath", before.text, git, file, to: "keep the hooks of \(repository)")
    }
    try write("core.hooksPath", folder, git, file, to: "set the hooks of \(repository)")
  }

  /// Git does not wait for somebody else who changes the settings just now, such as another sling.
  private func write(
    _ key: String, _ value: String, _ git: GitCommand, _ file: String, to purpose: String
  ) throws(BeadsError) {
    for _ in 0..<100 {
      let result = try git.ask("config", "--file", file, key, value)
      if result.succeeded { return }
      guard result.errorText.contains("could not lock config file") else { break }
      pause(nanoseconds: 20_000_000)
    }
    try git.run(["config", "--file", file, key, value], to: purpose)
  }
}
