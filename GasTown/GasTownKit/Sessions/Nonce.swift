/// What tells the processes of one run from all others: 128 random bits that its whole family carries as `GT_RUN`.
enum Nonce {
  /// A new one; never from a fixed seed, because two runs of one nonce would end each other.
  static func make() -> String { hex(.random(in: .min ... .max)) + hex(.random(in: .min ... .max)) }

  private static func hex(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
