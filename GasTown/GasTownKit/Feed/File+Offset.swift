import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension File {
  /// Up to so many bytes from a place in the file; fewer at its end.
  func read(at offset: Int64, count: Int) throws(BeadsError) -> [UInt8] {
    let descriptor = descriptor
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    if failure != 0 { throw BeadsError(.io, "cannot read \(path): \(String(cString: strerror(failure)))") }
    return bytes
  }
}
