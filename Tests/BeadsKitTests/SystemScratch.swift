import BeadsSystem
import Foundation

/// Runs the body with a directory of its own that is removed afterwards.
func withScratchDirectory<R>(_ body: (String) throws -> R) throws -> R {
  let path = NSTemporaryDirectory() + "/bd-test-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(try FileSystem.realPath(path))
}

/// The error a call throws, or nil when it succeeds.
func thrownError<R: ~Copyable>(_ body: () throws(BeadsError) -> R) -> BeadsError? {
  do throws(BeadsError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
