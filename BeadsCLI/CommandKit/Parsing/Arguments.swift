/// What the user asked of a command: its positional arguments and the values of its flags.
///
/// Flags are looked up by their long name, whatever alias or letter was typed. Looking up a name the command
/// does not declare is a mistake in the program: it stops a debug build and finds nothing in a release build.
public struct Arguments: Sendable {
  struct Occurrence: Sendable, Equatable {
    /// Place in the scope's flags.
    var flag: Int
    var value: String
  }

  /// The words that lead to the command, from the program's name on.
  public let commandPath: [String]
  /// The arguments that are no flags, in order.
  public let positionals: [String]
  let scope: FlagScope
  let occurrences: [Occurrence]
  let passesArguments: Bool
  /// What the positionals are.
  let places: [Positional]

  /// The words that name what the command works on: arguments first, then values of flags.
  public var subjects: [String] {
    var words: [String] = []
    for (index, place) in places.enumerated() where place.subject != .none {
      let range = range(ofPlace: index)
      switch place.subject {
      case .none: break
      case .first: words += positionals[range].prefix(1)
      case .allButLast: words += positionals[range.clamped(to: 0..<max(0, positionals.count - 1))]
      case .all: words += positionals[range]
      }
    }
    for flag in scope.own where flag.isSubject {
      words += flag.kind == .list ? list(flag.name) : string(flag.name).map { [$0] } ?? []
    }
    return words
  }

  /// Which positionals fill a place: what is left over goes to the one that is repeated.
  private func range(ofPlace index: Int) -> Range<Int> {
    let count = positionals.count
    guard let repeated = places.firstIndex(where: \.isRepeated) else {
      return min(index, count)..<min(index + 1, count)
    }
    let after = places.count - repeated - 1
    if index < repeated { return min(index, count)..<min(index + 1, count) }
    let end = max(min(repeated, count), count - after)
    if index == repeated { return min(repeated, count)..<end }
    let start = min(end + index - repeated - 1, count)
    return start..<min(start + 1, count)
  }

  /// Whether the flag was given, also with an empty value.
  public func isSet(_ name: String) -> Bool {
    guard let index = place(of: name) else { return false }
    return occurrences.contains { $0.flag == index }
  }

  /// The last value given, else the flag's default, else nil.
  public func string(_ name: String) -> String? {
    guard let index = place(of: name) else { return nil }
    return occurrences.last { $0.flag == index }?.value ?? scope.flags[index].defaultValue
  }

  /// Whether a switch is on.
  public func bool(_ name: String) -> Bool { string(name) == "true" }

  /// Every value given, as typed, in order; without one the default, if there is any.
  public func values(_ name: String) -> [String] {
    guard let index = place(of: name) else { return [] }
    let given = occurrences.filter { $0.flag == index }.map(\.value)
    return given.isEmpty ? scope.flags[index].defaultValue.map { [$0] } ?? [] : given
  }

  /// Every value given, split at commas, without surrounding blanks and empty parts.
  public func list(_ name: String) -> [String] { values(name).flatMap { splitList($0) } }

  /// The last value given, else the default, as a whole number.
  ///
  /// - Throws: ``UsageError`` naming flag and value when the value of a text flag is no number.
  public func int(_ name: String) throws(UsageError) -> Int? {
    guard let text = string(name) else { return nil }
    guard let number = Int(text) else {
      throw UsageError(
        .invalidValue(text, flag: name, expected: notAWholeNumber(text)),
        command: commandPath.joined(separator: " "))
    }
    return number
  }

  /// The same request in one canonical spelling, without the program's name.
  ///
  /// Command, flags as `--name=value`, `--`, positionals: parsing it gives equal arguments.
  public var commandLine: [String] {
    let flags = occurrences.map { occurrence -> String in
      let flag = scope.flags[occurrence.flag]
      return "--" + flag.name + (flag.takesValue || occurrence.value != "true" ? "=" + occurrence.value : "")
    }
    let path = Array(commandPath.dropFirst())
    if passesArguments { return flags + path + positionals }
    return path + flags + (positionals.isEmpty ? [] : ["--"] + positionals)
  }

  private func place(of name: String) -> Int? {
    let index = scope.index(named: name)
    assert(index != nil, "\(commandPath.joined(separator: " ")) declares no flag --\(name)")
    return index
  }
}

/// The parts of a comma list without surrounding blanks, empty ones dropped.
func splitList(_ text: String) -> [String] {
  text.utf8.split(separator: UInt8(ascii: ",")).compactMap { part in
    var part = part
    while let first = part.first, isBlank(first) { part.removeFirst() }
    while let last = part.last, isBlank(last) { part.removeLast() }
    return part.isEmpty ? nil : String(Substring(part))
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

/// Why a text is no whole number.
func notAWholeNumber(_ text: String) -> String {
  let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
  let isNumeric = !digits.isEmpty && digits.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  return isNumeric ? "the number is too large" : "must be a whole number"
}
