import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the child does with its descriptors and directory before it becomes the program.
struct FileActions: ~Copyable {
  #if os(Linux)
    var raw = posix_spawn_file_actions_t()
  #else
    var raw: posix_spawn_file_actions_t?
  #endif

  init() { posix_spawn_file_actions_init(&raw) }

  deinit {
    var copy = raw
    posix_spawn_file_actions_destroy(&copy)
  }

  mutating func open(_ path: String, _ flags: Int32, as target: Int32) {
    posix_spawn_file_actions_addopen(&raw, target, path, flags, 0)
  }

  mutating func duplicate(_ descriptor: Int32, as target: Int32) {
    posix_spawn_file_actions_adddup2(&raw, descriptor, target)
  }

  mutating func changeDirectory(_ path: String) {
    posix_spawn_file_actions_addchdir_np(&raw, path)
  }

  /// Closes all but the standard streams; elsewhere an attribute does that.
  mutating func closeOthers() {
    #if os(Linux)
      posix_spawn_file_actions_addclosefrom_np(&raw, STDERR_FILENO + 1)
    #endif
  }
}

/// Attributes that give the child fresh signal handling and, if asked, a process group.
struct SpawnAttributes: ~Copyable {
  #if os(Linux)
    var raw = posix_spawnattr_t()
  #else
    var raw: posix_spawnattr_t?
  #endif

  // Hidden by the C library without _GNU_SOURCE.
  #if os(Linux)
    private static let setSession: Int32 = 0x80
  #else
    private static let setSession: Int32 = 0x400
  #endif

  init(ownsGroup: Bool, startsSession: Bool) {
    posix_spawnattr_init(&raw)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&raw, &none)
    var all = sigset_t()
    sigfillset(&all)
    sigdelset(&all, SIGKILL)
    sigdelset(&all, SIGSTOP)
    posix_spawnattr_setsigdefault(&raw, &all)
    var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    if ownsGroup {
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
      posix_spawnattr_setpgroup(&raw, 0)
    }
    if startsSession { flags |= Self.setSession }
    #if !os(Linux)
      flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
    #endif
    posix_spawnattr_setflags(&raw, Int16(flags))
  }

  deinit {
    var copy = raw
    posix_spawnattr_destroy(&copy)
  }
}
