import CPlatform

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The call of posix_spawn: descriptors, signals and strings in the form the C library wants.
package struct Spawn: ~Copyable {
  private let request: Subprocess
  private let startsSession: Bool
  private var actions: FileActions
  private var childEnds: [Int32] = []
  private var streams: [CaptureStream] = []

  package init(_ request: Subprocess, startsSession: Bool = false) throws(BeadsError) {
    self.request = request
    self.startsSession = startsSession
    actions = FileActions()
    let strings =
      request.arguments + (request.variables ?? [:]).flatMap { [$0.key, $0.value] } + [
        request.directory ?? "", request.executable ?? "",
      ]
    if request.arguments.isEmpty || strings.contains(where: { $0.utf8.contains(0) }) {
      throw BeadsError(.invalid, "cannot run a program whose arguments are empty or contain NUL")
    }
  }

  deinit { for end in childEnds { close(end) } }

  /// Starts the program and returns its pid and the reading ends of its output.
  package consuming func start() throws(BeadsError) -> (pid: Int32, streams: [CaptureStream]) {
    do throws(BeadsError) {
      try connectInput()
      try connectOutput(STDOUT_FILENO)
      if case .combined = request.output {
        actions.duplicate(STDOUT_FILENO, as: STDERR_FILENO)
      } else {
        try connectOutput(STDERR_FILENO)
      }
      return (try spawn(), streams)
    } catch {
      for stream in streams { stream.close() }
      throw error
    }
  }

  private mutating func connectInput() throws(BeadsError) {
    switch request.input {
    case .inherited: break
    case .none: actions.open("/dev/null", O_RDONLY, as: STDIN_FILENO)
    case .bytes(let bytes):
      // A file needs no feeding, so a program that does not read cannot block us or raise SIGPIPE here.
      let file = try aboveStandard(anonymousFile())
      childEnds.append(file)
      try writeAll(bytes, file)
      actions.duplicate(file, as: STDIN_FILENO)
    }
  }

  private mutating func connectOutput(_ target: Int32) throws(BeadsError) {
    switch request.output {
    case .inherited: break
    case .discarded: actions.open("/dev/null", O_WRONLY, as: target)
    case .captured, .combined:
      let (reading, writing) = try makePipe()
      childEnds.append(writing)
      streams.append(
        CaptureStream(
          descriptor: reading, limit: request.outputLimit, keepsEnd: request.outputKept == .end))
      actions.duplicate(writing, as: target)
    }
  }

  private mutating func spawn() throws(BeadsError) -> pid_t {
    if let directory = request.directory { actions.changeDirectory(directory) }
    actions.closeOthers()
    var attributes = SpawnAttributes(ownsGroup: request.ownsGroup, startsSession: startsSession)
    var pid: pid_t = 0
    let variables = request.variables.map { $0.map { "\($0.key)=\($0.value)" } }
    let failure = withCStrings(request.arguments) { argv in
      withCStrings(variables ?? []) { envp in
        guard let program = argv[0] else { return ENOMEM }
        let environment = variables == nil ? beads_environ() : envp
        if let file = request.executable {
          return posix_spawn(&pid, file, &actions.raw, &attributes.raw, argv, environment)
        }
        return posix_spawnp(&pid, program, &actions.raw, &attributes.raw, argv, environment)
      }
    }
    if failure != 0 { throw spawnError(failure) }
    return pid
  }

  private func spawnError(_ number: Int32) -> BeadsError {
    let name = request.arguments.first ?? ""
    if let directory = request.directory, !FileSystem.isDirectory(directory) {
      return BeadsError(.notFound, "cannot run \(name) in \(directory): no such directory")
    }
    if number == ENOENT { return BeadsError(.notFound, "cannot run \(name): no such program") }
    return .system(number, "run \(name)", .read)
  }

  private func makePipe() throws(BeadsError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    #if os(Linux)
      let failed = pipe2(&ends, O_CLOEXEC) != 0
    #else
      let failed = pipe(&ends) != 0
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #endif
    if failed { throw .system(errno, "make a pipe", .read) }
    return (ends[0], try aboveStandard(ends[1]))
  }

  private func anonymousFile() throws(BeadsError) -> Int32 {
    #if os(Linux)
      let file = memfd_create("input", 1)
    #else
      var template = Array("/tmp/bd-input-XXXXXX".utf8CString)
      let file = mkstemp(&template)
      if file >= 0 { unlink(template) }
    #endif
    if file < 0 { throw .system(errno, "make a temporary file", .write) }
    return file
  }

  private func writeAll(_ bytes: [UInt8], _ file: Int32) throws(BeadsError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { part in retrying { write(file, part.baseAddress, part.count) } }
      if count < 0 { throw .system(errno, "write a temporary file", .write) }
      rest = rest.dropFirst(count)
    }
    lseek(file, 0, SEEK_SET)
  }

  // A process started without standard streams gets low numbers from open(2); dup2 in the child would clash.
  private func aboveStandard(_ descriptor: Int32) throws(BeadsError) -> Int32 {
    if descriptor > STDERR_FILENO { return descriptor }
    defer { close(descriptor) }
    let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    if moved < 0 { throw .system(errno, "duplicate a descriptor", .read) }
    return moved
  }
}

/// Lends the strings as a null-terminated array of C strings.
private func withCStrings<R>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return body(&pointers)
}
