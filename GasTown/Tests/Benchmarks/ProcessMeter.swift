import BeadsKit
import GasTownKit

/// What a process has used so far, as Linux counts it.
struct ProcessMeter {
  /// Nanoseconds of processor time, of all its threads.
  let nanoseconds: Int64
  /// The pages that children which have ended and were collected had to be given: no process runs without any.
  let childFaults: Int64
  /// Its children now.
  let children: Set<Int32>

  /// Looks at a process.
  /// - Throws: `unsupported` where there is no `/proc`, `not_found` when it is gone.
  init(_ pid: Int32) throws(BeadsError) {
    guard FileSystem.isDirectory("/proc/self") else {
      throw BeadsError(.unsupported, "this system does not tell what a process uses")
    }
    guard let fields = Self.fields(pid) else { throw BeadsError(.notFound, "process \(pid) is gone") }
    childFaults = (Int64(fields[8]) ?? 0) + (Int64(fields[10]) ?? 0)
    var sum: Int64 = 0
    for thread in try FileSystem.list("/proc/\(pid)/task") {
      // One that ends at this moment counts nothing.
      let text = (try? FileSystem.readText("/proc/\(pid)/task/\(thread)/schedstat")) ?? ""
      sum += text.split(separator: " ").first.flatMap { Int64($0) } ?? 0
    }
    nanoseconds = sum
    let all = ((try? FileSystem.list("/proc")) ?? []).compactMap(Int32.init)
    children = Set(all.filter { child in Self.fields(child).map { $0[1] == String(pid) } ?? false })
  }

  /// How many processes it has started since an earlier look; those that came and went in between count as one.
  func started(since earlier: ProcessMeter) -> Int {
    children.subtracting(earlier.children).count + (childFaults > earlier.childFaults ? 1 : 0)
  }

  /// The fields of its status from the state on.
  private static func fields(_ pid: Int32) -> [Substring]? {
    guard let text = try? FileSystem.readText("/proc/\(pid)/stat"), let close = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: close)...].split(separator: " ")
    return fields.count > 19 ? fields : nil
  }
}
