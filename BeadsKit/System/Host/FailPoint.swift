import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Named places in every path that writes, where a test lets the process die or a system call fail.
///
/// One line marks a place: `FailPoint.reach("commit.before")`. Calls of the operating system go through
/// `retrying("file.rename") { rename(from, to) }` and may fail there. The environment variable `BD_FAILPOINT` of a
/// process, or `whileArmed` in a test, says what happens where:
///
///     BD_FAILPOINT="commit.before=kill"
///     BD_FAILPOINT="file.write=short;file.write#2=kill"   the first write takes half, the second kills
///     BD_FAILPOINT="file.rename#3+=ENOSPC"                the third rename fails, and all after it
///
/// `BD_FAILPOINT_TRACE` names a file to which every place is appended as it is passed. Release builds have none of
/// this: the functions are empty and no variable is read.
public enum FailPoint {
  /// Whether this build has fail points.
  public static var isAvailable: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// Passes a place where the process may be killed.
  @inline(__always)
  public static func reach(_ name: StaticString) {
    #if DEBUG
      _ = FailPlan.action(at: name)
    #endif
  }

  /// Whether the call at this place shall not be made, because it fails with what `errno` says now.
  @inline(__always)
  static func fails(_ name: StaticString) -> Bool {
    #if DEBUG
      guard case .error(let number) = FailPlan.action(at: name) else { return false }
      errno = number
      return true
    #else
      return false
    #endif
  }

  /// How many of the bytes a write at this place takes.
  @inline(__always)
  static func share(of count: Int, _ name: StaticString) -> Int {
    #if DEBUG
      return FailPlan.isShort(at: name) ? max(1, count / 2) : count
    #else
      return count
    #endif
  }

  /// Runs the body with a plan for what this task does, in the words of `BD_FAILPOINT`.
  /// - Parameter onPass: Called at each place, as others might do something at that moment; it passes none itself.
  /// - Returns: What the body returned, and the places it passed in order.
  @discardableResult
  package static func whileArmed<R, E: Error>(
    _ plan: String = "", onPass: (@Sendable (String) -> Void)? = nil, _ body: () throws(E) -> R
  ) throws(E) -> (result: R, passed: [String]) {
    #if DEBUG
      let plan = FailPlan(plan, onPass: onPass)
      // `withValue` knows no typed errors.
      let result = FailPlan.$ofTask.withValue(plan) { () -> Result<R, E> in
        do throws(E) { return .success(try body()) } catch { return .failure(error) }
      }
      return (try result.get(), plan.passed)
    #else
      return (try body(), [])
    #endif
  }
}

/// Calls again as long as a signal interrupts the call, which fails when a test wants it to.
@inline(__always)
func retrying<T: FixedWidthInteger & SignedInteger>(_ name: StaticString, _ call: () -> T) -> T {
  retrying { FailPoint.fails(name) ? -1 : call() }
}

#if DEBUG
  /// What shall happen where, and how often each place was passed.
  final class FailPlan: Sendable {
    enum Action: Equatable { case none, kill, short, error(Int32) }

    private struct Rule {
      let name: String
      let pass: Int
      let isLasting: Bool
      let action: Action
    }

    @TaskLocal static var ofTask: FailPlan?
    private static let ofProcess: FailPlan? = {
      let (plan, trace) = (variable("BD_FAILPOINT"), variable("BD_FAILPOINT_TRACE"))
      return plan == nil && trace == nil ? nil : FailPlan(plan ?? "", trace: trace)
    }()

    private let rules: [Rule]
    private let trace: String?
    private let onPass: (@Sendable (String) -> Void)?
    private let state = Mutex<(counts: [String: Int], order: [String])>(([:], []))

    init(_ plan: String, trace: String? = nil, onPass: (@Sendable (String) -> Void)? = nil) {
      rules = plan.split(separator: ";").map { Self.rule(String($0)) }
      self.trace = trace
      self.onPass = onPass
    }

    /// The places in the order they were passed.
    var passed: [String] { state.withLock { $0.order } }

    static func action(at name: StaticString) -> Action {
      guard let plan = ofTask ?? ofProcess else { return .none }
      let action = plan.pass("\(name)")
      if action == .kill {
        kill(getpid(), SIGKILL)
        while true { pause() }
      }
      return action
    }

    /// Looks ahead: the place is counted when the call is made.
    static func isShort(at name: StaticString) -> Bool {
      guard let plan = ofTask ?? ofProcess else { return false }
      return plan.state.withLock { plan.action("\(name)", pass: ($0.counts["\(name)"] ?? 0) + 1) } == .short
    }

    private func pass(_ name: String) -> Action {
      if let trace { Self.append(name + "\n", to: trace) }
      if let onPass { Self.$ofTask.withValue(Self("")) { onPass(name) } }
      return state.withLock { state in
        state.order.append(name)
        state.counts[name, default: 0] += 1
        return action(name, pass: state.counts[name] ?? 0)
      }
    }

    private func action(_ name: String, pass: Int) -> Action {
      rules.first { $0.name == name && ($0.pass == pass || $0.isLasting && $0.pass < pass) }?.action ?? .none
    }

    private static func rule(_ text: String) -> Rule {
      let halves = text.split(separator: "=").map(String.init)
      let place = (halves.first ?? "").split(separator: "#").map(String.init)
      let count = place.count > 1 ? place[1] : "1"
      guard halves.count == 2, let name = place.first, let action = action(halves[1]),
        let pass = Int(count.filter { $0 != "+" })
      else { preconditionFailure("\(text) is no fail point: NAME[#N[+]]=kill|short|ENOSPC") }
      return Rule(name: name, pass: pass, isLasting: count.hasSuffix("+"), action: action)
    }

    private static func action(_ word: String) -> Action? {
      switch word {
      case "kill": .kill
      case "short": .short
      case "ENOSPC": .error(ENOSPC)
      case "EDQUOT": .error(EDQUOT)
      case "EIO": .error(EIO)
      case "EROFS": .error(EROFS)
      case "EACCES": .error(EACCES)
      case "EINTR": .error(EINTR)
      default: nil
      }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    // Not through `File`, whose calls are places themselves.
    private static func append(_ line: String, to path: String) {
      let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
      _ = write(descriptor, line, line.utf8.count)
      close(descriptor)
    }
  }
#endif
