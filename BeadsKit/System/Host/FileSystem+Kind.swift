import CPlatform

extension FileSystem {
  /// Whether processes share memory-mapped files there, which SQLite's write-ahead log needs.
  ///
  /// Network and host-shared file systems do not promise it. An unknown kind counts as an ordinary one.
  public static func sharesMemory(_ path: String) -> Bool {
    !remoteKinds.contains(beads_filesystem_kind(path))
  }

  /// NFS, SMB, CIFS, SMB2, 9P, FUSE, virtiofs, AFS and Ceph, as statfs(2) numbers them.
  private static let remoteKinds: Set<Int64> = [
    0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x6573_5546, 0x6A65_6A63, 0x5346_414F, 0x00C3_6400,
  ]
}
