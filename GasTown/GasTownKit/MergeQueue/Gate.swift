public import BeadsKit

/// A program that must succeed before anything is merged: tests, a linter, a build.
public struct Gate: Sendable, Equatable {
  /// Its name in reports, such as `test`.
  public var name: String
  /// The program and its arguments; no shell reads them.
  public var arguments: [String]
  /// When it is ended and counts as failed.
  public var timeout: Duration
  /// What it looks at.
  public var phase = Phase.result
  /// Whether it may run at the same time as the gates beside it, in the same checkout.
  public var isParallel = false

  /// What a gate looks at.
  public enum Phase: String, Sendable, CaseIterable {
    /// The branch as it was submitted, before anything is merged.
    case branch = "pre-merge"
    /// What would be pushed: the target with the branch.
    case result = "post-squash"
  }

  /// Describes a gate.
  public init(name: String, arguments: [String], timeout: Duration = .seconds(600)) {
    self.name = name
    self.arguments = arguments
    self.timeout = timeout
  }

  /// Splits a command as it stands in settings: words, with quotes around what belongs together.
  ///
  /// Nothing is expanded and nothing is run by a shell; a command with `&&`, `|`, `$` and the like outside of quotes
  /// means a shell and is refused, because it would not do what it says.
  /// - Throws: `invalid`.
  public static func words(of command: String, named name: String) throws(BeadsError) -> [String] {
    let split = ShellWords(command, signs: "|&;<>$`()\n")
    for case .sign(let sign) in split.tokens {
      throw BeadsError(
        .invalid, "the gate \(quoted(name)) needs a shell for \(quoted(String(sign))): \(quoted(command))",
        hint: "gates are run without one; write sh -c '...' when you want it")
    }
    if split.unfinished != nil {
      throw BeadsError(.invalid, "the gate \(quoted(name)) has an open quote: \(quoted(command))")
    }
    let words = split.words
    if words.isEmpty { throw BeadsError(.invalid, "the gate \(quoted(name)) has no command") }
    return words
  }
}

/// What came of running one gate on one commit.
public struct GateResult: Sendable, Equatable {
  /// How it ended.
  public enum Outcome: Sendable, Equatable {
    /// With status 0.
    case passed
    /// With status 0 at the second try: it is not to be relied on.
    case flaky
    /// With another status, a signal, or not in time.
    case failed(String)
    /// Not at all, for a reason that is no fault of what was tested: no such program, no space.
    case unable(String)
  }

  /// The gate.
  public let gate: String
  /// The commit that was tested.
  public let commit: GitID
  /// How it ended.
  public let outcome: Outcome
  /// How long it took.
  public let milliseconds: Int64
  /// The file with what it printed.
  public let log: String
  /// What it did that a gate does not do: processes it left behind, files it changed outside of its checkout.
  public var notes: [String] = []

  /// Whether it lets the commit pass.
  public var passes: Bool { outcome == .passed || outcome == .flaky }
}
