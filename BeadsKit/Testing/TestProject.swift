public import BeadsKit
import Synchronization

/// A project in a temporary directory with a fixed clock, user and randomness.
///
/// The directory lives as long as the project, a store it made or a copy of its environment. For tests of this package and of programs that use BeadsKit.
public final class TestProject {
  /// The project's directory.
  public let directory: String
  /// The environment of everything that runs in the project: nothing of the real one but PATH.
  public var environment: Environment
  private let clock: TestClock

  /// Makes an empty directory.
  /// - Parameters:
  ///   - start: What the clock says first, in seconds since 1970; default 2026-03-02T09:00:00Z.
  ///   - step: Nanoseconds the clock moves on each time it is read, so that no two moments are equal.
  public init(start: Int64 = 1_772_442_000, step: Int64 = 1000) throws(BeadsError) {
    let root = Environment.process.variables["TMPDIR"] ?? "/tmp"
    // The real path, because macOS keeps /tmp behind a link.
    let base = try FileSystem.realPath(root)
    directory = Path.join(base, "beads-test-\(String(UInt64.random(in: .min ... .max), radix: 36))")
    try FileSystem.makeDirectory(directory)
    let home = Path.join(directory, ".home")
    try FileSystem.makeDirectory(home)
    let clock = TestClock(seconds: start, step: step, directory: directory)
    self.clock = clock
    let seed = Mutex<UInt64>(1)
    environment = Environment(
      variables: ["HOME": home, "BD_ACTOR": "alice", "GIT_AUTHOR_EMAIL": "alice@example.org", "TZ": "UTC"],
      currentDirectory: directory, homeDirectory: home, userName: "alice", clock: { clock.now() },
      entropy: {
        seed.withLock { value in
          value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return value
        }
      })
    environment.variables["PATH"] = Environment.process.variables["PATH"]
  }

  /// The `.beads` directory.
  public var beadsDirectory: String { Path.join(directory, ".beads") }

  /// Where the store of the project is.
  public var location: StoreLocation { StoreLocation(directory: beadsDirectory) }

  /// Moves the clock on.
  public func advance(seconds: Int64) { clock.advance(seconds: seconds) }

  /// Creates the store.
  public func makeStore(prefix: String = "t", options: StoreOptions = StoreOptions()) throws(BeadsError)
    -> Store
  {
    try FileSystem.makeDirectory(beadsDirectory)
    return try Store.create(
      at: location, prefix: try Prefix(prefix), actor: "alice", environment: environment, options: options)
  }

  /// Opens the store again, as another process would.
  public func openStore(
    actor: String = "alice", access: Store.Access = .readWrite, options: StoreOptions = StoreOptions()
  ) throws(BeadsError) -> Store {
    try Store.open(at: location, actor: actor, access: access, environment: environment, options: options)
  }

  /// The bytes of `issues.jsonl`; empty when there is none.
  public var exportedText: String {
    (try? FileSystem.readText(location.jsonlPath)) ?? ""
  }
}

/// A clock that moves only when told to, and by a step each time it is read.
///
/// Every environment of the project holds it, so it also removes the directory in the end.
final class TestClock: Sendable {
  private let time: Mutex<Int64>
  private let step: Int64
  private let directory: String

  init(seconds: Int64, step: Int64, directory: String) {
    self.step = step
    time = Mutex(seconds * 1_000_000_000)
    self.directory = directory
  }

  deinit { removeTree(directory) }

  func now() -> Int64 {
    time.withLock { value in
      value += step
      return value
    }
  }

  func advance(seconds: Int64) { time.withLock { $0 += seconds * 1_000_000_000 } }
}

private func removeTree(_ path: String) {
  if let status = try? FileSystem.status(path, followLinks: false), status.kind == .directory {
    for name in (try? FileSystem.list(path)) ?? [] { removeTree(Path.join(path, name)) }
  }
  _ = try? FileSystem.remove(path)
}
