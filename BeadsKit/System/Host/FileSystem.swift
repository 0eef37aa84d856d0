import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole-file operations; every error names the path and the reason.
public enum FileSystem {
  /// The content of a file.
  /// - Throws: `not_found`, `io_error`.
  public static func read(_ path: String) throws(BeadsError) -> [UInt8] {
    try File(path, .read).readToEnd()
  }

  /// The content of a file, or nil when there is none.
  public static func readIfPresent(_ path: String) throws(BeadsError) -> [UInt8]? {
    do throws(BeadsError) { return try read(path) } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// The content of a text file; bytes that are not UTF-8 become U+FFFD.
  public static func readText(_ path: String) throws(BeadsError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  /// Lends the content of a file.
  ///
  /// It is read, not mapped: another process may truncate the file meanwhile.
  public static func withContents<R>(
    of path: String, _ body: (UnsafeRawBufferPointer) throws(BeadsError) -> R
  ) throws(BeadsError) -> R {
    let bytes = try read(path)
    return try bytes.withUnsafeBufferPointer { buffer throws(BeadsError) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }

  /// What is at a path after following symbolic links, or nil when there is nothing.
  public static func status(_ path: String, followLinks: Bool = true) throws(BeadsError) -> FileStatus? {
    var raw = stat()
    if (followLinks ? stat(path, &raw) : lstat(path, &raw)) == 0 { return FileStatus(raw) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw .system(errno, "examine \(path)", .read)
  }

  /// The stamp of a file, or nil when there is none.
  public static func stamp(_ path: String) throws(BeadsError) -> FileStamp? { try status(path)?.stamp }

  /// Whether something can be seen at the path.
  public static func exists(_ path: String) -> Bool { (try? status(path)) != nil }

  /// Whether a directory, or a link to one, can be seen at the path.
  public static func isDirectory(_ path: String) -> Bool { (try? status(path))?.kind == .directory }

  /// Whether this process may read the file.
  public static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// Whether this process may list the directory and reach what is in it.
  public static func isSearchable(_ path: String) -> Bool { access(path, R_OK | X_OK) == 0 }

  /// Whether this process may create and replace files in the directory.
  public static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The names in a directory in byte order, without `.` and `..`.
  public static func list(_ path: String) throws(BeadsError) -> [String] {
    guard let directory = opendir(path) else { throw .system(errno, "list \(path)", .read) }
    defer { closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw .system(errno, "list \(path)", .read) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a directory and those above it that are missing; one that exists is left as it is.
  public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(BeadsError) {
    if retrying("directory.make", { mkdir(path, mode_t(mode)) }) == 0 { return }
    let failure = errno
    if failure == EEXIST, isDirectory(path) { return }
    let parent = Path.directory(of: path)
    guard failure == ENOENT, parent != path else {
      throw .system(failure, "create directory \(path)", .write)
    }
    try makeDirectory(parent, mode: mode)
    if mkdir(path, mode_t(mode)) != 0, errno != EEXIST {
      throw .system(errno, "create directory \(path)", .write)
    }
  }

  /// Removes a file, a link or an empty directory; returns whether there was one.
  @discardableResult
  public static func remove(_ path: String) throws(BeadsError) -> Bool {
    if retrying("file.remove", { unlink(path) }) == 0 { return true }
    if errno == ENOENT || errno == ENOTDIR { return false }
    // Linux says EISDIR, POSIX and macOS EPERM.
    if errno == EISDIR || errno == EPERM, rmdir(path) == 0 { return true }
    throw .system(errno, "remove \(path)", .write)
  }

  /// Moves a file or directory, replacing a file of the new name.
  public static func rename(_ path: String, to target: String) throws(BeadsError) {
    if renameFile(path, target) != 0 { throw .system(errno, "rename \(path) to \(target)", .write) }
  }

  /// Makes a symbolic link at `path`.
  public static func makeLink(_ path: String, to target: String) throws(BeadsError) {
    if symlink(target, path) != 0 { throw .system(errno, "create link \(path)", .write) }
  }

  /// The absolute path without symbolic links, `.` and `..`.
  /// - Throws: `not_found` when a component does not exist.
  public static func realPath(_ path: String) throws(BeadsError) -> String {
    guard let resolved = realpath(path, nil) else { throw .system(errno, "resolve \(path)", .read) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Sets the permission bits.
  public static func setMode(_ path: String, _ mode: UInt32) throws(BeadsError) {
    if chmod(path, mode_t(mode)) != 0 { throw .system(errno, "change the mode of \(path)", .write) }
  }

  /// Adds bytes to the end of a file in one write, creating it when missing.
  public static func append(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(BeadsError) {
    try File(path, .append(createMode: mode)).write(bytes)
  }

  /// Waits until the names in a directory are on the disk.
  public static func synchronizeDirectory(_ path: String) throws(BeadsError) {
    let directory = try File(path, .read)
    // Some file systems cannot sync a directory and say EINVAL; there is nothing to wait for then.
    if retrying("directory.sync", { fsync(directory.descriptor) }) != 0, errno != EINVAL {
      throw .system(errno, "write \(path)", .write)
    }
  }
}

// rename(2) under a name that the method does not shadow.
func renameFile(_ from: String, _ to: String) -> Int32 {
  retrying("file.rename") { rename(from, to) }
}
