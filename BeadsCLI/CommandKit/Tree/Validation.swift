extension Command {
  /// The mistakes in the whole tree below this root, one sentence each; empty when it is sound.
  ///
  /// Checks names, aliases and letters for duplicates (also against inherited flags and `--help`), defaults
  /// against what their flags accept, the order of positionals, and that everything visible is described. Meant
  /// for a test; it builds every command.
  public func validate() -> [String] {
    definition.allPages().flatMap { page in
      (page.childMistakes + page.flagMistakes + page.positionalMistakes + page.otherMistakes)
        .map { "\(page.name): \($0)" }
    }
  }
}

extension CommandPage {
  fileprivate var childMistakes: [String] {
    let words = children.flatMap { [$0.name] + $0.aliases }
    return duplicates(in: words).map { "subcommand '\($0)' is declared twice" }
      + words.filter { !isWord($0) }.map { "'\($0)' is not a good command name" }
  }

  fileprivate var flagMistakes: [String] {
    let flags = scope.flags
    let names = flags.flatMap(\.longNames)
    let letters = flags.compactMap(\.short)
    return duplicates(in: names).map { "flag --\($0) is declared twice" }
      + duplicates(in: letters.map(String.init)).map { "letter -\($0) is declared twice" }
      + names.filter { !isWord($0) }.map { "'\($0)' is not a good flag name" }
      + letters.filter { !isLetterOrDigit($0) }.map { "'\($0)' is not a good flag letter" }
      + scope.own.flatMap(mistakes)
  }

  private func mistakes(in flag: Flag) -> [String] {
    var mistakes: [String] = []
    if flag.help.isEmpty && !flag.isHidden { mistakes.append("flag --\(flag.name) has no help") }
    if flag.help.hasSuffix(".") { mistakes.append("help of --\(flag.name) ends with a full stop") }
    if flag.isClosed && flag.values.isEmpty { mistakes.append("flag --\(flag.name) has no values") }
    if let value = flag.defaultValue, case .failure(let invalid) = flag.checked(value) {
      mistakes.append("default \"\(value)\" of --\(flag.name) \(invalid.expected)")
    }
    return mistakes
  }

  fileprivate var positionalMistakes: [String] {
    var mistakes: [String] = []
    if positionals.filter({ $0.isRepeated || $0.minimum == 0 }).count > 1
      && positionals.contains(where: \.isRepeated)
    {
      mistakes.append("a repeated positional leaves no room for optional ones")
    }
    if let firstOptional = positionals.firstIndex(where: { $0.minimum == 0 }),
      positionals[firstOptional...].contains(where: { $0.minimum > 0 })
    {
      mistakes.append("a required positional follows an optional one")
    }
    return mistakes
  }

  fileprivate var otherMistakes: [String] {
    var mistakes: [String] = []
    if summary.isEmpty && !isHidden { mistakes.append("has no summary") }
    if summary.hasSuffix(".") { mistakes.append("summary ends with a full stop") }
    if !isRunnable && children.isEmpty { mistakes.append("does nothing") }
    if !isRunnable && !positionals.isEmpty { mistakes.append("is a group with positionals") }
    if passesArguments && !(children.isEmpty && scope.own.isEmpty) {
      mistakes.append("passes its arguments on but declares flags or subcommands")
    }
    return mistakes
  }
}

private func duplicates(in words: [String]) -> [String] {
  var seen: Set<String> = []
  return words.filter { !seen.insert($0).inserted }
}

/// Lower-case letters, digits and single inner dashes.
private func isWord(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  return !bytes.isEmpty && bytes.first != 0x2D && bytes.last != 0x2D
    && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
}

private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
  ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
}
