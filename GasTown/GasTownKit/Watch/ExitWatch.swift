import BeadsKit
import CTownPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Waits for the ends of processes that are not children of this one: the system wakes the waiter, and nothing is
/// looked at while nothing ends.
///
/// Where the system has no such thing (Linux before 5.3, macOS) each process is looked at instead. A value belongs to
/// one thread.
final class ExitWatch {
  private var descriptors: [ProcessIdentity: Int32] = [:]
  /// Processes without a descriptor.
  private var unwatched: Set<ProcessIdentity> = []
  /// Followed processes that are known to have ended.
  private(set) var ended: Set<ProcessIdentity> = []

  deinit { for descriptor in descriptors.values { close(descriptor) } }

  /// Follows these processes, and no others.
  func follow(_ processes: Set<ProcessIdentity>) {
    for (process, descriptor) in descriptors where !processes.contains(process) {
      close(descriptor)
      descriptors[process] = nil
    }
    unwatched.formIntersection(processes)
    ended.formIntersection(processes)
    for process in processes
    where descriptors[process] == nil && !unwatched.contains(process) && !ended.contains(process) {
      begin(process)
    }
  }

  private func begin(_ process: ProcessIdentity) {
    let descriptor = Self.open(process.pid)
    // Looked at after the descriptor is there, which belongs to whoever had the number at that moment.
    guard process.isAlive else {
      if let descriptor { close(descriptor) }
      ended.insert(process)
      return
    }
    if let descriptor { descriptors[process] = descriptor } else { unwatched.insert(process) }
  }

  private static func open(_ pid: Int32) -> Int32? {
    #if os(Linux)
      let descriptor = gastown_pidfd_open(pid)
      return descriptor >= 0 ? descriptor : nil
    #else
      return nil
    #endif
  }

  /// Notes which of the followed processes have ended by now.
  func look() { _ = wait(nanoseconds: 0) }

  /// Sleeps until a followed process ends, `StopSignal` is raised, or the time is over.
  /// - Returns: Whether a process ended.
  @discardableResult
  func wait(nanoseconds: Int64) -> Bool {
    let known = Array(descriptors)
    var polled = known.map { pollfd(fd: $0.value, events: Int16(POLLIN), revents: 0) }
    polled.append(pollfd(fd: StopSignal.descriptor, events: Int16(POLLIN), revents: 0))
    let milliseconds = Int32(clamping: (max(0, nanoseconds) + 999_999) / 1_000_000)
    let before = ended.count
    if poll(&polled, nfds_t(polled.count), milliseconds) > 0 {
      for (index, entry) in known.enumerated() where polled[index].revents != 0 {
        close(entry.value)
        descriptors[entry.key] = nil
        ended.insert(entry.key)
      }
    }
    for process in unwatched where !process.isAlive {
      unwatched.remove(process)
      ended.insert(process)
    }
    return ended.count > before
  }
}
