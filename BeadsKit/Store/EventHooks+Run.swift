import BeadsModel
public import BeadsSystem

extension EventHooks {
  /// How long a program may take; then its whole process group is ended.
  public static let timeLimit = Duration.seconds(10)
  /// How many bytes of a program's output are kept.
  static let outputLimit = 1024
  /// The log begins anew beyond this size.
  private static let logLimit: Int64 = 64 << 10

  /// Makes calls one after the other: what the process that `start` starts does.
  ///
  /// What a program prints, and how it failed, is added to `hooks.log` in the `.beads` directory. Programs run in the
  /// directory above it, with hooks switched off, so that a hook that changes issues does not call itself for ever.
  /// - Parameters:
  ///   - input: The calls as `start` writes them.
  ///   - timeLimit: How long a program may take; then its whole process group is ended.
  public static func run(
    _ input: [UInt8], beadsDirectory: String, environment: Environment, timeLimit: Duration = timeLimit
  ) {
    var variables = environment.variables
    variables["BD_NO_HOOKS"] = "1"
    let lines = input.split(separator: UInt8(ascii: "\n"))
    for index in stride(from: 0, to: lines.count - 1, by: 2) {
      let words = String(decoding: lines[index], as: UTF8.self).split(separator: " ")
      guard words.count == 2, let event = CommittedChange.Event(rawValue: String(words[0])) else { return }
      let path = Self.path(event, beadsDirectory)
      guard isProgram(path) else { continue }
      var program = Subprocess(
        [path, String(words[1]), event.rawValue], directory: Path.directory(of: beadsDirectory),
        variables: variables, timeout: timeLimit)
      program.input = .bytes(Array(lines[index + 1]))
      program.outputLimit = outputLimit
      program.ownsGroup = true
      let report = report(program)
      if report.isEmpty { continue }
      let time = Timestamp(unixNanoseconds: environment.clock())
      log("\(time) \(Path.name(of: path)) \(words[1]): \(report)\n", Path.join(beadsDirectory, "hooks.log"))
    }
  }

  /// How the program fared; empty when it succeeded in silence.
  private static func report(_ program: Subprocess) -> String {
    let result: Subprocess.Result
    do throws(BeadsError) { result = try program.run() } catch { return error.message }
    let outcome = result.succeeded ? "" : result.outcome
    let text = [outcome, result.text, result.errorText].filter { !$0.isEmpty }.joined(separator: "\n")
    return String(decoding: text.utf8.prefix(outputLimit), as: UTF8.self)
  }

  /// Nobody can be told that the log cannot be written.
  private static func log(_ entry: String, _ path: String) {
    let size = (try? FileSystem.stamp(path)?.size) ?? 0
    if size > logLimit { _ = try? FileSystem.remove(path) }
    try? FileSystem.append(Array(entry.utf8), to: path, mode: 0o600)
  }
}
