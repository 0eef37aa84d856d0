import BeadsSystem

/// Changes to files that others write too, such that they can be taken back without a trace.
enum SharedFile {
  /// Whether git guards the file with a lock of its own, as it does its configuration.
  enum Guard { case none, gitLock }

  /// What to append so that the file has a line; nil when it has it.
  static func missing(_ line: String, in path: String) throws(BeadsError) -> String? {
    let hasLine = lines(try contentOrEmpty(path)).contains { $0.elementsEqual(line.utf8) }
    return hasLine ? nil : try fitting(line + "\n", path)
  }

  /// Lines as they have to be appended: after a newline if the last line of the file has none.
  static func fitting(_ text: String, _ path: String) throws(BeadsError) -> String {
    let last = try contentOrEmpty(path).last
    return last == nil || last == newline ? text : "\n" + text
  }

  /// Adds text at the end.
  static func append(_ text: String, to path: String, guarded: Guard = .none) throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: path))
    try edit(path, guarded) { $0 + text.utf8 }
  }

  /// Takes back what `append` added, also when others have written behind it.
  /// - Parameter isOurs: Whether the file was made for the text: it is removed when nothing else is left in it.
  /// - Returns: Whether the text was there.
  static func take(
    _ text: String, from path: String, guarded: Guard = .none, isOurs: Bool = false
  ) throws(BeadsError) -> Bool {
    guard let rest = removing(text, from: try contentOrEmpty(path)) else { return false }
    if rest.isEmpty, isOurs { return try FileSystem.remove(path) }
    try edit(path, guarded) { removing(text, from: $0) ?? $0 }
    return true
  }

  /// Removes a line wherever it stands, and the file when nothing else is in it; returns whether it was there.
  static func removeLine(_ line: String, from path: String) throws(BeadsError) -> Bool {
    let content = try contentOrEmpty(path)
    let kept = lines(content).filter { !$0.elementsEqual(line.utf8) }
    let rest = Array(kept.joined(separator: [newline]))
    if rest == content { return false }
    if rest.isEmpty { return try FileSystem.remove(path) }
    try FileSystem.replace(path, with: rest)
    return true
  }

  /// The lines of a file; none when there is no such file.
  static func lines(_ path: String) -> [String] {
    lines((try? contentOrEmpty(path)) ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether `take` would find the text.
  static func has(_ text: String, _ path: String) -> Bool {
    guard let content = try? contentOrEmpty(path) else { return false }
    return removing(text, from: content) != nil
  }

  /// The content without the text, or nil when it does not hold it as whole lines.
  private static func removing(_ text: String, from content: [UInt8]) -> [UInt8]? {
    let whole = Array(text.utf8)
    if let start = suffixStart(whole, content) { return Array(content[..<start]) }
    // Somebody wrote behind it: the newline that ends the line before is theirs now.
    let block = whole.first == newline ? Array(whole.dropFirst()) : whole
    guard !block.isEmpty, content.count >= block.count else { return nil }
    for start in 0...(content.count - block.count) where isLineStart(start, content) {
      if content[start...].starts(with: block) {
        return Array(content[..<start]) + content[(start + block.count)...]
      }
    }
    return nil
  }

  private static func suffixStart(_ text: [UInt8], _ content: [UInt8]) -> Int? {
    let start = content.count - text.count
    guard start >= 0, !text.isEmpty, content[start...].elementsEqual(text) else { return nil }
    return text.first == newline || isLineStart(start, content) ? start : nil
  }

  private static func isLineStart(_ place: Int, _ content: [UInt8]) -> Bool {
    place == 0 || content[place - 1] == newline
  }

  private static func edit(
    _ path: String, _ guarded: Guard, _ change: ([UInt8]) -> [UInt8]
  ) throws(BeadsError) {
    switch guarded {
    case .none: try FileSystem.replace(path, with: change(try contentOrEmpty(path)))
    case .gitLock: try editLocked(path, change)
    }
  }

  /// Writes as git does: into a file whose existence keeps others out, which then takes the place of the old one.
  private static func editLocked(_ path: String, _ change: ([UInt8]) -> [UInt8]) throws(BeadsError) {
    let target = (try? FileSystem.realPath(path)) ?? path
    let lock = target + ".lock"
    let mode = try FileSystem.status(target)?.mode ?? 0o644
    let file: File
    do throws(BeadsError) { file = try File(lock, .create(mode: mode)) } catch {
      if error.code != .exists { throw error }
      throw BeadsError(
        .locked, "\(target) is being changed: \(lock) exists", hint: "try again when git has finished")
    }
    do throws(BeadsError) {
      try file.write(change(try contentOrEmpty(target)))
      try FileSystem.setMode(lock, mode)
      try FileSystem.rename(lock, to: target)
    } catch {
      _ = try? FileSystem.remove(lock)
      throw error
    }
  }

  private static func contentOrEmpty(_ path: String) throws(BeadsError) -> [UInt8] {
    FileSystem.exists(path) ? try FileSystem.read(path) : []
  }

  private static func lines(_ content: [UInt8]) -> [ArraySlice<UInt8>] {
    content.split(separator: newline, omittingEmptySubsequences: false)
  }

  private static let newline = UInt8(ascii: "\n")
}
