import BdCommands
import BeadsKit
import CommandKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

exit(BdProgram.run(Array(CommandLine.arguments.dropFirst()), output: .process(), environment: .process))
