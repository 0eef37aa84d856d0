#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FileSystem {
  /// Replaces a file's content so that readers see either the old or the new whole file.
  ///
  /// Writes a temporary file of a unique name beside the target (beside what a symbolic link points to) and
  /// renames it. On failure the temporary file is removed and the target is as it was.
  /// - Parameters:
  ///   - mode: Permission bits; nil keeps those of the existing file, or 0644 for a new one.
  ///   - durable: Whether to wait until content and name are on the disk.
  ///   - expected: What the file must still be in that moment.
  ///   - write: Writes the content to the file it is given.
  /// - Returns: What `write` returned, and the stamp of the new file.
  @discardableResult
  public static func replace<R>(
    _ path: String, mode: UInt32? = nil, durable: Bool = false, expected: Expectation = .anything,
    write: (borrowing File) throws(BeadsError) -> R
  ) throws(BeadsError) -> (result: R, stamp: FileStamp) {
    let old = try status(path, followLinks: false)
    let target = old?.kind == .symbolicLink ? try linkTarget(path) : path
    let existing = old?.kind == .symbolicLink ? try status(target) : old
    if existing?.kind == .directory { throw BeadsError(.io, "cannot write \(target): it is a directory") }
    let bits = mode ?? existing?.mode ?? 0o644
    let temporary = temporaryName(for: target)
    do throws(BeadsError) {
      let written = try create(
        temporary, for: target, mode: bits, isExact: mode != nil || existing != nil, durable: durable, write)
      try expected.rename(temporary, to: target)
      if durable { try synchronizeDirectory(Path.directory(of: target)) }
      return written
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Replaces a file's content with these bytes; see `replace(_:mode:durable:write:)`.
  @discardableResult
  public static func replace(
    _ path: String, with bytes: [UInt8], mode: UInt32? = nil, durable: Bool = false
  ) throws(BeadsError) -> FileStamp {
    try replace(path, mode: mode, durable: durable) { file throws(BeadsError) in try file.write(bytes) }.stamp
  }

  private static func create<R>(
    _ temporary: String, for target: String, mode: UInt32, isExact: Bool, durable: Bool,
    _ write: (borrowing File) throws(BeadsError) -> R
  ) throws(BeadsError) -> (result: R, stamp: FileStamp) {
    let file = try File(temporary, .create(mode: mode), reportedAs: target)
    // The umask may have taken bits that the existing file has or the caller wants.
    if isExact { fchmod(file.descriptor, mode_t(mode)) }
    let result = try write(file)
    if durable { try file.synchronize() }
    return (result, try file.status().stamp)
  }

  private static func temporaryName(for path: String) -> String {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    return Path.join(
      Path.directory(of: path), ".\(Path.name(of: path).prefix(100)).\(getpid()).\(random).tmp")
  }

  // A link to a file that does not exist yet is followed one step, as open(2) with O_CREAT would.
  private static func linkTarget(_ path: String) throws(BeadsError) -> String {
    if let resolved = try? realPath(path) { return resolved }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    if count < 0 { throw .system(errno, "read link \(path)", .read) }
    return Path.join(
      Path.directory(of: path), String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    )
  }
}
