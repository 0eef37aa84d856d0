public import BeadsKit
public import CommandKit

/// What all benchmark programs have in common: who is measured, how often, where, and what is done with the report.
public struct BenchmarkRun {
  /// The name of the program under test, such as `bd`.
  public let program: String
  /// Those under test; the first is held to the budgets.
  public let contenders: [Contender]
  /// How often each command is run.
  public let rounds: Int
  /// A folder for everything that is made.
  public let scratch: String
  private let output: Output
  private let words: [String]

  /// Tells how far it has come.
  public func note(_ text: String) { output.note("\(text)") }

  /// Whether a row of that name was asked for.
  public func isWanted(_ name: String) -> Bool { words.isEmpty || words.contains { name.contains($0) } }

  /// An empty report, with the floor of this machine.
  public func makeReport() throws(BeadsError) -> Report {
    var report = Report(program: program, contenders: contenders.map(\.name), rounds: rounds)
    try report.measureFloor()
    return report
  }

  /// The flags that all have.
  public static func flags(_ program: String) -> [Flag] {
    [
      .string(program, placeholder: "PATH", help: "The \(program) to measure (default: beside this program)"),
      .list("against", placeholder: "[NAME=]PATH,...", help: "Another \(program) to measure beside it"),
      .int("rounds", in: 1...1000, default: 15, help: "Runs of each command; slow ones run less often"),
      .list("filter", placeholder: "WORD,...", help: "Only what has one of these words in its name"),
      .string("json", placeholder: "FILE", help: "Write the results there too"),
      .string(
        "directory", placeholder: "DIR", help: "Work in this directory (default: a new one in $TMPDIR)"),
      .bool("check", help: "Exit with status 1 when a budget is not kept"),
    ]
  }

  /// Makes the folder, has everything measured, removes the folder, and prints the report.
  /// - Throws: What `measure` throws; the folder is removed all the same.
  public static func run(
    _ program: String, _ arguments: Arguments, _ output: Output, _ measure: (BenchmarkRun) throws -> Report
  ) throws {
    let scratch = try scratchFolder(program, arguments)
    let result = Result {
      try measure(
        BenchmarkRun(
          program: program, contenders: contenders(program, arguments, scratch),
          rounds: arguments.int("rounds") ?? 15, scratch: scratch, output: output,
          words: arguments.list("filter")))
    }
    try Contender.removeTree(scratch)
    let report = try result.get()
    report.print(to: output)
    if let path = arguments.string("json") {
      try FileSystem.remove(path)
      try File(path, .create(mode: 0o644)).write(report.json)
    }
    if arguments.bool("check"), !report.passes { throw ExitStatus(1) }
  }

  private static func contenders(
    _ program: String, _ arguments: Arguments, _ scratch: String
  ) throws -> [Contender] {
    let own = Path.join(Path.directory(of: CommandLine.arguments.first ?? ""), program)
    let others = arguments.list("against").enumerated().map { index, word in
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : ("other\(index + 1)", word)
    }
    return try ([(program, arguments.string(program) ?? own)] + others).map { name, path in
      try Contender(name: name, program: path, root: Path.join(scratch, name))
    }
  }

  private static func scratchFolder(_ program: String, _ arguments: Arguments) throws -> String {
    let root = arguments.string("directory") ?? Environment.process["TMPDIR"] ?? "/tmp"
    let name = "\(program)-bench-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try FileSystem.makeDirectory(Path.join(root, name))
    return try FileSystem.realPath(Path.join(root, name))
  }
}
