/// A command line that was understood: the command it reached and what it asks of it.
struct Invocation {
  var command: CommandDefinition
  var arguments: Arguments
  var wantsHelp: Bool
}

/// Reads a command line in one pass, the way GNU tools and cobra do, walking down the command tree as it goes.
struct ArgumentParser {
  private let root: CommandDefinition
  private var command: CommandDefinition
  private var path: [String]
  private var subcommands: [CommandDefinition]
  private var scope: FlagScope
  private var occurrences: [Arguments.Occurrence] = []
  private var positionals: [String] = []
  private var wantsHelp = false
  /// A positional `true` or `false` right after a switch, which is most likely meant as its value.
  private var strayBoolean: (positional: Int, flag: String)?

  init(_ root: CommandDefinition) {
    self.root = root
    command = root
    path = [root.name]
    subcommands = root.subcommands
    scope = FlagScope().entering(global: root.globalFlags, own: root.flags)
  }

  mutating func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
    do {
      try read(arguments)
      if !wantsHelp { try checkPositionals() }
    } catch {
      // Whoever asks for help gets it, even on a command line that is wrong further on.
      if !wantsHelp { throw error }
    }
    let result = Arguments(
      commandPath: path, positionals: positionals, scope: scope, occurrences: occurrences,
      passesArguments: command.passesArguments, places: command.positionals)
    return Invocation(command: command, arguments: result, wantsHelp: wantsHelp)
  }

  private mutating func read(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        positionals += rest
        return
      } else if argument.utf8.starts(with: "--".utf8) {
        try readLong(argument, &rest)
      } else if argument.utf8.first == UInt8(ascii: "-"), argument.utf8.count > 1 {
        try readShort(argument, &rest)
      } else {
        try readWord(argument, &rest)
      }
    }
  }

  // MARK: Flags

  private mutating func readLong(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let (name, attached) = splitAtEqualSign(Substring(argument.unicodeScalars.dropFirst(2)))
    if name.isEmpty || name.utf8.first == UInt8(ascii: "-") { throw failure(.badFlagSyntax(argument)) }
    guard let index = scope.index(ofLong: name) else { throw unknownFlag(name) }
    let flag = scope.flags[index]
    if let attached {
      try record(index, attached)
    } else if !flag.takesValue {
      noteStrayBoolean(flag, rest)
      try record(index, "true")
    } else if let implied = implied(flag, rest) {
      try record(index, implied)
    } else if let value = rest.popFirst() {
      try record(index, value)
    } else {
      throw failure(.missingValue(name))
    }
  }

  /// Reads `-p 1`, `-p1`, `-p=1` and switches in a bundle, `-qf`.
  private mutating func readShort(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    var letters = argument.unicodeScalars.dropFirst()
    while let letter = letters.popFirst() {
      guard let index = scope.index(ofShort: letter) else { throw unknownShorthand(letter, argument) }
      let flag = scope.flags[index]
      if letters.first == "=" {
        try record(index, String(letters.dropFirst()))
        return
      } else if !flag.takesValue {
        if letters.isEmpty { noteStrayBoolean(flag, rest) }
        try record(index, "true")
      } else if !letters.isEmpty {
        try record(index, String(letters))
        return
      } else if let implied = implied(flag, rest) {
        try record(index, implied)
      } else if let value = rest.popFirst() {
        try record(index, value)
      } else {
        throw failure(.missingShorthandValue(Character(letter), argument: argument))
      }
    }
  }

  private func implied(_ flag: Flag, _ rest: ArraySlice<String>) -> String? {
    rest.first.map { $0.utf8.first == UInt8(ascii: "-") } ?? true ? flag.impliedValue : nil
  }

  private mutating func record(_ index: Int, _ value: String) throws(UsageError) {
    let flag = scope.flags[index]
    switch flag.checked(value) {
    case .success(let value):
      occurrences.append(Arguments.Occurrence(flag: index, value: value))
      if index == 0 { wantsHelp = value == "true" }  // --help is the first flag of every scope
    case .failure(let invalid):
      throw failure(
        .invalidValue(value, flag: flag.name, expected: invalid.expected), suggestion: invalid.suggestion)
    }
  }

  private mutating func noteStrayBoolean(_ flag: Flag, _ rest: ArraySlice<String>) {
    if rest.first == "false" || rest.first == "true" { strayBoolean = (positionals.count, flag.name) }
  }

  // MARK: Words

  private mutating func readWord(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    if positionals.isEmpty {
      if let next = subcommands.first(where: { $0.answers(to: word) }) {
        try enter(next, &rest)
        return
      }
      if !command.isRunnable && word == "help" && path.count > 1 {
        try record(0, "true")
        return
      }
      if !acceptsPositionals { throw unknownCommand(word) }
    }
    positionals.append(word)
  }

  /// Whether a word that names no subcommand can be meant for the command itself.
  private var acceptsPositionals: Bool {
    command.isRunnable && (subcommands.isEmpty || !command.positionals.isEmpty)
  }

  private mutating func enter(_ next: CommandDefinition, _ rest: inout ArraySlice<String>) throws(UsageError)
  {
    let outer = scope
    command = next
    path.append(next.name)
    subcommands = next.subcommands
    scope = outer.entering(global: next.globalFlags, own: next.flags)
    // Flags typed before the subcommand's name must be known to it as well.
    for place in occurrences.indices where occurrences[place].flag >= outer.inheritedCount {
      let name = outer.flags[occurrences[place].flag].name
      guard let index = scope.index(named: name) else { throw unknownFlag(name) }
      occurrences[place].flag = index
    }
    if next.passesArguments {
      if rest.first == "--help" || rest.first == "-h" {
        rest.removeFirst()
        try record(0, "true")
      }
      positionals = Array(rest)
      rest = []
    }
  }

  private func checkPositionals() throws(UsageError) {
    if command.passesArguments { return }
    if !command.isRunnable {
      if let word = positionals.first { throw unknownCommand(word) }
      return
    }
    let places = command.positionals
    let required = places.filter { $0.minimum > 0 }
    if positionals.count < required.count {
      let missing = required.dropFirst(positionals.count).map(\.usage)
      throw failure(.missingArguments(missing))
    }
    guard !places.contains(where: \.isRepeated), positionals.count > places.count else { return }
    if let stray = strayBoolean, stray.positional == places.count {
      let value = positionals[stray.positional]
      throw failure(
        .unexpectedArgument(value), suggestion: "A switch takes its value with '=': --\(stray.flag)=\(value)."
      )
    }
    throw failure(.unexpectedArgument(positionals[places.count]))
  }

  // MARK: Errors

  private func failure(_ reason: UsageError.Reason, suggestion: String? = nil) -> UsageError {
    UsageError(reason, suggestion: suggestion, command: path.joined(separator: " "))
  }

  private func unknownFlag(_ name: String) -> UsageError {
    let candidates = scope.flags.filter { !$0.isHidden }.flatMap(\.longNames)
    let near = nearest(to: name, among: candidates).map { "--" + $0 }
    let order = subcommands.isEmpty ? nil : "The flags of a command go after its name."
    return failure(.unknownFlag(name), suggestion: didYouMean(near) ?? order)
  }

  private func unknownShorthand(_ letter: Unicode.Scalar, _ argument: String) -> UsageError {
    let isText = argument.utf8.contains(UInt8(ascii: " "))
    let long = String(argument.dropFirst())
    let suggestion =
      isText
      ? "Put '--' before an argument that begins with a dash."
      : scope.index(ofLong: long) != nil ? didYouMean(["--" + long]) : nil
    return failure(.unknownShorthand(Character(letter), argument: argument), suggestion: suggestion)
  }

  private func unknownCommand(_ word: String) -> UsageError {
    let near = nearest(
      to: word, among: subcommands.filter { !$0.isHidden }.flatMap { [$0.name] + $0.aliases })
    let elsewhere = near.isEmpty ? Array(root.paths(to: word).prefix(3)) : near
    return failure(
      .unknownCommand(word, parent: path.joined(separator: " ")), suggestion: didYouMean(elsewhere))
  }
}

/// The parts before and after the first `=`; nil after when there is none.
private func splitAtEqualSign(_ text: Substring) -> (name: String, value: String?) {
  guard let place = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (String(text), nil) }
  return (String(text[..<place]), String(text[text.utf8.index(after: place)...]))
}
