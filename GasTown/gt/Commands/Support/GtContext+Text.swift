import BeadsKit
import CommandKit

extension GtContext {
  /// The text of a message: a flag, words after the others, or standard input with `--stdin`.
  /// - Parameter words: Positional arguments that are part of the text.
  func text(flag: String, words: some Sequence<String> = [String]()) throws(BeadsError) -> String? {
    let words = words.joined(separator: " ")
    let given = [arguments.string(flag), words.isEmpty ? nil : words].compactMap(\.self)
    if arguments.bool("stdin") {
      if !given.isEmpty { throw BeadsError(.invalid, "--stdin and a text exclude each other") }
      guard let text = String(validating: try FileSystem.read("/dev/stdin"), as: UTF8.self) else {
        throw BeadsError(.invalid, "standard input is not UTF-8 text")
      }
      return text
    }
    if given.count > 1 {
      throw BeadsError(.invalid, "the text is there twice, after --\(flag) and without it")
    }
    return given.first
  }

  /// The flag that `text(flag:)` knows.
  static var stdinFlag: Flag { .bool("stdin", help: "Read the text from standard input") }
}
