public import BeadsKit

/// The issue prefix of a new rig.
public enum RigPrefix {
  /// Longer prefixes are refused, because session names begin with them.
  public static let maximumLength = 20

  /// Checks a prefix that a user chose.
  /// - Throws: `invalid` unless it is a letter and up to 19 lower-case letters, digits and hyphens, and not the town's.
  public static func check(_ text: String) throws(BeadsError) -> Prefix {
    let prefix = try Prefix(text)
    let raw = prefix.rawValue
    guard raw.utf8.count <= maximumLength,
      raw.utf8.allSatisfy({ $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "_") })
    else {
      throw BeadsError(
        .invalid, "\(quoted(text)) is no prefix of a rig",
        hint:
          "it has at most \(maximumLength) lower-case letters, digits and hyphens, and starts with a letter")
    }
    if raw == "hq" || raw.hasPrefix("hq-") {
      throw BeadsError(.invalid, "the prefix hq is the town's own", hint: "choose another with --prefix")
    }
    return prefix
  }

  /// The prefix that suits a name: the initials of its parts, or the first two letters of a single word.
  ///
  /// `gas_town`, `gasTown` and `gastown` give `gt`, `beads` gives `be`, `api` gives `api`.
  public static func derived(from name: String) -> Prefix {
    var whole = name
    for suffix in ["_py", "_go", "-py", "-go"] where whole.lowercased().hasSuffix(suffix) {
      whole = String(whole.dropLast(3))
    }
    let parts = words(of: whole.isEmpty ? name : whole)
    let letters: String
    if parts.count > 1 {
      letters = String(parts.compactMap(\.first))
    } else {
      let word = parts.first ?? name.lowercased()
      letters = word.count <= 3 ? word : String(word.prefix(2))
    }
    return Prefix(directoryName: String(letters.prefix(maximumLength)))
  }

  private static let compounds = [
    "town", "base", "works", "flow", "hub", "lab", "kit", "ware", "craft", "space",
  ]

  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var wasLower = false
    for character in name {
      let isSeparator = character == "_" || character == "-"
      let startsWord = words.isEmpty || (character.isUppercase && wasLower)
      if isSeparator {
        words.append("")
      } else if startsWord {
        words.append(character.lowercased())
      } else {
        words[words.count - 1] += character.lowercased()
      }
      wasLower = character.isLowercase || character.isNumber
    }
    let parts = words.filter { !$0.isEmpty }
    guard parts.count == 1, let end = compounds.first(where: { parts[0].hasSuffix($0) }),
      parts[0].count >= end.count + 3
    else { return parts }
    return [String(parts[0].dropLast(end.count)), end]
  }
}
