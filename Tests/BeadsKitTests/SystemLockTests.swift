import Foundation
import Testing

@testable import BeadsSystem

@Suite struct SystemLockTests {
  private static let clock: @Sendable () -> Int64 = { 1_000_000_000_000 }

  @Test func secondCallerIsToldWhoHoldsIt() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "lock")
      let first = try FileLock(path: path, command: "bd import", clock: Self.clock).acquire()
      let late = FileLock(path: path, command: "bd list", clock: { Self.clock() + 4_999_999_999 })
      let error = thrownError { () throws(BeadsError) in try late.acquire(timeout: .milliseconds(5)) }
      #expect(error?.code == .locked)
      let pid = ProcessInfo.processInfo.processIdentifier
      #expect(error?.message == "\(path) is held by pid \(pid) `bd import` since 4 s")
      #expect(late.holder() == "pid \(pid) `bd import` since 4 s")
      let refused = try late.tryAcquire() == nil
      #expect(refused)
      first.release()
      #expect(late.holder() == nil)
      let granted = try late.tryAcquire() != nil
      #expect(granted)
    }
  }

  @Test func aWaiterIsSeen() throws {
    try withScratchDirectory { directory throws in
      let lock = FileLock(path: Path.join(directory, "lock"), command: "test")
      #expect(!lock.hasWaiter)
      let held = try lock.acquire()
      #expect(!lock.hasWaiter, "whoever holds it does not wait")
      // A thread of its own: those of the tests may all be busy waiting for something.
      let finished = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        try? lock.withLock { () throws(BeadsError) in }
        finished.signal()
      }
      while !lock.hasWaiter { usleep(100) }
      held.release()
      finished.wait()
      #expect(!lock.hasWaiter)
    }
  }

  @Test func errorsInTheBodyReleaseTheLock() throws {
    try withScratchDirectory { directory throws in
      let lock = FileLock(path: Path.join(directory, "lock"), command: "test")
      let error = thrownError { () throws(BeadsError) in
        try lock.withLock { () throws(BeadsError) in throw BeadsError(.invalid, "x") }
      }
      #expect(error?.message == "x")
      #expect(try lock.withLock(timeout: .zero) { 7 } == 7)
    }
  }

  @Test func placesThatCannotBeWrittenAreReadOnly() throws {
    let lock = FileLock(path: "/nonexistent/lock", command: "test")
    #expect(thrownError { () throws(BeadsError) in try lock.acquire() }?.code == .readOnly)
    let proc = FileLock(path: "/sys/lock", command: "test")
    #expect(thrownError { () throws(BeadsError) in try proc.acquire() }?.code == .readOnly)
  }

  @Test(arguments: [
    "", "garbage", "99999999999999999999\n", "-0000000000000000001\n", "00000000000000000000\n",
  ])
  func damagedFilesDoNotBreakTheQueue(content: String) throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "lock")
      let lock = FileLock(path: path, command: "test")
      for _ in 0..<3 { try lock.withLock { () throws(BeadsError) in } }
      let held = try lock.acquire()
      // Written in place: the lock must survive while it is held.
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(content.utf8))
      let refused = try lock.tryAcquire() == nil
      #expect(refused)
      held.release()
      try lock.withLock(timeout: .seconds(5)) { () throws(BeadsError) in }
    }
  }

  @Test func nobodyIsInsideTogether() async throws {
    let directory = NSTemporaryDirectory() + "/bd-lock-" + UUID().uuidString
    try FileSystem.makeDirectory(directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let lock = FileLock(path: Path.join(directory, "lock"), command: "test")
    let stays = try await withThrowingTaskGroup(of: [Stay].self) { group in
      for _ in 0..<4 { group.addTask { try (0..<50).map { _ in try stay(lock) } } }
      return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.from < $1.from }
    }
    #expect(stays.count == 200)
    #expect(zip(stays, stays.dropFirst()).allSatisfy { $0.until <= $1.from })
  }

  @Test func aStoppedMemberOfTheQueueIsRespectedThenOvertaken() throws {
    try withScratchDirectory { directory throws in
      let lock = FileLock(path: Path.join(directory, "lock"), command: "test")
      let held = try lock.acquire()
      var stopped = try LockQueue(path: lock.path)
      let granted = try stopped.wait(until: 0)
      #expect(!granted)
      held.release()
      let impolite = try lock.tryAcquire() != nil
      #expect(!impolite)
      try lock.withLock(timeout: .seconds(10)) { () throws(BeadsError) in }
      #expect(stopped.ticket == 1)
    }
  }

  @Test func commandsWithControlCharactersAndGreatLengthStayOneLine() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "lock")
      let command = "bd \u{1B}[2J\n" + String(repeating: "ä", count: 300)
      let held = try FileLock(path: path, command: command).acquire()
      let holder = try #require(FileLock(path: path, command: "").holder())
      #expect(holder.contains("`bd ?[2J?ä"))
      #expect(holder.utf8.allSatisfy { $0 >= 0x20 })
      held.release()
    }
  }
}

private struct Stay: Sendable {
  let from: Int64
  let until: Int64
}

private func stay(_ lock: FileLock) throws -> Stay {
  try lock.withLock { () throws(BeadsError) in
    Stay(from: monotonicNanoseconds(), until: monotonicNanoseconds())
  }
}
