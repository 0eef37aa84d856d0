/// SplitMix64: the same numbers from the same seed on every platform.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts the numbers of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to a bound.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A number of the range.
  public mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// Whether something happens that happens so many times of a hundred.
  public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of the items, or nil when there is none.
  public mutating func pick<C: RandomAccessCollection>(_ items: C) -> C.Element? where C.Index == Int {
    items.isEmpty ? nil : items[items.startIndex + below(items.count)]
  }
}
