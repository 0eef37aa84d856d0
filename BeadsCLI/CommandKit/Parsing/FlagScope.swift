/// The flags a command accepts: `--help`, those inherited from above, its own; in that order.
struct FlagScope: Sendable {
  private(set) var flags: [Flag]
  /// How many of `flags` every command below shares.
  private(set) var inheritedCount: Int

  static let help = Flag.bool("help", short: "h", help: "Show help for a command")

  /// The scope of a command without a parent.
  init() {
    flags = [Self.help]
    inheritedCount = 1
  }

  /// The scope of a command below.
  func entering(global: [Flag], own: [Flag]) -> FlagScope {
    var scope = self
    scope.flags.removeSubrange(inheritedCount...)
    scope.flags += global
    scope.inheritedCount = scope.flags.count
    scope.flags += own
    return scope
  }

  var inherited: ArraySlice<Flag> { flags[..<inheritedCount] }
  var own: ArraySlice<Flag> { flags[inheritedCount...] }

  /// The place of the flag that `--word` means.
  func index(ofLong word: String) -> Int? { flags.firstIndex { $0.answers(to: word) } }

  func index(ofShort letter: Unicode.Scalar) -> Int? { flags.firstIndex { $0.short == letter } }

  /// The place of the flag with this name, not counting aliases.
  func index(named name: String) -> Int? { flags.firstIndex { $0.name == name } }
}
