/// What a formula may grow to when it is cooked; beyond lies a mistake or an attack.
enum CookLimits {
  /// Steps in all.
  static let steps = 20_000
  /// Bytes of text made by substitution.
  static let bytes = 64 << 20
  /// Dependencies between steps.
  static let edges = 500_000
  /// Characters compared with characters of patterns.
  static let work = 300_000_000
  /// Expansions inside of expansions.
  static let expansionDepth = 5
  /// Rounds of a loop.
  static let rounds = 20_000
  /// How deep cooked steps are nested.
  static let stepDepth = 20
  /// Formulas that one formula may bring in.
  static let formulas = 200
}
