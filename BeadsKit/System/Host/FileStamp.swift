import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the file system says about a file's identity and age.
///
/// Equal stamps may be taken to mean "unchanged"; different stamps say nothing about the content (design law 2).
public struct FileStamp: Sendable, Hashable, CustomStringConvertible {
  /// Bytes.
  public let size: Int64
  /// The last modification in nanoseconds since 1970.
  public let modified: Int64
  /// The file's number on its device.
  public let inode: UInt64
  /// The device's number.
  public let device: UInt64

  /// Makes a stamp from its parts.
  public init(size: Int64, modified: Int64, inode: UInt64, device: UInt64) {
    self.size = size
    self.modified = modified
    self.inode = inode
    self.device = device
  }

  /// Reads back the text form, or returns nil.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
      Substring($0)
    }
    guard parts.count == 4, let size = Int64(parts[0]), let modified = Int64(parts[1]),
      let inode = UInt64(parts[2]),
      let device = UInt64(parts[3])
    else { return nil }
    self.init(size: size, modified: modified, inode: inode, device: device)
  }

  /// The text form: `size:modified:inode:device`.
  public var description: String { "\(size):\(modified):\(inode):\(device)" }
}

/// The result of asking the file system about a path.
public struct FileStatus: Sendable {
  /// What a directory entry can be.
  public enum Kind: Sendable { case regular, directory, symbolicLink, other }

  /// What it is.
  public let kind: Kind
  /// The permission bits.
  public let mode: UInt32
  /// The number of the user it belongs to.
  public let owner: UInt32
  /// Size, time and identity.
  public let stamp: FileStamp

  /// Whether it belongs to the user of this process or to root.
  public var isTrusted: Bool { owner == 0 || owner == geteuid() }

  init(_ raw: borrowing stat) {
    kind =
      switch raw.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    mode = UInt32(raw.st_mode) & 0o7777
    owner = UInt32(raw.st_uid)
    var copy = copy raw
    stamp = FileStamp(
      size: Int64(raw.st_size), modified: Int64(beads_mtime_ns(&copy)), inode: UInt64(raw.st_ino),
      device: UInt64(raw.st_dev))
  }
}
