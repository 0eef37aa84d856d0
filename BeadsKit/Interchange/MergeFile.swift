import BeadsFormats

/// A file merged out of three, and what could not go into it.
public struct MergedFile: Sendable {
  /// The lines of the merged file: issues by ID, then memories.
  public fileprivate(set) var bytes: [UInt8] = []
  /// Lines of the two sides that are not in `bytes`: no record, or a memory that lost.
  public fileprivate(set) var rejected: [RejectedLine] = []
  /// How many issues were merged from decoded records instead of copied from one side.
  public fileprivate(set) var mergedCount = 0
  /// What was decided for those issues, when the caller asked to have it explained.
  public fileprivate(set) var reports: [MergeReport] = []
  /// Whether one of the sides held conflict markers.
  public fileprivate(set) var hadConflictMarkers = false
  /// Issues that got another ID, because both sides had made one under the same.
  public fileprivate(set) var separated: [SeparatedIssue] = []
}

/// A line that was kept out of a merged file.
public struct RejectedLine: Sendable, Equatable {
  /// One of the two files that were merged.
  public enum Side: String, Sendable { case ours, theirs }

  /// The file it comes from.
  public let side: Side
  /// Its number there, from 1.
  public let number: Int
  /// Its bytes, without the line feed.
  public let bytes: [UInt8]
  /// What is wrong with it.
  public let reason: String
}

/// The three-way merge of whole issue files.
///
/// Always succeeds: lines that cannot be read are handed back; files with conflict markers or with several lines
/// for one issue (a union merge) count with all their lines. Lines that need no merging are copied as they are;
/// those equal on both sides are not even decoded. O(n) for sorted files: 10,000 lines of 900 bytes take 20 ms,
/// 160 when both sides changed every line.
public enum IssueFileMerge {
  /// Merges two versions of a file.
  ///
  /// Where both sides created an issue under one ID, the later one gets an ID of its own first, and what its side
  /// says of that ID follows it.
  /// - Parameter explaining: whether to tell what was decided for each issue.
  public static func merge(
    base: [UInt8], ours: [UInt8], theirs: [UInt8], policy: MergePolicy, explaining: Bool = false
  ) -> MergedFile {
    var files = [base, ours, theirs]
    var separated: [SeparatedIssue] = []
    var passes = 0
    while true {
      passes += 1
      let step = withLines(of: files) { base, ours, theirs in
        if passes <= IDSeparation.limit,
          let found = IDSeparation(base: base, ours: ours, theirs: theirs)
        {
          return Step.separation(found)
        }
        var merge = FileMerge(
          base: base, ours: ours, theirs: theirs, policy: policy, isExplaining: explaining)
        return Step.merged(merge.run())
      }
      switch step {
      case .separation(let found):
        files = found.renamed(files)
        separated += found.separated
      case .merged(var file):
        file.separated = separated
        return file
      }
    }
  }

  private enum Step {
    case separation(IDSeparation)
    case merged(MergedFile)
  }

  private static func withLines<R>(
    of files: [[UInt8]], _ body: (MergeLines, MergeLines, MergeLines) -> R
  ) -> R {
    files[0].withUnsafeBufferPointer { base in
      files[1].withUnsafeBufferPointer { ours in
        files[2].withUnsafeBufferPointer { theirs in
          body(
            MergeLines(base, side: nil), MergeLines(ours, side: .ours), MergeLines(theirs, side: .theirs))
        }
      }
    }
  }
}

/// One run over the sorted lines of three files.
private struct FileMerge {
  typealias Lines = ArraySlice<MergeLines.Line>

  var base: MergeLines
  var ours: MergeLines
  var theirs: MergeLines
  let policy: MergePolicy
  let isExplaining: Bool
  let decoder = IssueDecoder()
  var writer = JSONWriter()
  var file = MergedFile()

  mutating func run() -> MergedFile {
    file.rejected = ours.rejected + theirs.rejected
    file.hadConflictMarkers = ours.hadConflictMarkers || theirs.hadConflictMarkers
    file.bytes.reserveCapacity(max(ours.byteCount, theirs.byteCount) * 9 / 8)
    while let key = MergeLines.Key.first(ours.nextKey, theirs.nextKey) {
      merge(base.take(key), ours.take(key), theirs.take(key), isMemory: key.isMemory)
    }
    return file
  }

