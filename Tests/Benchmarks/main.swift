#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

exit(BenchCommand.main(Array(CommandLine.arguments.dropFirst())))
