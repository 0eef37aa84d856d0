import BeadsSystem

/// Something that is wrong in a formula, and where.
public struct FormulaProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where; without file when the formula comes from none.
  public let origin: FormulaOrigin
  /// What, as a sentence without capital and full stop.
  public let message: String

  /// Makes a problem.
  public init(_ message: String, at origin: FormulaOrigin = FormulaOrigin()) {
    self.message = message
    self.origin = origin
  }

  /// `FILE:LINE:COLUMN: message`.
  public var description: String {
    let place = origin.description
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

extension BeadsError {
  /// The most problems that are told.
  static let problemLimit = 50

  /// The error that tells all problems, a line each.
  static func formula(
    _ problems: [FormulaProblem], _ message: String = "formula validation failed:"
  ) -> BeadsError {
    var details = problems.prefix(problemLimit).map(\.description)
    if problems.count > problemLimit { details.append("and \(problems.count - problemLimit) more") }
    return BeadsError(.invalid, message, details: details)
  }
}

/// What has been found wrong while a formula file is being read.
final class FormulaProblems {
  let text: FormulaText
  private var found: [(offset: Int, message: String)] = []

  init(_ text: FormulaText) { self.text = text }

  var isFull: Bool { found.count > 1000 }

  func add(_ message: String, at offset: Int) {
    if !isFull { found.append((offset, message)) }
  }

  func add(_ problem: FormulaProblem) { add(problem.message, at: problem.origin.offset) }

  func origin(_ offset: Int) -> FormulaOrigin { FormulaOrigin(text, offset: offset) }

  /// In the order of the file.
  var sorted: [FormulaProblem] {
    found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
      .map { FormulaProblem($0.element.message, at: origin($0.element.offset)) }
  }
}
