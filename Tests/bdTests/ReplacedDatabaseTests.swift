import BeadsKit
import BeadsTesting
import Testing

@testable import BeadsStore

/// Real processes that wait for their turn while the database is replaced.
@Suite struct ReplacedDatabaseProcessTests {
  @Test func whoWaitsForTheWriteLockWritesIntoTheNewDatabase() throws {
    let stress = try StressProject()
    try stress.run("create", "Before")
    let location = stress.project.location
    let lock = FileLock(path: Path.join(location.directory, ".write.lock"), command: "the test")
    let other = try TestProject()
    try other.makeStore().closeConnection()
    let held = try lock.acquire()
    let waiting = try (0..<3).map { try ObservedProgram(stress.request(["create", "Waited \($0)"])) }
    while !lock.hasWaiter {}
    _ = try DatabaseFiles(location.databasePath).setAside("test", stress.project.environment.clock)
    try FileSystem.rename(other.location.databasePath, to: location.databasePath)
    held.release()
    for program in waiting { #expect(try program.wait().status == 0) }
    #expect(try stress.checkedIssues().count == 4)
  }
}
