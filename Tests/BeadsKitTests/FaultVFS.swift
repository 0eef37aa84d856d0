import BeadsKit
import CSQLite
import Foundation
import Synchronization

/// What a test watches SQLite do in one directory, and where it makes it fail.
final class DiskScript: Sendable {
  /// How the disk fails.
  enum Fault: Sendable {
    /// No room, at calls that change something.
    case full
    /// An error of the device, at the same calls.
    case error
    /// An error of the device, at calls that read.
    case unreadable

    fileprivate func code(_ call: Call) -> Int32 {
      switch call {
      case .write: self == .full ? SQLITE_FULL : beadsIOError(3)
      case .sync: beadsIOError(4)
      case .truncate: beadsIOError(6)
      case .shareMemory: beadsIOError(self == .full ? 19 : 21)
      case .read: beadsIOError(1)
      }
    }

    fileprivate func concerns(_ call: Call) -> Bool { (call == .read) == (self == .unreadable) }
  }

  /// A call that may fail.
  enum Call: Sendable { case write, sync, truncate, shareMemory, read }

  private struct State {
    var calls = 0
    var failAt = Int.max
    var fault = Fault.full
    var isLasting = false
    var unsynced: Set<String> = []
    var strays: [String] = []
  }

  private let state = Mutex(State())
  /// Whether this process, or another, may change the database now.
  private let isTurn: @Sendable () -> Bool

  init(isTurn: @escaping @Sendable () -> Bool) { self.isTurn = isTurn }

  /// Lets a call fail, counted from now; with `lasting`, also all that follow.
  func fail(at call: Int, _ fault: Fault, lasting: Bool) {
    state.withLock {
      $0.calls = 0
      ($0.failAt, $0.fault, $0.isLasting) = (call, fault, lasting)
    }
  }

  /// The disk is well again; returns whether a call has failed.
  func heal() -> Bool {
    state.withLock { state in
      defer { state.failAt = .max }
      return state.calls >= state.failAt
    }
  }

  /// The files with bytes that were written and not synced since.
  var unsynced: Set<String> { state.withLock { $0.unsynced } }

  /// Changes and checkpoints while it was nobody's turn.
  var strays: [String] { state.withLock { $0.strays } }

  fileprivate func outcome(_ call: Call) -> Int32 {
    state.withLock { state in
      guard state.fault.concerns(call) else { return SQLITE_OK }
      state.calls += 1
      let fails = state.isLasting ? state.calls >= state.failAt : state.calls == state.failAt
      return fails ? state.fault.code(call) : SQLITE_OK
    }
  }

  fileprivate func note(_ call: Call, on name: String) {
    state.withLock {
      if call == .sync { $0.unsynced.remove(name) } else { $0.unsynced.insert(name) }
    }
  }

  fileprivate func noteChange(_ what: String, isExclusive: Bool) {
    if isExclusive || isTurn() { return }
    state.withLock { $0.strays.append(what) }
  }
}

/// The extended codes of SQLITE_IOERR are macros that Swift does not see.
private func beadsIOError(_ number: Int32) -> Int32 { SQLITE_IOERR | number << 8 }

/// A layer between SQLite and its file system that watches, and breaks, what happens in the directories of scripts.
///
/// It becomes the default of the process; files in other directories are left alone.
enum FaultVFS {
  private static let scripts = Mutex<[String: DiskScript]>([:])

  /// Watches the databases of a directory that are opened from now on.
  static func watch(_ directory: String, isTurn: @escaping @Sendable () -> Bool = { true }) -> DiskScript {
    _ = isInstalled
    let script = DiskScript(isTurn: isTurn)
    scripts.withLock { $0[directory] = script }
    return script
  }

  fileprivate static func script(for path: String) -> DiskScript? {
    scripts.withLock { $0[Path.directory(of: path)] }
  }

