import BeadsKit

/// The program `git`, run for one directory, with a deadline and a process group of its own.
///
/// It never looks above the directory for a repository: a worktree that lost its `.git` must not make git change the
/// repository of the town around it.
struct Git: Sendable {
  /// Where git runs.
  let directory: String
  private let program: HostProgram
  /// Settings that hold for every call: `name=value`.
  private let settings: [String]

  /// How long git may take for what needs no network.
  static let localLimit = Duration.seconds(300)
  /// How long a fetch or a push may take.
  static let networkLimit = Duration.seconds(300)

  /// - Parameters:
  ///   - variables: Variables besides the environment's.
  ///   - settings: Settings for every call, `name=value`.
  init(
    _ directory: String, _ environment: Environment, adding variables: [String: String] = [:],
    settings: [String] = []
  ) {
    self.directory = directory
    self.settings = settings.flatMap { ["-c", $0] }
    var known = environment.variables.filter { !Self.places.contains($0.key) }
    known["GIT_CEILING_DIRECTORIES"] = Path.directory(of: directory)
    known["GIT_TERMINAL_PROMPT"] = "0"
    known["GIT_OPTIONAL_LOCKS"] = "0"
    known["LC_ALL"] = "C"
    var program = HostProgram(
      ["git"], directory: directory, variables: known.merging(variables) { $1 }, timeout: Self.localLimit)
    program.outputLimit = 256 << 20
    self.program = program
  }

  /// What hooks and aliases inherit from an outer git; here the directory alone says which repository is meant.
  private static let places: Set<String> = [
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
  ]

  /// What git answers; a status other than 0 is an answer too.
  /// - Throws: `not_found` without git, `io_error` when it does not end in time.
  func ask(_ arguments: [String], input: [UInt8] = []) throws(BeadsError) -> Subprocess.Result {
    try program.ask(settings + arguments, input: input)
  }

  /// What git prints, without the newline at the end.
  /// - Parameter purpose: What fails when git fails: "git could not PURPOSE".
  /// - Throws: `io_error` with git's own words.
  @discardableResult
  func text(_ arguments: [String], input: [UInt8] = [], to purpose: String) throws(BeadsError) -> String {
    try succeeded(try ask(arguments, input: input), purpose).text
  }

  /// What git prints as entries that end with NUL bytes; as bytes, because file names need not be text.
  func entries(_ arguments: [String], to purpose: String) throws(BeadsError) -> [[UInt8]] {
    try succeeded(try ask(arguments), purpose).output.split(separator: 0).map(Array.init)
  }

  /// The commit that a revision means; nil when there is none.
  func commit(_ revision: String) throws(BeadsError) -> String? {
    let result = try ask(["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"])
    return result.succeeded && !result.text.isEmpty ? result.text : nil
  }

  private func succeeded(
    _ result: Subprocess.Result, _ purpose: String
  ) throws(BeadsError) -> Subprocess.Result {
    if result.succeeded, !result.isTruncated { return result }
    let reason = GitCommand.reason(result.errorText)
    throw BeadsError(.io, "git could not \(purpose): \(reason.isEmpty ? result.outcome : reason)")
  }
}
