import BeadsKit

/// What a gate has to leave alone, as it is at one moment: a gate writes in its checkout and nowhere else.
///
/// Seen are the folders around the checkout, the settings and the repository's own files; nobody can watch a whole machine.
struct GateSurroundings: Sendable, Equatable {
  /// A folder whose own entries are looked at, not those further down.
  struct Folder: Sendable {
    let path: String
    /// Whether files in it count as changed, or only as new and gone.
    var hasFixedFiles = true
    /// Names that come and go without a gate.
    var ignored: Set<String> = []
  }

  private let stamps: [String: String]

  /// Looks at the folders; one that cannot be read is not watched.
  init(_ folders: [Folder]) {
    var stamps: [String: String] = [:]
    for folder in folders {
      for name in (try? FileSystem.list(folder.path)) ?? [] where !folder.ignored.contains(name) {
        if !folder.hasFixedFiles, name.hasPrefix(".") { continue }
        let path = Path.join(folder.path, name)
        let status = (try? FileSystem.status(path, followLinks: false)) ?? nil
        let counts = folder.hasFixedFiles && status?.kind == .regular
        stamps[path] = counts ? status?.stamp.description ?? "" : ""
      }
    }
    self.stamps = stamps
  }

  /// The paths that were not the same before, in order.
  func changes(since before: GateSurroundings) -> [String] {
    let paths = Set(stamps.keys).union(before.stamps.keys)
    return paths.filter { stamps[$0] != before.stamps[$0] }.sorted()
  }

  /// What is around the checkout of a rig's engine.
  static func folders(_ town: Town, _ rig: Rig) -> [Folder] {
    [
      Folder(path: town.root, hasFixedFiles: false, ignored: ["ESTOP", "daemon", "logs"]),
      Folder(path: rig.root, hasFixedFiles: false, ignored: ["polecats", "crew", "settings"]),
      Folder(path: rig.path("refinery"), ignored: ["logs", "gates"]),
      Folder(path: rig.path("settings")), Folder(path: town.path("settings")),
      Folder(path: town.path("mayor")),
      Folder(path: rig.repository, ignored: ["FETCH_HEAD", "packed-refs", "packed-refs.lock", "gc.pid"]),
      Folder(path: Path.join(rig.repository, "hooks")),
    ]
  }
}
