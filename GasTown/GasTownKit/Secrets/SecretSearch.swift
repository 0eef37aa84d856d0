public import BeadsKit

/// Looks for secrets in what a branch adds: in each of its commits, because what a later one takes out is published
/// all the same.
///
/// What stands in the version before a commit was not added by it, wherever in the file it stood. Content that is no text
/// is left out, and so is what exceeds the limits, which is told.
public struct SecretSearch {
  /// A secret that a branch adds.
  public struct Found: Sendable, Equatable {
    /// The file.
    public let path: String
    /// The line, from 1; in the branch's last commit if it is still there.
    public var line: Int
    /// What it looks like.
    public let kind: String
    /// The commit that added it, if a later one took it out again.
    public var commit: GitID?

    /// Where it is and what it looks like, without itself.
    public var text: String {
      "\(path):\(line): \(kind)" + (commit.map { ", taken out later, but still in commit \($0.short)" } ?? "")
    }
  }

  /// What was found.
  public struct Report: Sendable, Equatable {
    /// What is to be stopped.
    public var found: [Found] = []
    /// What a marker or a setting says is none.
    public var allowed: [Found] = []
    /// Files that are too large to be looked at to their end.
    public var unread: [String] = []
  }

  /// Larger files are looked at up to here.
  static let fileLimit = 8 << 20
  /// When so many bytes were looked at, the rest is left out.
  static let totalLimit = 64 << 20

  /// Beginnings of paths with secrets that are none, from the rig's settings.
  let allowedPaths: [String]
  private var report = Report()
  private var seen: Set<GitID> = []
  private var known: Set<[UInt8]> = []
  private var bytes = 0

  private init(_ allowedPaths: [String]) { self.allowedPaths = allowedPaths }

  /// What the commits of a branch add that others do not have.
  /// - Parameters:
  ///   - others: Commits whose history is published already: that of the target.
  ///   - allowedPaths: Beginnings of paths whose secrets are none.
  public static func run(
    _ head: GitID, notIn others: [GitID], in repository: borrowing GitRepository, allowedPaths: [String] = []
  ) throws(BeadsError) -> Report {
    var search = SecretSearch(allowedPaths.filter { !$0.isEmpty })
    for commit in try repository.commits(of: head, notIn: others).reversed() {
      try search.look(at: commit, head, repository)
    }
    return search.report
  }

  private mutating func look(
    at id: GitID, _ head: GitID, _ repository: borrowing GitRepository
  ) throws(BeadsError) {
    let commit = try repository.commit(id)
    let parents = commit.parents.filter { repository.has(commit: $0) }
    let first = try parents.first.map { parent throws(BeadsError) in try repository.tree(of: parent) }
    let changes = try repository.changes(from: first, to: commit.tree)
    for change in changes {
      guard let new = change.new, new.isFile, seen.insert(new.id).inserted else { continue }
      let secrets = try secrets(in: new.id, change.path, repository)
      if secrets.isEmpty { continue }
      // What was moved from another file was there before; what a merge brought in is one of its parents'.
      var earlier = changes.compactMap { $0.new == nil ? $0.old?.id : nil }
      if let old = change.old, old.isFile { earlier.append(old.id) }
      for parent in parents.dropFirst() {
        if let entry = try repository.entry(change.path, in: try repository.tree(of: parent)), entry.isFile {
          earlier.append(entry.id)
        }
      }
      for secret in secrets {
        var wasThere = false
        for old in earlier where !wasThere { wasThere = try secret.line(in: old, repository) != nil }
        if !wasThere { try add(secret, change.path, id, head, repository) }
      }
    }
  }

  private struct Secret {
    let finding: SecretRule.Finding
    let bytes: [UInt8]

    /// The line of a file that has it.
    func line(in blob: GitID, _ repository: borrowing GitRepository) throws(BeadsError) -> Int? {
      try repository.withContent(blob) { text throws(BeadsError) in
        var (line, index) = (1, 0)
        while index + bytes.count <= text.count {
          if text[index] == bytes[0], text[index..<(index + bytes.count)].elementsEqual(bytes) { return line }
          if text[index] == 0x0A { line += 1 }
          index += 1
        }
        return nil
      }
    }
  }

  private mutating func secrets(
    in blob: GitID, _ path: String, _ repository: borrowing GitRepository
  ) throws(BeadsError) -> [Secret] {
    let left = min(Self.fileLimit, Self.totalLimit - bytes)
    var (count, secrets): (Int, [Secret]) = (0, [])
    try repository.withContent(blob) { content throws(BeadsError) in
      count = content.count
      // As git does: a NUL near the beginning means that it is no text.
      if content.prefix(8000).contains(0) { return }
      secrets = SecretRule.findings(in: UnsafeBufferPointer(rebasing: content.prefix(max(0, left)))).map {
        Secret(finding: $0, bytes: Array(content[$0.range]))
      }
    }
    bytes += min(count, max(0, left))
    if count > left { report.unread.append(path) }
    return secrets
  }

  private mutating func add(
    _ secret: Secret, _ path: String, _ commit: GitID, _ head: GitID, _ repository: borrowing GitRepository
  ) throws(BeadsError) {
    guard known.insert(secret.bytes).inserted else { return }
    var found = Found(path: path, line: secret.finding.line, kind: secret.finding.kind)
    if let entry = try repository.entry(path, in: try repository.tree(of: head)), entry.isFile,
      let line = try secret.line(in: entry.id, repository)
    {
      found.line = line
    } else {
      found.commit = commit
    }
    if secret.finding.isAllowed || allowedPaths.contains(where: path.hasPrefix) {
      report.allowed.append(found)
    } else {
      report.found.append(found)
    }
  }
}
