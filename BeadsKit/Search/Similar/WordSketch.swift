/// The words of a text in sixteen groups: what two texts have in common in a group is bounded by its size in both.
struct WordSketch {
  private var totals = SIMD16<Float>()
  private var lengths = SIMD16<Float>()
  private var total: Float = 0

  init(_ entries: ArraySlice<WordCounts.Entry>) {
    for entry in entries {
      let count = Float(entry.count)
      let group = Int(entry.word & 15)
      totals[group] += count
      lengths[group] += count * count
    }
    total = Self.sum(totals)
    let length = Self.sum(lengths).squareRoot()
    lengths = lengths.squareRoot() / max(length, 1)
  }

  /// The most that the similarity of two texts can be, but for rounding.
  @inline(__always)
  func bound(_ other: WordSketch) -> Float {
    // The sum of the smaller ones: half of the sum of all without the sum of the differences.
    let differences = unsafeBitCast(totals - other.totals, to: SIMD16<UInt32>.self) & 0x7FFF_FFFF
    let common = (total + other.total - Self.sum(unsafeBitCast(differences, to: SIMD16<Float>.self))) / 2
    return (common / (total + other.total - common) + Self.sum(lengths * other.lengths)) / 2
  }

  @inline(__always)
  private static func sum(_ values: SIMD16<Float>) -> Float {
    let eight = values.lowHalf + values.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
