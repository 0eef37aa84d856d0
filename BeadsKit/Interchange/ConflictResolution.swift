import BeadsFormats

/// A file with one line for each issue, made from one in which a merge left several.
public struct ResolvedFile: Sendable {
  /// The lines: issues by ID, then memories; the file as it was when there was nothing to resolve.
  public fileprivate(set) var bytes: [UInt8] = []
  /// Lines that are no record, and memories that lost against another value.
  public fileprivate(set) var rejected: [RejectedLine] = []
  /// How many conflicts git had left.
  public fileprivate(set) var conflictCount = 0
  /// The issues that had several different lines.
  public fileprivate(set) var mergedIDs: [IssueID] = []

  /// Issues that got another ID, because lines of one ID were about several issues.
  public fileprivate(set) var separated: [SeparatedIssue] = []

  /// Whether anything had to be resolved.
  public var hadSeveralVersions: Bool { conflictCount > 0 || repeatCount > 0 || !separated.isEmpty }
  /// How many issues had several lines, different or not.
  public fileprivate(set) var repeatCount = 0
}

extension IssueFileMerge {
  /// Merges the versions of each issue in a file with git's conflict markers, or with several lines for one ID as a
  /// union merge leaves them.
  ///
  /// The result does not depend on which side stands first. O(n log n).
  /// - Parameter base: The common ancestor of an issue's versions, as far as it is known; what stands between the
  ///   markers of a diff3 conflict is preferred.
  public static func resolve(
    _ file: [UInt8], policy: MergePolicy, base: (IssueID) -> Issue? = { _ in nil }
  ) -> ResolvedFile {
    var file = file
    var separated: [SeparatedIssue] = []
    for _ in 0..<IDSeparation.limit {
      let found = file.withUnsafeBufferPointer { IDSeparation(MergeLines($0, side: .ours), base: base) }
      guard let found else { break }
      file = found.renamed([file], base: base)[0]
      separated += found.separated
    }
    return file.withUnsafeBufferPointer { buffer in
      var resolution = FileResolution(lines: MergeLines(buffer, side: .ours), policy: policy)
      resolution.file.separated = separated
      return resolution.run(base)
    }
  }
}

private struct FileResolution {
  var lines: MergeLines
  let policy: MergePolicy
  let decoder = IssueDecoder()
  var file = ResolvedFile()
  /// The ancestors that the file holds.
  private var ancestors: [String: [Issue]] = [:]

  init(lines: MergeLines, policy: MergePolicy) {
    self.lines = lines
    self.policy = policy
  }

  mutating func run(_ base: (IssueID) -> Issue?) -> ResolvedFile {
    file.conflictCount = lines.conflictCount
    file.rejected = lines.rejected
    file.bytes.reserveCapacity(lines.byteCount)
    for line in lines.ancestors {
      if case .issue(let issue)? = record(line) { ancestors[line.key.name, default: []].append(issue) }
    }
    while let key = lines.nextKey { resolve(lines.take(key), isMemory: key.isMemory, base) }
    return file
  }

  private mutating func resolve(
    _ versions: ArraySlice<MergeLines.Line>, isMemory: Bool, _ base: (IssueID) -> Issue?
  ) {
    // The order of the bytes is the same whichever side stood first.
    let sorted = versions.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    var distinct: [MergeLines.Line] = []
    for line in sorted where !(distinct.last?.bytes.isSame(as: line.bytes) ?? false) { distinct.append(line) }
    if versions.count > 1 { file.repeatCount += 1 }
    guard distinct.count > 1 else { return distinct.forEach { append($0.bytes) } }
    if isMemory {
      let kept = distinct.removeLast()
      append(kept.bytes)
      file.rejected += distinct.map { $0.rejected("another value of this memory was kept") }
    } else {
      merge(distinct, base)
    }
  }

  private mutating func merge(_ lines: [MergeLines.Line], _ base: (IssueID) -> Issue?) {
    var versions: [Issue] = []
    var markers: [MergeLines.Line] = []
    for line in lines {
      switch record(line) {
      case .issue(let issue)?: versions.append(issue)
      case .deletion?: markers.append(line)
      case .memory?, nil: file.rejected.append(line.rejected("not an issue"))
      }
    }
    if var merged = versions.first {
      let ancestor = ancestor(of: versions, base)
      for version in versions.dropFirst() {
        merged =
          IssueMerge.merge(base: ancestor, ours: merged, theirs: version, policy: policy) ?? merged
      }
      append(Array(merged.jsonLine.utf8))
      if versions.count > 1 { file.mergedIDs.append(merged.id) }
    }
    for marker in markers { append(marker.bytes) }
  }

  /// The base of the merge: the ancestor in the file, or the one that is known elsewhere if it can be one.
  ///
  /// A state that one side has, or that is newer than a side, tells nothing about what both began with.
  private func ancestor(of versions: [Issue], _ base: (IssueID) -> Issue?) -> Issue? {
    let id = versions[0].id
    if let own = ancestors[id.rawValue] { return own.count == 1 ? own[0] : nil }
    guard let known = base(id) else { return nil }
    let canBe = versions.allSatisfy {
      !$0.isIdentical(to: known) && $0.updatedAt >= known.updatedAt && !$0.isOther(than: known)
    }
    return canBe ? known : nil
  }

  private func record(_ line: MergeLines.Line) -> FileRecord? {
    guard let record = try? decoder.decode(line.bytes) else { return nil }
    guard case .issue(var issue) = record else { return record }
    issue.repair(now: policy.now)
    return .issue(issue)
  }

  private mutating func append(_ line: some Collection<UInt8>) {
    file.bytes.append(contentsOf: line)
    file.bytes.append(0x0A)
  }
}