  private mutating func merge(_ old: Lines, _ mine: Lines, _ other: Lines, isMemory: Bool) {
    if let line = undecodedResult(old, mine, other) {
      append(line.bytes)
    } else if isMemory {
      mergeMemory(mine + other)
    } else {
      mergeIssue(old, mine, other)
    }
  }

  /// The line to copy when no decoding is needed to know it.
  private func undecodedResult(_ old: Lines, _ mine: Lines, _ other: Lines) -> MergeLines.Line? {
    guard mine.count <= 1, other.count <= 1 else { return nil }
    guard let mine = mine.first, let other = other.first else { return mine.first ?? other.first }
    if mine.bytes.isSame(as: other.bytes) { return mine }
    // An older record does not undo a deletion in the base; to see its age takes decoding.
    guard old.count == 1, let old = old.first, !old.mentionsTombstone else { return nil }
    let changed = mine.bytes.isSame(as: old.bytes) ? other : other.bytes.isSame(as: old.bytes) ? mine : nil
    // A line that went bad does not replace a good one.
    return changed.flatMap { (try? decoder.decode($0.bytes)) == nil ? nil : $0 }
  }

  private mutating func append(_ line: some Collection<UInt8>) {
    file.bytes.append(contentsOf: line)
    file.bytes.append(0x0A)
  }

  /// Memories carry no time: of two values the greater is kept, the other handed back.
  private mutating func mergeMemory(_ lines: Lines) {
    guard let kept = lines.max(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) else { return }
    append(kept.bytes)
    for line in lines where !line.bytes.isSame(as: kept.bytes) {
      file.rejected.append(line.rejected("another value of this memory was kept"))
    }
  }

  // MARK: Issues

  /// What the lines of one file say about one issue.
  private struct Version {
    var issue: Issue?
    /// When it was deleted, if a marker of the old format says so.
    var deletedAt: Timestamp?
    /// The greatest marker.
    var marker: MergeLines.Line?

    /// The issue, or the tombstone that the marker stands for.
    func record(otherwise content: Issue?) -> Issue? {
      guard let deletedAt, var tombstone = issue ?? content else { return issue }
      tombstone.status = .tombstone
      tombstone.deletedAt = deletedAt
      return tombstone
    }
  }

  private mutating func mergeIssue(_ old: Lines, _ mine: Lines, _ other: Lines) {
    let (base, ours, theirs) = (decode(old), decode(mine), decode(other))
    let mine = ours.record(otherwise: theirs.issue ?? base.issue)
    let other = theirs.record(otherwise: ours.issue ?? base.issue)
    guard let merged = merged(base.issue, mine, other) else {
      let markers = [ours.marker, theirs.marker].compactMap(\.self)
      if let marker = markers.max(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
        append(marker.bytes)
      }
      return
    }
    file.mergedCount += 1
    writer.removeAll()
    writer.issue(merged, edges: .raw)
    append(writer.bytes)
  }

  private mutating func merged(_ base: Issue?, _ ours: Issue?, _ theirs: Issue?) -> Issue? {
    guard isExplaining else {
      return IssueMerge.merge(base: base, ours: ours, theirs: theirs, policy: policy)
    }
    let report = IssueMerge.explain(base: base, ours: ours, theirs: theirs, policy: policy)
    if let report { file.reports.append(report) }
    return report?.issue
  }

  /// Decodes the lines of one issue; several versions are merged without a base, in an order of their own.
  private mutating func decode(_ lines: Lines) -> Version {
    var version = Version()
    for line in lines.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
      do throws(JSONError) {
        switch try decoder.decode(line.bytes) {
        case .issue(var issue):
          issue.repair(now: policy.now)
          if let other = version.issue {
            version.issue = IssueMerge.merge(base: nil, ours: other, theirs: issue, policy: policy)
          } else {
            version.issue = issue
          }
        case .deletion(_, let time):
          version.deletedAt = time ?? policy.now
          version.marker = line
        case .memory: break
        }
      } catch {
        if line.side != nil { file.rejected.append(line.rejected(error.reason)) }
      }
    }
    return version
  }
}
