import BeadsKit

/// The files of a town's trackers, for telling whether anything in them has changed without opening them.
struct TrackerFiles {
  private let town: Town
  private var directories: [String] = []
  private var routes: FileStamp?
  private var stamps: [FileStamp?] = []
  /// How often something was found changed; grows.
  private(set) var generation = 0

  init(_ town: Town) { self.town = town }

  /// Looks once at each file; a few microseconds each.
  mutating func look() throws(BeadsError) {
    let current = try FileSystem.stamp(town.path(".beads/routes.jsonl"))
    if directories.isEmpty || current != routes {
      routes = current
      directories = Self.directories(of: town)
    }
    var found: [FileStamp?] = []
    for directory in directories {
      for name in ["beads.db", "beads.db-wal", "issues.jsonl"] {
        found.append(try FileSystem.stamp(Path.join(directory, name)))
      }
    }
    if found == stamps { return }
    stamps = found
    generation += 1
  }

  /// The folders of the trackers; one that a route leads to and that is not there keeps nobody from the others.
  private static func directories(of town: Town) -> [String] {
    let router = Router(environment: town.environment, townRoot: town.root)
    let others = router.routes.compactMap { try? router.workspace(of: $0).beadsDirectory }
    return Array(Set([town.path(".beads")] + others)).sorted()
  }
}
