import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Several things at once that wait for programs.
enum Threads {
  /// Runs each body in a thread of its own until all have returned.
  /// - Parameter meanwhile: Called every 5 ms by the calling thread, and once at the end.
  static func run<T: Sendable>(_ bodies: [@Sendable () -> T], meanwhile: () -> Void) -> [T] {
    let results = Results<T>(bodies.count)
    let threads = bodies.enumerated().compactMap { index, body in
      start { results.set(body(), at: index) }
    }
    var found = results.complete
    while found == nil {
      meanwhile()
      usleep(5_000)
      found = results.complete
    }
    for thread in threads { pthread_join(thread, nil) }
    meanwhile()
    return found ?? []
  }

  /// Runs a body beside the caller, who does not wait for it.
  static func startDetached(_ body: @escaping @Sendable () -> Void) {
    if let thread = start(body) { pthread_detach(thread) }
  }

  /// Starts a thread; without one the body is run at once.
  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let job = Unmanaged.passRetained(Job(body: body))
    #if canImport(Glibc)
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, { Job.run($0) }, job.toOpaque())
    #else
      var thread: pthread_t?
      let status = pthread_create(&thread, nil, { Job.run($0) }, job.toOpaque())
    #endif
    if status == 0 { return thread }
    _ = Job.run(job.toOpaque())
    return nil
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body() }
      return nil
    }
  }

  private final class Results<T: Sendable>: Sendable {
    private let values: Mutex<[T?]>

    init(_ count: Int) { values = Mutex(Array(repeating: nil, count: count)) }

    func set(_ value: T, at index: Int) { values.withLock { $0[index] = value } }

    /// All of them; nil while one is missing.
    var complete: [T]? {
      values.withLock { values in
        let found = values.compactMap(\.self)
        return found.count == values.count ? found : nil
      }
    }
  }
}
