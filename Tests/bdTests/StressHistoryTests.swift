import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// Thirty writers with readers and checkpoints in between: each read and the end agree with some order of what was
/// acknowledged.
@Suite(.serialized) struct StressHistoryTests {
  /// A command on one issue, with the moments at which it was started and known to have ended.
  private struct Write {
    let value: String
    let start: Int
    var end: Int?
  }

  /// What is known of one issue: a field that every writer sets, a set and a list that every writer adds to.
  private struct History {
    var titles: [Write] = []
    var labels: [Write] = []
    var comments: [Write] = []

    /// The titles that may be read: of writes that no other began after and ended before the read.
    func possibleTitles(from start: Int, to end: Int) -> Set<String> {
      let over = titles.filter { $0.end.map { $0 < start } ?? false }
      return Set(
        titles.filter { write in
          write.start < end && !over.contains { later in write.end.map { $0 < later.start } ?? false }
        }.map(\.value))
    }

    static func done(_ writes: [Write], before moment: Int) -> Set<String> {
      Set(writes.filter { $0.end.map { $0 < moment } ?? false }.map(\.value))
    }
  }

  private struct Reading {
    let title: String
    let labels: Set<String>

    init?(_ value: JSONValue?) {
      guard let title = value?["title"]?.stringValue else { return nil }
      self.title = title
      labels = Set((value?["labels"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
  }

  @Test func everyReadFitsTheHistory() throws {
    let stress = try StressProject()
    let ids = try stress.makeIssues(3).map(\.rawValue)
    var histories = [History](repeating: History(), count: ids.count)
    for index in ids.indices { histories[index].titles = [Write(value: "Shared \(index)", start: 0, end: 0)] }
    var clock = 1
    var step = [Int](repeating: 0, count: 30)
    var starts = [Int](repeating: 0, count: 30)
    var reads = 0
    let storm = try CheckpointStorm(stress.project)
    defer { storm.stop() }
    try stress.runAll(30) { slot in
      guard step[slot] < 6 else { return nil }
      clock += 1
      starts[slot] = clock
      let (issue, word) = ((slot + step[slot]) % ids.count, "\(slot).\(step[slot])")
      let write = Write(value: word, start: clock)
      switch (slot + step[slot]) % 4 {
      case 0:
        histories[issue].titles.append(write)
        return ["update", ids[issue], "--title", word]
      case 1:
        histories[issue].labels.append(write)
        return ["label", "add", ids[issue], word]
      case 2:
        histories[issue].comments.append(write)
        return ["comment", ids[issue], word]
      default: return ["show", ids[issue], "--json"]
      }
    } ended: { slot, run in
      clock += 1
      let (issue, word) = ((slot + step[slot]) % ids.count, "\(slot).\(step[slot])")
      #expect(run.status == 0, "\(run.errorText)")
      func end(_ writes: inout [Write]) {
        if let place = writes.firstIndex(where: { $0.value == word }) { writes[place].end = clock }
      }
      switch (slot + step[slot]) % 4 {
      case 0: end(&histories[issue].titles)
      case 1: end(&histories[issue].labels)
      case 2: end(&histories[issue].comments)
      default:
        reads += 1
        check(Reading(printedIssue(run)), histories[issue], from: starts[slot], to: clock)
      }
      step[slot] += 1
    }
    storm.stop()
    #expect(reads > 30)
    _ = try stress.checkedIssues()
    try checkEnd(stress, ids, histories, clock + 1)
  }

  private func check(_ reading: Reading?, _ history: History, from start: Int, to end: Int) {
    guard let reading else {
      Issue.record("a reader printed no issue")
      return
    }
    #expect(history.possibleTitles(from: start, to: end).contains(reading.title))
    #expect(reading.labels.isSuperset(of: History.done(history.labels, before: start)))
    #expect(reading.labels.isSubset(of: history.labels.map(\.value)))
  }

  /// The end, read by code that shares nothing with the store: plain SQL, and Foundation's JSON.
  private func checkEnd(
    _ stress: StressProject, _ ids: [String], _ histories: [History], _ now: Int
  ) throws {
    let connection = try Connection(stress.project.location.databasePath, .readWrite)
    defer { connection.close() }
    let lines = stress.project.exportedText.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    for (id, history) in zip(ids, histories) {
      let labels = try connection.all("SELECT label FROM labels WHERE issue_id = ?1", id) { $0.text(0) }
      #expect(Set(labels) == Set(history.labels.map(\.value)))
      let comments = try connection.all("SELECT text FROM comments WHERE issue_id = ?1", id) { $0.text(0) }
      #expect(comments.sorted() == history.comments.map(\.value).sorted())
      let title = try #require(try connection.text("SELECT title FROM issues WHERE id = ?1", id))
      #expect(history.possibleTitles(from: now, to: now + 1).contains(title))
      let line = try #require(lines.first { $0["id"] as? String == id })
      #expect(line["title"] as? String == title)
      #expect(Set(line["labels"] as? [String] ?? []) == Set(labels))
      #expect((line["comments"] as? [[String: Any]])?.count ?? 0 == comments.count)
    }
  }
}

/// A thread that moves the log into the database as often as it is its turn, and one that opens, reads and closes.
///
/// Together with processes that come and go this is what corrupts a database where checkpoints are not kept apart
/// from writes.
final class CheckpointStorm: Sendable {
  private let ended = DispatchGroup()
  private let flag: StopFlag

  init(_ project: TestProject) throws {
    let (path, lockPath) = (project.location.databasePath, Path.join(project.beadsDirectory, ".write.lock"))
    let flag = StopFlag()
    self.flag = flag
    for checkpoints in [true, false] {
      ended.enter()
      Thread.detachNewThread { [ended] in
        while !flag.isSet {
          #expect(throws: Never.self) {
            let connection = try Connection(path, .readWrite)
            if checkpoints {
              try FileLock(path: lockPath, command: "storm").withLock { () throws(BeadsError) in
                _ = try? connection.checkpoint(.truncate)
              }
            } else {
              _ = try connection.int64("SELECT COUNT(*) FROM issues")
            }
            connection.close()
          }
          pause(nanoseconds: 500_000)
        }
        ended.leave()
      }
    }
  }

  /// Ends the threads and waits for them.
  func stop() {
    flag.set()
    ended.wait()
  }
}

/// A flag that several threads look at.
final class StopFlag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }

  func set() { lock.withLock { value = true } }
}
