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
  private let variables: [String: String]

  /// Runs git in a directory, with more variables than the environment's.
  public init(_ directory: String, _ environment: Environment, adding more: [String: String] = [:]) {
    self.directory = directory
    variables = environment.variables.filter { !Self.places.contains($0.key) }.merging(more) { $1 }
  }

  private static let places: Set<String> = [
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX",
  ]

  /// What git answers; a status other than 0 is an answer too.
  /// - Throws: `not_found` without git, `io_error`.
  public func ask(_ arguments: String...) throws(BeadsError) -> Subprocess.Result { try ask(arguments) }

  /// What git answers, given some input; a status other than 0 is an answer too.
  public func ask(_ arguments: [String], input: [UInt8]? = nil) throws(BeadsError) -> Subprocess.Result {
    var request = Subprocess(
      ["git"] + arguments, directory: directory, variables: variables, timeout: timeout)
    if let input { request.input = .bytes(input) }
    return try request.run()
  }

  /// Runs git for its effect.
  /// - Throws: `io_error` with git's own words when it refuses.
  public func run(_ arguments: [String], to purpose: String) throws(BeadsError) {
    let result = try ask(arguments)
    if result.succeeded { return }
    let reason = result.timedOut ? "it took too long" : Self.reason(result.errorText)
    throw BeadsError(.io, "git could not \(purpose): \(reason)")
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
