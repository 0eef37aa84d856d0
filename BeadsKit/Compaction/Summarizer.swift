public import BeadsModel
import BeadsStore
public import BeadsSystem

/// Something that can say an issue in fewer words.
public protocol Summarizer: Sendable {
  /// The summary that takes the place of an issue's texts; nil when it cannot be said shorter.
  /// - Throws: `io_error` when there is no answer.
  func summary(of issue: Issue, tier: CompactionTier) throws(BeadsError) -> String?
}

/// A program of the user's, such as one that asks a model.
///
/// It gets the issue as one JSON object on standard input and the tier in `BD_COMPACT_TIER`, and prints the summary.
/// It runs in a process group of its own, all of which ends when the time is over.
public struct CommandSummarizer: Summarizer {
  private let program: HostProgram

  /// Describes the program.
  /// - Parameters:
  ///   - arguments: The program and its arguments; no shell reads them.
  ///   - timeout: How long to wait for each answer.
  public init(
    _ arguments: [String], directory: String? = nil, environment: Environment,
    timeout: Duration = .seconds(120)
  ) {
    program = HostProgram(
      arguments, directory: directory ?? environment.currentDirectory, variables: environment.variables,
      timeout: timeout)
  }

  /// What the program prints.
  /// - Throws: `not_found` when there is no such program, `io_error` when it fails, is silent, says too much or takes
  ///   too long.
  public func summary(of issue: Issue, tier: CompactionTier) throws(BeadsError) -> String? {
    let result = try program.ask(
      input: Array((issue.jsonLine + "\n").utf8), adding: ["BD_COMPACT_TIER": "\(tier.rawValue)"])
    let name = quoted(program.name)
    guard result.succeeded else {
      let line = result.errorText.split(whereSeparator: \.isNewline).first.map { ": \(quoted(String($0)))" }
      throw BeadsError(.io, "the summarizer \(name) failed\(line ?? "")")
    }
    guard !result.isTruncated, let text = String(validating: result.output, as: UTF8.self),
      !text.trimmingBlanks.isEmpty
    else { throw BeadsError(.io, "the summarizer \(name) printed no usable text") }
    return String(text.trimmingBlanks)
  }
}
