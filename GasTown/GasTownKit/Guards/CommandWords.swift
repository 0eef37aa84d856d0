import BeadsKit

/// The simple commands of a line for a shell, as far as they can be told without running it.
///
/// Quotes keep words together, `;`, `|`, `&`, parentheses and line feeds end a command, and what stands before a program
/// (`env`, `NAME=value`, `nohup`) is taken away. The line that `sh -c` gets is split too.
enum CommandWords {
  static func commands(of line: String, depth: Int = 0) -> [[String]] {
    var commands: [[String]] = [[]]
    for token in ShellWords(line.prefix(100_000), signs: ";|&()`\n").tokens {
      switch token {
      // Braces are part of words such as `a{b,c}`, and end a command only alone.
      case .sign, .word("{"), .word("}"): commands.append([])
      case .word(let word): commands[commands.count - 1].append(word)
      }
    }
    return commands.map(unwrapped).flatMap { words in nested(words, depth) }.filter { !$0.isEmpty }
  }

  private static let wrappers: Set<String> = [
    "env", "nohup", "time", "command", "exec", "builtin", "nice", "xargs", "then", "do", "else", "if",
    "while", "!",
    "stdbuf", "setsid",
  ]

  private static func unwrapped(_ words: [String]) -> [String] {
    var rest = words[...]
    while let first = rest.first {
      let isAssignment = first.contains("=") && first.first.map { $0.isLetter || $0 == "_" } == true
      if isAssignment {
        rest = rest.dropFirst()
      } else if wrappers.contains(first) {
        rest = rest.dropFirst().drop { $0.hasPrefix("-") }
      } else if first == "timeout" {
        rest = rest.dropFirst().drop { $0.hasPrefix("-") }.dropFirst()
      } else {
        break
      }
    }
    return Array(rest)
  }

  private static func nested(_ words: [String], _ depth: Int) -> [[String]] {
    guard depth < 3, let program = words.first.map(name),
      ["sh", "bash", "zsh", "dash", "ksh", "eval"].contains(program)
    else { return [words] }
    if program == "eval" {
      return [words] + commands(of: words.dropFirst().joined(separator: " "), depth: depth + 1)
    }
    guard
      let flag = words.firstIndex(where: { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.hasSuffix("c") }),
      words.indices.contains(flag + 1)
    else { return [words] }
    return [words] + commands(of: words[flag + 1], depth: depth + 1)
  }

  /// A program's name without its directory.
  static func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }
}
