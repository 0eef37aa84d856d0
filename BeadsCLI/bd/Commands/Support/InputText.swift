import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Text that a flag takes from a file or, for `-`, from standard input.
enum InputText {
  static func read(_ path: String, _ environment: Environment) throws(BeadsError) -> String {
    let bytes =
      path == "-"
      ? try standardInput() : try FileSystem.read(Path.absolute(path, in: environment.currentDirectory))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw BeadsError(.invalid, "\(path == "-" ? "standard input" : path) is not UTF-8 text")
    }
    return text
  }

  /// Everything on standard input.
  static func standardInput() throws(BeadsError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      var failed = false
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let got = systemRead(0, buffer.baseAddress, buffer.count)
        failed = got < 0 && errno != EINTR
        count = max(0, got)
      }
      if failed { throw BeadsError(.io, "cannot read standard input") }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
