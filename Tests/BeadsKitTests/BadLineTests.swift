import BeadsKit
import BeadsSystem
import BeadsTesting
import Testing

/// Files with lines that are no records: the rest is imported, and nothing of them is lost.
@Suite struct BadLineTests {
  private let project: TestProject
  private let store: Store
  /// The file as it should be.
  private let whole: [UInt8]
  private let ids: [IssueID]

  init() throws {
    project = try TestProject()
    let store = try project.makeStore()
    ids = try ["One", "Two", "Three"].map { title in
      try store.write("create") { transaction throws(BeadsError) in
        try transaction.create(IssueDraft(title: title)).id
      }
    }.sorted()
    try store.flush()
    self.store = store
    whole = Array(project.exportedText.utf8)
  }

  private func put(_ bytes: [UInt8]) throws {
    try FileSystem.replace(project.location.jsonlPath, with: bytes)
  }

  private var exported: [UInt8] { Array(project.exportedText.utf8) }

  private func line(_ number: Int) -> [UInt8] { Array(whole.split(separator: 0x0A)[number - 1]) }

  /// The bytes of a kept line, without the line feed.
  private func kept(_ line: BadLine) throws -> [UInt8] {
    Array(try FileSystem.read(try #require(line.keptAs)).dropLast())
  }

  /// A store with an empty database beside the same kind of file.
  private func emptyStore(with file: [UInt8]) throws -> (TestProject, Store) {
    let project = try TestProject()
    let store = try project.makeStore()
    try FileSystem.replace(project.location.jsonlPath, with: file)
    return (project, store)
  }

  @Test func tornAtEveryByteOfTheLastTwoLines() throws {
    let start = line(1).count + 1
    let before = try store.issues(where: "1")
    for end in start..<whole.count {
      let torn = Array(whole[..<end])
      try put(torn)
      let report = try #require(try store.importChanges())
      #expect(try store.issues(where: "1") == before)
      let last = torn.last == 0x0A ? [] : Array(torn.split(separator: 0x0A).last ?? [])
      if last.isEmpty || last == line(2) || last == line(3) {
        #expect(report.badLines.isEmpty)
      } else {
        #expect(report.badLines.count == 1)
        #expect(try kept(report.badLines[0]) == last)
        let hasID = last.count > line(2).firstIndex(of: UInt8(ascii: ","))! - 1
        #expect(report.badLines[0].fate == (hasID ? .repaired : .unknown))
      }
      try store.flush(force: true)
      #expect(exported == whole)
    }
  }

  @Test func tornFileMakesAnewWhatCanBeRead() throws {
    for end in stride(from: line(1).count + 1, to: whole.count, by: 37) {
      let (project, store) = try emptyStore(with: Array(whole[..<end]))
      let report = try #require(try store.importChanges())
      let good = Array(whole[..<end]).split(separator: 0x0A).map(Array.init).filter {
        whole.contains($0) && $0.last == UInt8(ascii: "}")
      }
      let lines = try store.issues(where: "1").map(\.jsonLine)
      #expect(lines == good.map { String(decoding: $0, as: UTF8.self) })
      #expect(report.badLines.allSatisfy { $0.fate == .unknown })
      try store.close()
      #expect(project.exportedText == lines.map { $0 + "\n" }.joined())
    }
  }

  @Test(arguments: ["\u{FEFF}LINES", "CRLF", "NOEND", "BLANK", "REVERSED"])
  func oddFilesAreReadAndWrittenAnew(_ kind: String) throws {
    let text = String(decoding: whole, as: UTF8.self)
    let odd =
      switch kind {
      case "CRLF": text.split(separator: "\n").map { $0 + "\r\n" }.joined()
      case "NOEND": String(text.dropLast())
      case "BLANK": "\n \n" + text + "\n\t\n"
      case "REVERSED": text.split(separator: "\n").reversed().map { $0 + "\n" }.joined()
      default: "\u{FEFF}" + text
      }
    try put(Array(odd.utf8))
    #expect(try Store.examineFile(project.location.jsonlPath).isSound)
    let report = try #require(try store.importChanges())
    #expect(report.badLines.isEmpty)
    #expect(report.unchanged == 3)
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "Four"))
    }
    try store.flush()
    #expect(project.exportedText == (try store.issues(where: "1")).map { $0.jsonLine + "\n" }.joined())
  }

  @Test func everyKindOfBadLineIsKept() throws {
    let bad: [[UInt8]] = [
      Array("{\"id\":\"t-x\",".utf8), [0, 0, 0, 0, 0], Array("binary \u{1} junk".utf8), Array("[]".utf8),
      Array("{\"title\":\"no id\"}".utf8), Array("{\"id\":\"t-y\",\"created_at\":\"yesterday\"}".utf8),
      Array("ments\":[{\"issue_id\":\"\(ids[0])\",\"text\":\"tail\"}]}".utf8), [0xFF, 0xFE, 0x7B],
    ]
    try put(whole + bad.flatMap { $0 + [0x0A] })
    let report = try #require(try store.importChanges())
    #expect(report.badLines.map(\.number) == Array(4..<4 + bad.count))
    #expect(try report.badLines.map(kept) == bad)
    #expect(report.badLines[0].issueID?.rawValue == "t-x")
    #expect(report.badLines[6].issueID == ids[0])
    #expect(report.badLines[6].fate == .repaired)
    #expect(report.unchanged == 3)
    #expect(report.warnings.count == bad.count)
    // Known now: nothing is said again, and the same line is not kept twice.
    #expect(try store.importChanges() == nil)
    let names = try FileSystem.list(Path.join(project.beadsDirectory, "quarantine"))
    try put(whole + bad.flatMap { $0 + [0x0A] })
    try store.importChanges()
    #expect(try FileSystem.list(Path.join(project.beadsDirectory, "quarantine")) == names)
    #expect(names.contains(".gitignore"))
    try store.flush(force: true)
    #expect(exported == whole)
  }

  @Test func manyBadLinesShareAFile() throws {
    let bad = (0..<500).map { Array("junk \($0)".utf8) }
    try put(whole + bad.flatMap { $0 + [0x0A] })
    let report = try #require(try store.importChanges())
    #expect(Set(report.badLines.map(\.keptAs)).count == 1)
    #expect(try kept(report.badLines[0]).split(separator: 0x0A).map(Array.init) == bad)
    #expect(report.warnings.count == 11)
  }

  /// A byte of another encoding costs a known issue nothing, and an unknown one that byte.
  @Test func invalidUTF8() throws {
    let latin =
      Array(#"{"id":"t-zlatin","title":"caf"#.utf8) + [0xE9]
      + Array(#"","created_at":"2026-01-01T00:00:00Z"}"#.utf8)
    var spoiled = line(1)
    let place = try #require(
      spoiled.firstIndex(of: UInt8(ascii: "O")) ?? spoiled.firstIndex(of: UInt8(ascii: "T")))
    spoiled[place] = 0xFF
    try put(spoiled + [0x0A] + whole.dropFirst(line(1).count + 1) + latin + [0x0A])
    let before = try #require(try store.issue(ids[0]))
    let report = try #require(try store.importChanges())
    #expect(report.badLines.map(\.fate) == [.repaired, .takenInPart])
    #expect(try report.badLines.map(kept) == [spoiled, latin])
    #expect(try store.issue(ids[0]) == before)
    let taken = try #require(try store.issue(IssueID(rawValue: "t-zlatin")!))
    #expect(taken.title == "caf\u{FFFD}")
    try store.flush(force: true)
    #expect(exported == whole + Array((taken.jsonLine + "\n").utf8))
  }

  @Test func longLineIsBad() throws {
    let path = Path.join(project.directory, "long.jsonl")
    let long =
      Array(#"{"id":"t-long","title":""#.utf8) + [UInt8](repeating: 0x61, count: 64 << 20)
      + Array("\"}\n".utf8)
    try FileSystem.replace(path, with: whole + long)
    let examined = try Store.examineFile(path)
    #expect(examined.issueCount == 3)
    #expect(examined.badLines.map(\.reason) == ["longer than 64 MB"])
    #expect(examined.badLines.map(\.issueID?.rawValue) == ["t-long"])
  }

  @Test(arguments: [[], [0x0A], Array("junk\nmore junk\n".utf8), [UInt8](repeating: 0, count: 5000)])
  func fileWithoutOneGoodLineIsWrittenAnew(_ content: [UInt8]) throws {
    try put(content)
    try store.importChanges()
    #expect(try store.count() == 3)
    try store.flush(force: true)
    #expect(exported == whole)
  }

  @Test func emptyDatabaseNeverReplacesAnUnreadableFile() throws {
    let pointer = Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8)
    let (project, store) = try emptyStore(with: pointer)
    let error = #expect(throws: BeadsError.self) { try store.importChanges() }
    #expect(error?.code == .corrupt)
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "A"))
    }
    // Now the database says something, and what the file said is kept.
    try store.flush()
    #expect(project.exportedText == (try store.issues(where: "1")).map { $0.jsonLine + "\n" }.joined())
    #expect(!(try FileSystem.list(Path.join(project.beadsDirectory, "quarantine"))).isEmpty)
  }

  @Test func whatCannotBeKeptIsNotOverwritten() throws {
    try FileSystem.replace(Path.join(project.beadsDirectory, "quarantine"), with: [])
    let damaged = whole + Array("junk\n".utf8)
    try put(damaged)
    #expect(throws: BeadsError.self) { try store.importChanges() }
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "A"))
    }
    #expect(throws: BeadsError.self) { try store.flush() }
    #expect(exported == damaged)
    #expect(try store.count() == 4)
  }

  @Test func directoryInPlaceOfTheFileStopsOnlyTheExport() throws {
    try FileSystem.remove(project.location.jsonlPath)
    try FileSystem.makeDirectory(project.location.jsonlPath)
    #expect(throws: BeadsError.self) { try store.importChanges() }
    try store.write("create") { transaction throws(BeadsError) in
      try transaction.create(IssueDraft(title: "A"))
    }
    #expect(throws: BeadsError.self) { try store.flush() }
    #expect(try store.count() == 4)
  }

  /// The torn line comes back as it was: our change of the issue since then is not undone.
  @Test func tornLineKeepsTheMergeBase() throws {
    let offline = try project.openStore(options: StoreOptions(exportsFile: false))
    try put(Array(whole.dropLast(20)))
    try offline.importChanges()
    project.advance(seconds: 5)
    try offline.write("update") { transaction throws(BeadsError) in
      try transaction.update(ids[2]) { $0.title = "Changed" }
    }
    try put(whole)
    try offline.importChanges()
    #expect(try offline.issue(ids[2])?.title == "Changed")
    #expect(try offline.issue(ids[2])?.notes == "")
  }
}

extension [UInt8] {
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard part.count <= count else { return false }
    return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
  }
}
