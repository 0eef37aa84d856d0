import BeadsKit
import CommandKit
import GtCommands

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A standard stream that the caller closed must not become the number of a file that we open, and be written to.
for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
  _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
}

exit(
  GtProgram.run(
    Array(CommandLine.arguments.dropFirst()), output: .process(), environment: .process,
    program: executablePath))
