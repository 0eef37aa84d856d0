public import BeadsSystem

/// The program `git`, run in one directory for commands that change checkouts.
///
/// Variables that hooks and aliases inherit from an outer git, such as `GIT_DIR`, are kept from it: the
/// directory alone says which repository is meant.
public struct GitCommand: Sendable {
  /// Where git runs.
  public let directory: String
  /// When git is ended; nil for never.
  public var timeout: Duration?
  /// Whether git has a process group of its own, which ends with it: for callers that nobody sits in front of.
  public var ownsGroup = false
  /// How many bytes of each stream are kept; `text` and `entries` fail when there are more.
  public var outputLimit = 64 << 20
  private let variables: [String: String]
  private let settings: [String]

  /// Runs git in a directory.
  /// - Parameters:
  ///   - more: Variables besides the environment's.
  ///   - settings: Settings for every call, `name=value`.
  public init(
    _ directory: String, _ environment: Environment, adding more: [String: String] = [:],
    settings: [String] = []
  ) {
    self.directory = directory
    self.settings = settings.flatMap { ["-c", $0] }
    variables = environment.variables.filter { !Self.places.contains($0.key) }.merging(more) { $1 }
  }

  private static let places: Set<String> = [
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
  ]

  /// What git answers; a status other than 0 is an answer too.
  /// - Throws: `not_found` without git, `io_error` when it does not end in time.
  public func ask(_ arguments: String...) throws(BeadsError) -> Subprocess.Result { try ask(arguments) }

  /// What git answers, given some input; a status other than 0 is an answer too.
  public func ask(_ arguments: [String], input: [UInt8]? = nil) throws(BeadsError) -> Subprocess.Result {
    var request = Subprocess(
      ["git"] + settings + arguments, directory: directory, variables: variables, timeout: timeout)
    if let input { request.input = .bytes(input) }
    request.outputLimit = outputLimit
    request.ownsGroup = ownsGroup
    request.endsGroup = ownsGroup
    let result = try request.run()
    if result.timedOut, let timeout {
      throw BeadsError(.io, "git did not end within \(timeout) in \(directory)")
    }
    return result
  }

  /// Runs git for its effect.
  /// - Throws: `io_error` with git's own words when it refuses.
  public func run(_ arguments: [String], to purpose: String) throws(BeadsError) {
    try succeeded(try ask(arguments), purpose)
  }

  /// What git prints, without the newline at the end.
  /// - Parameter purpose: What fails when git fails: "git could not PURPOSE".
  /// - Throws: `io_error` with git's own words when it refuses.
  @discardableResult
  public func text(
    _ arguments: [String], input: [UInt8]? = nil, to purpose: String
  ) throws(BeadsError) -> String {
    try succeeded(try ask(arguments, input: input), purpose).text
  }

  /// What git prints as entries that end with NUL bytes; as bytes, because file names need not be text.
  public func entries(_ arguments: [String], to purpose: String) throws(BeadsError) -> [[UInt8]] {
    try succeeded(try ask(arguments), purpose).output.split(separator: 0).map(Array.init)
  }

  /// The commit that a revision means; nil when there is none.
  public func commit(_ revision: String) throws(BeadsError) -> String? {
    let result = try ask("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    return result.succeeded && !result.text.isEmpty ? result.text : nil
  }

  @discardableResult
  private func succeeded(
    _ result: Subprocess.Result, _ purpose: String
  ) throws(BeadsError) -> Subprocess.Result {
    if result.succeeded, !result.isTruncated { return result }
    let reason = Self.reason(result.errorText)
    throw BeadsError(.io, "git could not \(purpose): \(reason.isEmpty ? result.outcome : reason)")
  }

  /// Why git failed: the lines it marks so, else all it said.
  public static func reason(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks }
    let marks = ["fatal: ", "error: "]
    let marked = lines.compactMap { line in
      marks.first { line.hasPrefix($0) }.map { line.dropFirst($0.count) }
    }
    return (marked.isEmpty ? lines : marked).joined(separator: "; ")
  }
}
