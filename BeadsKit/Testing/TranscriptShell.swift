import BeadsKit

/// Replays golden transcripts: files of command lines and what they print, run in a project with a fixed clock and user.
///
///     # A remark. Each command line starts with "$ "; what follows is its output until an empty line.
///     $ bd create "Fix auth bug" -p 0
///     ✓ Created issue: t-3fk
///     ...
///
/// Lines of stderr are marked `! `; a status other than 0 is a last line `? 1`. An empty line of output is written `~`,
/// one that begins with `#` has `~` before it.
/// Words follow shell quoting. Besides the programs given, `write FILE TEXT`, `cat FILE` and `env NAME=VALUE` do what
/// they say, and `sleep SECONDS` moves the clock; `cd DIR` goes to a directory and makes it if need be; `git ARGUMENTS`
/// runs git there, and `link NAME TARGET` makes a symbolic link.
public struct TranscriptShell {
  /// What a program prints, by its arguments; see ``printed(out:error:status:)``.
  public typealias Program = ([String]) -> [String]

  private let project: TestProject
  private let root: String
  private let programs: [String: Program]
  private let mask: (String) -> String

  /// A shell in a project.
  /// - Parameters:
  ///   - root: Where relative paths begin; the project's directory unless given.
  ///   - programs: What the first word of a line may be.
  ///   - mask: Replaces what differs from run to run in a line of output, such as paths.
  public init(
    _ project: TestProject, root: String? = nil, programs: [String: Program],
    mask: @escaping (String) -> String
  ) {
    self.project = project
    self.root = root ?? project.directory
    self.programs = programs
    self.mask = mask
  }

  /// The transcript with what its command lines print now.
  public func replay(_ golden: String) -> String {
    var actual: [String] = []
    for line in golden.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("#") { actual.append(line) }
      guard line.hasPrefix("$ ") else { continue }
      if actual.last.map({ !$0.hasPrefix("#") }) ?? false { actual.append("") }
      actual.append(line)
      actual += run(ShellWords(line.dropFirst(2)).words)
    }
    return actual.joined(separator: "\n") + "\n"
  }

  /// Runs one line and returns what it prints, marked.
  public func run(_ words: [String]) -> [String] { output(words).map(mask) }

  private func output(_ words: [String]) -> [String] {
    guard let name = words.first else { return [] }
    let rest = Array(words.dropFirst())
    if let program = programs[name] { return program(rest) }
    do throws(BeadsError) {
      switch (name, rest.count) {
      case ("write", 2): try write(rest[1] + "\n", to: path(rest[0]))
      case ("cat", 1): return Self.lines(try FileSystem.readText(path(rest[0])))
      case ("env", 1): set(rest[0])
      case ("sleep", 1): project.advance(seconds: Int64(rest[0]) ?? 0)
      case ("cd", 0...1): try go(to: path(rest.first ?? "."))
      case ("link", 2): try FileSystem.makeLink(path(rest[0]), to: rest[1])
      case ("git", _): return git(rest)
      default: return ["? unknown transcript line \(words.joined(separator: " "))"]
      }
      return []
    } catch {
      return [name == "cat" ? "? no such file" : "? \(error.message)"]
    }
  }

  private func path(_ name: String) -> String { Path.normalized(Path.absolute(name, in: root)) }

  private func write(_ text: String, to path: String) throws(BeadsError) {
    try FileSystem.remove(path)
    try FileSystem.append(Array(text.utf8), to: path)
  }

  private func set(_ assignment: String) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    project.environment.variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : nil
  }

  private func go(to path: String) throws(BeadsError) {
    try FileSystem.makeDirectory(path)
    project.environment.currentDirectory = path
  }

  /// Runs git where the transcript stands, with a fixed author and time.
  private func git(_ arguments: [String]) -> [String] {
    var variables = project.environment.variables
    for role in ["AUTHOR", "COMMITTER"] {
      variables["GIT_\(role)_NAME"] = "Alice"
      variables["GIT_\(role)_EMAIL"] = "alice@example.org"
      variables["GIT_\(role)_DATE"] = "1772442000 +0000"
    }
    let settings = ["-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"]
    let run = Subprocess(
      ["git"] + settings + arguments, directory: project.environment.currentDirectory, variables: variables)
    guard let result = try? run.run() else { return ["? git cannot be run"] }
    return Self.lines(result.text) + (result.succeeded ? [] : Self.lines(result.errorText).map { "! \($0)" })
  }

  // MARK: Text

  /// What a program printed, as a transcript shows it.
  public static func printed(out: String, error: String, status: Int32) -> [String] {
    lines(out) + lines(error).map { "! \($0)" } + (status == 0 ? [] : ["? \(status)"])
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines.map { $0.isEmpty || $0.hasPrefix("#") ? "~" + $0 : $0 }
  }
}
