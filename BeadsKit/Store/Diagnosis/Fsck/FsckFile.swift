import BeadsFormats
import BeadsModel
import BeadsSystem

/// The file as `fsck` found it, and whether the database believes to know it.
struct FsckFile {
  let path: String
  let bytes: [UInt8]
  let exists: Bool
  /// Whether this is the very file that the database remembers; otherwise it is about to be imported.
  let isAsRecorded: Bool
  /// Whether the database remembers that each line is the canonical one and in order.
  private let isCanonical: Bool

  /// Reads the file; the stamp is that of the bytes, whatever replaces the file meanwhile.
  init(_ path: String, recorded: FileState??) throws(BeadsError) {
    self.path = path
    let state = recorded ?? nil
    isCanonical = state?.isCanonical ?? false
    do throws(BeadsError) {
      let file = try File(path, .read)
      let stamp = try file.status().stamp
      bytes = try file.readToEnd()
      exists = true
      isAsRecorded = state?.stamp == stamp
    } catch {
      guard error.code == .notFound else { throw error }
      bytes = []
      exists = false
      isAsRecorded = true
    }
  }

  /// The records by ID; lines that cannot be read and IDs that come twice are findings.
  func lines(_ report: inout FsckReport) -> FsckLines {
    var lines = FsckLines()
    bytes.withUnsafeBufferPointer { content in
      FileLines.forEach(content) { number, line in
        report.proved.lines += 1
        do throws(BeadsError) {
          guard let id = try FsckLines.id(of: line, number) else { return }
          let start = line.baseAddress.map { $0 - (content.baseAddress ?? $0) } ?? 0
          if !lines.add(id, number, start..<start + line.count) {
            report.add(
              .fileDuplicate, id, "\(id) is on several lines of the file, the last is line \(number)")
          }
        } catch { report.add(.fileUnreadable, "line \(number)", error.message) }
      }
    }
    return lines
  }

  /// The issues on lines that can be read.
  var issues: [IssueID: Issue] {
    var issues: [IssueID: Issue] = [:]
    let decoder = IssueDecoder()
    bytes.withUnsafeBufferPointer { content in
      FileLines.forEach(content) { _, line in
        if case .issue(let issue)? = try? decoder.decode(line) { issues[issue.id] = issue }
      }
    }
    return issues
  }

  /// What only shows when all issues were seen.
  func check(_ lines: FsckLines, against issues: FsckIssues, _ report: inout FsckReport) {
    guard exists else {
      if issues.writtenCount == 0 { return }
      report.findings.removeAll { $0.kind == .fileLacks }
      return report.add(
        .fileMissing, Path.name(of: path),
        "\(path) does not exist; \(issues.writtenCount) issues were written to it")
    }
    guard isAsRecorded else {
      let count = issues.differing + lines.ids.subtracting(issues.seen).count
      if count == 0 { return }
      return report.add(
        .fileNotImported, Path.name(of: path),
        "\(path) was changed by another program, and \(count) of its issues were not imported yet")
    }
    for id in lines.ids.subtracting(issues.seen).subtracting(issues.forgotten).sorted() {
      checkUnknown(id, lines, &report)
    }
    if isCanonical, let reason = lines.disorder ?? issues.formProblem {
      report.add(.fileForm, Path.name(of: path), "the file is remembered as canonical, and \(reason)")
    }
  }

  private func checkUnknown(_ id: IssueID, _ lines: FsckLines, _ report: inout FsckReport) {
    guard let range = lines.range(of: id) else { return }
    bytes.withUnsafeBufferPointer { bytes in
      do throws(JSONError) {
        guard case .issue = try IssueDecoder().decode(UnsafeBufferPointer(rebasing: bytes[range])) else {
          return
        }
        report.add(.fileUnknown, id, "\(id) is in the file and not in the database")
      } catch { report.add(.fileUnreadable, id, "the line of \(id) cannot be read: \(error.reason)") }
    }
  }
}

/// Where each issue's line is.
struct FsckLines {
  private var ranges: [IssueID: Range<Int>] = [:]
  private var last: IssueID?
  /// Why the lines are not sorted, if they are not.
  private(set) var disorder: String?
  private(set) var duplicates: Set<IssueID> = []

  var ids: Set<IssueID> { Set(ranges.keys) }

  func range(of id: IssueID) -> Range<Int>? { ranges[id] }

  /// Returns whether the ID was not there yet.
  mutating func add(_ id: IssueID, _ number: Int, _ range: Range<Int>) -> Bool {
    if let last, last >= id, disorder == nil { disorder = "line \(number) (\(id)) is out of order" }
    last = id
    if ranges.updateValue(range, forKey: id) == nil { return true }
    duplicates.insert(id)
    return false
  }

  /// The ID of a line, or nil for a line that holds something else than an issue.
  ///
  /// Canonical lines begin with it; only others are decoded, as are those that turn out to differ.
  static func id(of line: UnsafeBufferPointer<UInt8>, _ number: Int) throws(BeadsError) -> IssueID? {
    if FileLines.conflictMark(line) != nil {
      throw BeadsError(.corrupt, "line \(number) of the file is a conflict marker")
    }
    if line.last == UInt8(ascii: "}"), let bytes = IssueLine.leadingID(line) {
      return IssueID(rawValue: String(decoding: bytes, as: UTF8.self))
    }
    do throws(LineError) {
      guard case .issue(let issue) = try FileLines.record(line, IssueDecoder()) else { return nil }
      return issue.id
    } catch {
      throw BeadsError(.corrupt, "line \(number) of the file cannot be read: \(error.reason)")
    }
  }
}