  private static let isInstalled: Bool = {
    guard let real = sqlite3_vfs_find(nil) else { return false }
    let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    layer.initialize(to: real.pointee)
    layer.pointee.zName = UnsafePointer(strdup("faulty"))
    layer.pointee.szOsFile = Int32(FaultFile.headerSize) + real.pointee.szOsFile
    layer.pointee.pAppData = UnsafeMutableRawPointer(real)
    layer.pointee.xOpen = { FaultFile.open($0, $1, $2, $3, $4) }
    return sqlite3_vfs_register(layer, 1) == SQLITE_OK
  }()
}

/// An open file: a header of ours, then the real file of the system's layer.
private enum FaultFile {
  static let headerSize = 32

  final class Info: @unchecked Sendable {
    let script: DiskScript
    let name: String
    /// A database or its write-ahead log, as opposed to a temporary file.
    let isShared: Bool
    var lock = SQLITE_LOCK_NONE
    /// What the header of the database that this log belongs to says is in `lock`.
    let owner: Info?

    init(_ script: DiskScript, _ name: String, isShared: Bool, owner: Info?) {
      self.script = script
      self.name = name
      self.isShared = isShared
      self.owner = owner
    }

    var isExclusive: Bool { (owner ?? self).lock == SQLITE_LOCK_EXCLUSIVE }
  }

  static func real(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
    (UnsafeMutableRawPointer(file) + headerSize).assumingMemoryBound(to: sqlite3_file.self)
  }

  static func methods(_ file: UnsafeMutablePointer<sqlite3_file>) -> sqlite3_io_methods {
    real(file).pointee.pMethods.pointee
  }

