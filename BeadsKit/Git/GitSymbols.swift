import BeadsSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The loaded library's symbol table.
struct GitSymbols {
  private let handle: UnsafeMutableRawPointer

  #if canImport(Glibc)
    private static let names = [
      "libgit2.so", "libgit2.so.1.5", "libgit2.so.1.7", "libgit2.so.1.8", "libgit2.so.1.9", "libgit2.so.1.1",
    ]
  #else
    private static let names = [
      "libgit2.dylib", "/opt/homebrew/lib/libgit2.dylib", "/usr/local/lib/libgit2.dylib",
      "/opt/local/lib/libgit2.dylib",
    ]
  #endif

  init() throws(BeadsError) {
    for name in Self.names {
      if let handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL) {
        self.handle = handle
        return
      }
    }
    throw BeadsError(
      .unsupported, "this needs the library libgit2, which is not installed",
      hint:
        "install libgit2 with the system's package manager: apt install libgit2-dev, or brew install libgit2")
  }

  /// The function of that name, in the type the caller declares for it.
  subscript<Function>(name: String) -> Function {
    get throws(BeadsError) {
      unsafeBitCast(try address(name), to: Function.self)
    }
  }

  func address(_ name: String) throws(BeadsError) -> UnsafeMutableRawPointer {
    guard let address = dlsym(handle, name) else {
      throw BeadsError(.unsupported, "the installed libgit2 has no function \(name)")
    }
    return address
  }
}
