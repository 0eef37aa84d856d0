import BeadsFormats

/// Finds the IDs under which two issues were created, and renames the later ones in every file before a merge.
///
/// Whoever merges the same issues gives them the same names, in whichever direction and however often: the earlier
/// one keeps the ID, that of the later one follows from its birth. A clone that still has the later one under the
/// old ID is understood for that reason. One pass may uncover further ones, so callers repeat until there are none.
struct IDSeparation {
  /// More passes than births under one ID can need.
  static let limit = 8

  /// Issues of the two sides that get another ID.
  private(set) var separated: [SeparatedIssue] = []
  private var renamings: [FileRenaming]
  private var roots: [String] = []
  private let decoder = IssueDecoder()

  /// A record of an ID.
  private struct Version {
    let file: Int
    let line: MergeLines.Line
    let issue: Issue
    let isBase: Bool
  }

  /// Compares the births in three files; nil when nothing has to be renamed.
  ///
  /// O(n); lines are decoded only where their births are written differently.
  init?(base: MergeLines, ours: MergeLines, theirs: MergeLines) {
    renamings = Array(repeating: FileRenaming(), count: 3)
    var (base, ours, theirs) = (base, ours, theirs)
    while let key = MergeLines.Key.first(ours.nextKey, theirs.nextKey), !key.isMemory {
      let (old, mine, other) = (base.take(key), ours.take(key), theirs.take(key))
      if Self.areBornAlike(old, mine, other) { continue }
      separate(key.name, versions(old, in: 0) + versions(mine, in: 1) + versions(other, in: 2), base: nil)
    }
    if renamings.allSatisfy(\.isEmpty) { return nil }
  }

  /// Compares the births of the lines that one file has of an ID.
  init?(_ file: MergeLines, base: (IssueID) -> Issue?) {
    renamings = [FileRenaming()]
    var file = file
    let ancestors = Dictionary(grouping: file.ancestors, by: \.key.name)
    while let key = file.nextKey, !key.isMemory {
      let lines = file.take(key)
      if lines.count == 1 || Self.areBornAlike([], lines, []) { continue }
      let old = ancestors[key.name] ?? []
      let known = old.isEmpty ? base(IssueID(unchecked: key.name)) : nil
      separate(key.name, versions(lines, in: 0) + versions(old[...], in: 0, isBase: true), base: known)
    }
    if renamings[0].isEmpty { return nil }
  }

  /// The files with the new names.
  func renamed(_ files: [[UInt8]], base known: (IssueID) -> Issue? = { _ in nil }) -> [[UInt8]] {
    guard files.count > 1 else { return [renamings[0].apply(to: files[0], shared: nil, base: known)] }
    var base: [String: Issue] = [:]
    files[0].withUnsafeBufferPointer { buffer in
      for line in MergeLines(buffer, side: nil).lines {
        if case .issue(let issue)? = try? decoder.decode(line.bytes) { base[line.key.name] = issue }
      }
    }
    return files.indices.map { index in
      if renamings[index].isEmpty { return files[index] }
      if index == 0 { return renamings[0].apply(to: files[0], shared: nil) { _ in nil } }
      return renamings[index].apply(to: files[index], shared: renamings[0]) { base[$0.rawValue] }
    }
  }

  // MARK: One ID

  private func versions(
    _ lines: ArraySlice<MergeLines.Line>, in file: Int, isBase: Bool = false
  ) -> [Version] {
    lines.compactMap { line in
      guard case .issue(let issue)? = try? decoder.decode(line.bytes) else { return nil }
      return Version(file: file, line: line, issue: issue, isBase: isBase || line.side == nil)
    }
  }

  private mutating func separate(_ id: String, _ versions: [Version], base: Issue?) {
    // Children follow their parent; what remains of them is seen in the next pass.
    if roots.contains(where: { id.utf8.starts(with: ($0 + ".").utf8) }) { return }
    let present = versions.filter { !$0.isBase }
    guard let first = present.map(\.issue).min(by: { $0.createdAt < $1.createdAt }) else { return }
    let bases = versions.filter(\.isBase).map(\.issue) + (base.map { [$0] } ?? [])
    func isOther(_ issue: Issue) -> Bool {
      // One that has become both of them shows that they are one.
      issue.isOther(than: first) && !bases.contains { !$0.isOther(than: issue) && !$0.isOther(than: first) }
    }
    let others = versions.filter { isOther($0.issue) }
    if others.isEmpty { return }
    roots.append(id)
    for other in others {
      let issue = SeparatedIssue(other.issue)
      renamings[other.file].lines[other.line.number] = issue.newID.rawValue
      if other.isBase || separated.contains(where: { $0.newID == issue.newID }) { continue }
      separated.append(issue)
    }
    for file in renamings.indices { nameParts(of: file, id, versions.filter { $0.file == file }) }
  }

  /// Where a part of a file knows only a later issue under the ID, it means that one wherever it names the ID.
  private mutating func nameParts(of file: Int, _ id: String, _ versions: [Version]) {
    for part in Set(versions.map(\.line.part)) {
      let seen = versions.filter { $0.line.part == part || (part != .ancestor && $0.line.part == .common) }
      let names = Set(seen.map { renamings[file].lines[$0.line.number] })
      if names.count == 1, let name = names.first ?? nil {
        renamings[file].names[part, default: [:]][id] = name
      }
    }
  }

  // MARK: Births

  /// Whether all lines give the same birth, byte for byte, or are the same line.
  private static func areBornAlike(_ old: Lines, _ mine: Lines, _ other: Lines) -> Bool {
    guard let first = mine.first ?? other.first else { return true }
    let rest = [old, mine, other]
    if rest.allSatisfy({ $0.allSatisfy { $0.bytes.isSame(as: first.bytes) } }) { return true }
    guard let birth = birth(first.bytes) else { return false }
    return rest.allSatisfy { lines in
      lines.allSatisfy { line in Self.birth(line.bytes).map { $0.isSame(as: birth) } ?? false }
    }
  }

  private typealias Lines = ArraySlice<MergeLines.Line>

  /// The first time of birth on the line, which in the order of the format is the issue's own.
  private static func birth(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard let start = line.firstIndex(of: #""created_at":""#) else { return nil }
    let rest = UnsafeBufferPointer(rebasing: line[start...].dropFirst(14))
    return rest.firstIndex(of: UInt8(ascii: "\"")).map { UnsafeBufferPointer(rebasing: rest[..<$0]) }
  }
}
