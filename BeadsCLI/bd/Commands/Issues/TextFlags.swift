import BeadsKit
import CommandKit

/// Flags that take a text from the command line, a file or standard input, and exclude each other.
enum TextFlags {
  static var description: [Flag] {
    [
      .string("description", short: "d", placeholder: "TEXT", help: "What it is about"),
      .string("body", placeholder: "TEXT", hidden: true, help: "As --description"),
      .string("message", short: "m", placeholder: "TEXT", hidden: true, help: "As --description"),
      .string(
        "body-file", placeholder: "FILE", help: "Read the description from a file, - for standard input"),
      .string("description-file", placeholder: "FILE", hidden: true, help: "As --body-file"),
      .bool("stdin", help: "Read the description from standard input"),
    ]
  }

  static var design: [Flag] {
    [
      .string("design", placeholder: "TEXT", help: "How it will be done"),
      .string("design-file", placeholder: "FILE", help: "Read the design from a file, - for standard input"),
    ]
  }

  /// The description that was given, or nil.
  static func description(_ context: BdContext) throws(BeadsError) -> String? {
    try one(
      of: ["description", "body", "message"], files: ["body-file", "description-file"], stdin: "stdin",
      context)
  }

  /// The design that was given, or nil.
  static func design(_ context: BdContext) throws(BeadsError) -> String? {
    try one(of: ["design"], files: ["design-file"], stdin: nil, context)
  }

  private static func one(
    of texts: [String], files: [String], stdin: String?, _ context: BdContext
  ) throws(BeadsError) -> String? {
    let arguments = context.arguments
    let given =
      texts.filter(arguments.isSet) + files.filter(arguments.isSet)
      + (stdin.map { arguments.bool($0) ? [$0] : [] } ?? [])
    guard let name = given.first else { return nil }
    if given.count > 1 {
      let names = given.map { "--" + $0 }.joined(separator: " and ")
      throw BeadsError(.invalid, "\(names) exclude each other", hint: "give the text once")
    }
    if texts.contains(name) { return arguments.string(name) }
    return try readText(name == stdin ? "-" : arguments.string(name) ?? "-", context)
  }

  /// The text of a file without the line feed at its end.
  static func readText(_ path: String, _ context: BdContext) throws(BeadsError) -> String {
    var text = try context.text(fromFile: path)
    if text.last?.isNewline == true { text.removeLast() }
    return text
  }

  /// The words of a command line as one text, or what a file or standard input holds.
  ///
  /// - Parameter words: What stands after the ID.
  static func words(
    _ words: some Collection<String>, file: String?, stdin: Bool, _ what: String, _ context: BdContext
  ) throws(BeadsError) -> String {
    let sources = (words.isEmpty ? 0 : 1) + (file == nil ? 0 : 1) + (stdin ? 1 : 0)
    if sources > 1 { throw BeadsError(.invalid, "the \(what) is given more than once") }
    if sources == 0 {
      throw BeadsError(.invalid, "no \(what) was given", hint: "write it after the ID, or use --file")
    }
    if let file { return try readText(file, context) }
    if stdin { return try readText("-", context) }
    return words.joined(separator: " ")
  }
}

/// Moments on the command line.
enum TimeFlags {
  /// The moment of a flag, or nil when it was not given or is empty.
  static func parse(_ name: String, _ context: BdContext) throws(BeadsError) -> Timestamp? {
    guard let text = context.arguments.string(name), !text.isEmpty else { return nil }
    do throws(BeadsError) { return try TimeGrammar(now: context.store().now).parse(text).utc } catch {
      throw BeadsError(error.code, "--\(name): \(error.message)", hint: error.hint)
    }
  }

  /// As `parse`, for a date that is better not in the past.
  static func due(_ context: BdContext) throws(BeadsError) -> Timestamp? {
    guard let time = try parse("due", context) else { return nil }
    if try time < context.store().now { context.warn("the due date \(time) has passed") }
    return time
  }
}
