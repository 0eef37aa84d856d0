import BeadsSystem

/// The file of one git hook: what installing would do to it, and taking it back.
struct HookFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// What installing does to the file.
  enum Action: Equatable {
    /// Nothing: all of it is there.
    case keep
    /// Makes the file.
    case create
    /// Puts the section into a hook that is there.
    case add
    /// Replaces our section, which is another version's, damaged or not executable.
    case update
    /// Replaces the whole file, which an older tool of this family wrote.
    case replace
    /// Renames the hook that is there to `NAME.old` and makes one that runs it, unless it is switched off.
    case chain(runs: Bool)
    /// Leaves it alone, and why.
    case refuse(String)
  }

  struct Plan: Equatable {
    let hook: GitHook
    let action: Action
  }

  /// Whether a section of ours is in it.
  var hasSection: Bool { (try? content())?.map { HookScript($0).hasSection } ?? false }

  /// The path of the hook that ours hands over to.
  private var chainedPath: String { path + ".old" }

  func content() throws(BeadsError) -> [UInt8]? {
    FileSystem.exists(path) ? try FileSystem.read(path) : nil
  }

  // MARK: Installing

  /// What installing would do; changes nothing.
  /// - Parameters:
  ///   - chains: Whether a hook that is there is renamed and run from ours.
  func plan(_ hook: GitHook, chains: Bool) throws(BeadsError) -> Plan {
    Plan(hook: hook, action: try action(hook, chains: chains))
  }

  private func action(_ hook: GitHook, chains: Bool) throws(BeadsError) -> Action {
    guard let status = try FileSystem.status(path, followLinks: false) else { return .create }
    if status.kind == .symbolicLink, !FileSystem.exists(path) {
      return .refuse("it is a link that leads nowhere")
    }
    guard let content = try content() else { return .create }
    let script = HookScript(content)
    if script.isShim { return .replace }
    if script.hasSection {
      let section = HookSection(hook: hook, isChained: script.isChained)
      return script.holds(section) && isExecutable(status) ? .keep : .update
    }
    let obstacle = obstacle(script, status)
    guard chains else {
      if let obstacle { return .refuse("\(obstacle); --chain runs it beside ours") }
      return isExecutable(status) ? .add : .refuse("it is switched off: not executable")
    }
    if FileSystem.exists(chainedPath) { return .refuse("\(chainedPath) is in the way of renaming it") }
    return .chain(runs: isExecutable(status))
  }

  /// Why the hook cannot be edited, or nil.
  private func obstacle(_ script: HookScript, _ status: FileStatus) -> String? {
    if status.kind == .symbolicLink { return "it is a link to another file" }
    if script.isShell { return nil }
    return script.interpreter.isEmpty ? "it is no shell script" : "it is a \(script.interpreter) script"
  }

  private func isExecutable(_ status: FileStatus) -> Bool { status.mode & 0o100 != 0 }

  /// Does what was planned.
  /// - Parameter copies: Where to keep what an older tool's file held.
  func install(_ plan: Plan, keepingCopiesIn copies: String?) throws(BeadsError) {
    let hook = plan.hook
    switch plan.action {
    case .keep, .refuse: return
    case .create: try write(Self.fresh(HookSection(hook: hook, isChained: false)), mode: 0o755)
    case .add:
      try write(
        HookScript(try content() ?? []).installing(HookSection(hook: hook, isChained: false)), mode: nil)
    case .update:
      let script = HookScript(try content() ?? [])
      let bytes = script.installing(HookSection(hook: hook, isChained: script.isChained))
      if bytes != script.bytes { try write(bytes, mode: nil) }
      // A hook of others that is switched off stays so; one that is all ours was not meant to be.
      if HookScript(script.removingSections()).isEmpty { try makeExecutable() }
    case .replace:
      try keepCopy(in: copies)
      // The older tool ran the hook that it had found here.
      let isChained = FileSystem.exists(chainedPath)
      try write(Self.fresh(HookSection(hook: hook, isChained: isChained)), mode: 0o755)
    case .chain:
      try FileSystem.rename(path, to: chainedPath)
      try write(Self.fresh(HookSection(hook: hook, isChained: true)), mode: 0o755)
    }
  }

  /// Nobody can tell an older tool's file from one that somebody added to.
  private func keepCopy(in directory: String?) throws(BeadsError) {
    guard let directory, let content = try content() else { return }
    try FileSystem.makeDirectory(directory)
    try FileSystem.replace(Path.join(directory, Path.name(of: path)), with: content, mode: 0o644)
  }

  private static func fresh(_ section: HookSection) -> [UInt8] { Array(("#!/bin/sh\n" + section.text).utf8) }

  private func write(_ bytes: [UInt8], mode: UInt32?) throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: path))
    try FileSystem.replace(path, with: bytes, mode: mode)
  }

  private func makeExecutable() throws(BeadsError) {
    guard let mode = try FileSystem.status(path)?.mode, mode & 0o111 != 0o111 else { return }
    try FileSystem.setMode(path, mode | 0o111)
  }

  // MARK: Taking it back

  private struct Removal {
    enum Kind { case section([UInt8]), file, chain }
    let kind: Kind
    let isShim: Bool
  }

  private func removal(wasThere: Bool?) throws(BeadsError) -> Removal? {
    guard let content = try content() else { return nil }
    let script = HookScript(content)
    guard script.hasSection || script.isShim else { return nil }
    let rest = script.isShim ? [] : script.removingSections()
    let isChained = script.isShim || script.isChained
    let kind: Removal.Kind =
      if !HookScript(rest).isEmpty || (wasThere == true && !isChained) {
        .section(rest)
      } else if isChained, FileSystem.exists(chainedPath) {
        .chain
      } else {
        .file
      }
    return Removal(kind: kind, isShim: script.isShim)
  }

  /// Takes our section out and puts a hook that was renamed back in its place.
  /// - Parameters:
  ///   - wasThere: Whether there was a hook before ours, if that is known: then what is left stays, however little
  ///     it is.
  ///   - copies: Where to keep what an older tool's file held.
  /// - Returns: Whether there was anything of ours.
  @discardableResult
  func uninstall(wasThere: Bool?, keepingCopiesIn copies: String?) throws(BeadsError) -> Bool {
    guard let removal = try removal(wasThere: wasThere) else { return false }
    if removal.isShim { try keepCopy(in: copies) }
    switch removal.kind {
    case .section(let rest): try write(rest, mode: nil)
    case .file: try FileSystem.remove(path)
    case .chain: try FileSystem.rename(chainedPath, to: path)
    }
    return true
  }

  /// What `uninstall` would do, in a few words.
  func uninstallation(wasThere: Bool?) -> String {
    switch (try? removal(wasThere: wasThere))?.kind {
    case nil: "nothing"
    case .section: "our section"
    case .file: "the hook"
    case .chain: "the hook; \(Path.name(of: chainedPath)) gets its name back"
    }
  }
}
