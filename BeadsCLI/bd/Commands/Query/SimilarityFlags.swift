import BeadsKit
import CommandKit

/// What `bd similar` and `bd find-duplicates` have in common.
enum SimilarityFlags {
  static func threshold(default value: Double) -> Flag {
    .string(
      "threshold", placeholder: "N", help: "The least similarity, above 0 and at most 1 (default \(value))")
  }

  static var statuses: Flag {
    .list(
      "status", short: "s", aliases: ["state"], placeholder: "STATUS,...",
      help: "Only these statuses, or all")
  }

  static func threshold(_ arguments: Arguments, default value: Double) throws(BeadsError) -> Double {
    guard let text = arguments.string("threshold") else { return value }
    guard let threshold = Double(text), threshold > 0, threshold <= 1 else {
      throw BeadsError(
        .invalid, "--threshold: \(quoted(text)) is not a number above 0 and at most 1",
        hint: "\(value) is usual")
    }
    return threshold
  }

  static func readStatuses(
    _ arguments: Arguments, _ reader: inout FilterReader, _ context: BdContext
  ) throws(BeadsError) {
    let words = arguments.list("status")
    if words.contains("all") {
      reader.filter.statuses = .all
    } else if !words.isEmpty {
      reader.filter.statuses = .any(try FilterReader.statuses(words, try context.store()))
    }
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}
