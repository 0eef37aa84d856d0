import CommandKit

// Issues on the command line. Their IDs say in which project a command works; further IDs, such as the second one of
// `dep add`, are looked up in the project of the first, and are plain text to the tree.
extension Positional {
  /// One issue.
  static func issue(_ name: String = "id", help: String = "") -> Positional {
    .required(name, help: help).naming(.first)
  }

  /// One issue or none.
  static func optionalIssue(_ name: String = "id", help: String = "") -> Positional {
    .optional(name, help: help).naming(.first)
  }

  /// One issue or more.
  static func issues(_ name: String = "id", help: String = "") -> Positional {
    .oneOrMore(name, help: help).naming(.all)
  }

  /// Any number of issues.
  static func anyIssues(_ name: String = "id", help: String = "") -> Positional {
    .zeroOrMore(name, help: help).naming(.all)
  }
}