  static func info(_ file: UnsafeMutablePointer<sqlite3_file>) -> Info? {
    let slot = (UnsafeMutableRawPointer(file) + 8).load(as: UnsafeRawPointer?.self)
    return slot.map { Unmanaged<Info>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The open databases of this thread by path, for their logs to find.
  static let databases = Mutex<[String: [Unmanaged<Info>]]>([:])

  static func open(
    _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let vfs, let file else { return SQLITE_MISUSE }
    let layer = vfs.pointee.pAppData.assumingMemoryBound(to: sqlite3_vfs.self)
    let slot = UnsafeMutableRawPointer(file) + 8
    slot.storeBytes(of: nil, as: UnsafeRawPointer?.self)
    file.pointee.pMethods = nil
    let code = layer.pointee.xOpen(layer, path, real(file), flags, outFlags)
    guard real(file).pointee.pMethods != nil else { return code }
    file.pointee.pMethods = UnsafePointer(table)
    guard let path, case let name = String(cString: path), let script = FaultVFS.script(for: name) else {
      return code
    }
    let isLog = flags & SQLITE_OPEN_WAL != 0
    let isDatabase = flags & SQLITE_OPEN_MAIN_DB != 0
    let info = Info(script, name, isShared: isLog || isDatabase, owner: isLog ? database(name) : nil)
    let kept = Unmanaged.passRetained(info)
    if isDatabase { databases.withLock { $0[name, default: []].append(kept) } }
    slot.storeBytes(of: UnsafeRawPointer(kept.toOpaque()), as: UnsafeRawPointer?.self)
    return code
  }

  private static func database(_ log: String) -> Info? {
    databases.withLock { $0[String(log.dropLast("-wal".count))]?.last?.takeUnretainedValue() }
  }

  static func close(_ file: UnsafeMutablePointer<sqlite3_file>) -> Int32 {
    let code = methods(file).xClose(real(file))
    if let info = info(file) {
      let kept = Unmanaged.passUnretained(info)
      databases.withLock { $0[info.name]?.removeAll { $0.toOpaque() == kept.toOpaque() } }
      kept.release()
    }
    return code
  }

  /// Runs a call of the real file unless the script says that it fails; then half of a write may have happened.
  static func call(
    _ file: UnsafeMutablePointer<sqlite3_file>, _ call: DiskScript.Call, _ run: () -> Int32,
    half: () -> Int32 = { SQLITE_OK }
  ) -> Int32 {
    guard let info = info(file) else { return run() }
    if info.isShared, call == .write || call == .truncate {
      info.script.noteChange("\(call) \(info.name)", isExclusive: info.isExclusive)
    }
    let outcome = info.script.outcome(call)
    if outcome != SQLITE_OK {
      _ = half()
      return outcome
    }
    if info.isShared, call == .write || call == .sync { info.script.note(call, on: info.name) }
    return run()
  }

  /// Slot 0 of the shared memory is the lock of writers, slot 1 alone that of checkpoints.
  static func shareLock(
    _ file: UnsafeMutablePointer<sqlite3_file>, _ offset: Int32, _ count: Int32, _ flags: Int32
  ) -> Int32 {
    let code = methods(file).xShmLock(real(file), offset, count, flags)
    let takes = flags == SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE
    if code == SQLITE_OK, takes, offset == 1, count == 1, let info = info(file) {
      info.script.noteChange("checkpoint \(info.name)", isExclusive: info.isExclusive)
    }
    return code
  }

  nonisolated(unsafe) static let table: UnsafeMutablePointer<sqlite3_io_methods> = {
    let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    table.initialize(to: sqlite3_io_methods())
    table.pointee.iVersion = 3
    table.pointee.xClose = { $0.map(close) ?? SQLITE_MISUSE }
    table.pointee.xRead = { file, buffer, count, offset in
      guard let file else { return SQLITE_MISUSE }
      return call(file, .read, { methods(file).xRead(real(file), buffer, count, offset) })
    }
    table.pointee.xWrite = { file, buffer, count, offset in
      guard let file else { return SQLITE_MISUSE }
      return call(
        file, .write, { methods(file).xWrite(real(file), buffer, count, offset) },
        half: { methods(file).xWrite(real(file), buffer, count / 2, offset) })
    }
    table.pointee.xTruncate = { file, size in
      guard let file else { return SQLITE_MISUSE }
      return call(file, .truncate, { methods(file).xTruncate(real(file), size) })
    }
    table.pointee.xSync = { file, flags in
      guard let file else { return SQLITE_MISUSE }
      return call(file, .sync, { methods(file).xSync(real(file), flags) })
    }
    table.pointee.xFileSize = { file, size in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xFileSize(real(file), size)
    }
    table.pointee.xLock = { file, level in
      guard let file else { return SQLITE_MISUSE }
      let code = methods(file).xLock(real(file), level)
      if code == SQLITE_OK, let info = info(file), info.lock < level { info.lock = level }
      return code
    }
    table.pointee.xUnlock = { file, level in
      guard let file else { return SQLITE_MISUSE }
      info(file)?.lock = level
      return methods(file).xUnlock(real(file), level)
    }
    table.pointee.xCheckReservedLock = { file, result in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xCheckReservedLock(real(file), result)
    }
    table.pointee.xFileControl = { file, number, argument in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xFileControl(real(file), number, argument)
    }
    table.pointee.xSectorSize = { file in
      guard let file else { return 0 }
      return methods(file).xSectorSize(real(file))
    }
    table.pointee.xDeviceCharacteristics = { file in
      guard let file else { return 0 }
      return methods(file).xDeviceCharacteristics(real(file))
    }
    table.pointee.xShmMap = { file, page, size, extends, address in
      guard let file else { return SQLITE_MISUSE }
      return call(file, .shareMemory, { methods(file).xShmMap(real(file), page, size, extends, address) })
    }
    table.pointee.xShmLock = { file, offset, count, flags in
      file.map { shareLock($0, offset, count, flags) } ?? SQLITE_MISUSE
    }
    table.pointee.xShmBarrier = { file in
      if let file { methods(file).xShmBarrier(real(file)) }
    }
    table.pointee.xShmUnmap = { file, deletes in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xShmUnmap(real(file), deletes)
    }
    table.pointee.xFetch = { file, offset, count, address in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xFetch(real(file), offset, count, address)
    }
    table.pointee.xUnfetch = { file, offset, address in
      guard let file else { return SQLITE_MISUSE }
      return methods(file).xUnfetch(real(file), offset, address)
    }
    return table
  }()
}
