import BeadsKit
import BenchmarkKit

extension Contender {
  /// Makes an empty project in a git repository, in place of one that was there.
  func makeProject(_ label: String) throws(BeadsError) -> String {
    let project = try makeFolder(label)
    try git(["init", "--quiet"], in: project)
    try makeStore(in: project)
    return project
  }

  /// Makes an empty store in a project, in place of one that was there.
  func makeStore(in project: String) throws(BeadsError) {
    try Self.removeTree(Path.join(project, ".beads"))
    try run(["init", "--prefix", "bench", "--quiet"], in: project)
  }

  /// Leaves only the file of a store.
  func removeDatabase(in project: String) throws(BeadsError) {
    for suffix in ["", "-wal", "-shm"] {
      try FileSystem.remove(Path.join(project, ".beads", "beads.db" + suffix))
    }
  }
}
