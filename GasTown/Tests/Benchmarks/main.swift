#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

exit(TownBenchCommand.main(Array(CommandLine.arguments.dropFirst())))
