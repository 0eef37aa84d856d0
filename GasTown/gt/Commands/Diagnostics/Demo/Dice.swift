import BeadsKit

/// Choices that are the same for the same seed, whatever is chosen before or in between.
struct Dice {
  let seed: Int

  /// A number from 0 up to a bound, for a purpose.
  func roll(_ purpose: String, _ bound: Int) -> Int {
    var hash = SHA256()
    hash.update("\(seed) \(purpose)")
    let number = hash.digest.bytes.prefix(7).reduce(0) { $0 << 8 | Int($1) }
    return number % max(bound, 1)
  }
}
