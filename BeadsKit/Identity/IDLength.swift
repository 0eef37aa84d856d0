/// How long the hash of a new ID must be so that a collision stays unlikely.
public struct IDLength: Sendable, Hashable {
  /// The shortest hash, 3 to 8.
  public var minimum: Int
  /// The longest hash to start with, 3 to 8.
  public var maximum: Int
  /// The highest acceptable probability that any two of the issues collide.
  public var threshold: Double

  /// The lengths a hash can have.
  public static let allowed = 3...8
  /// The length to use when the issues cannot be counted.
  public static let fallback = 6

  /// Makes a policy; lengths are brought into 3 to 8 and into order.
  public init(minimum: Int = 3, maximum: Int = 8, threshold: Double = 0.25) {
    self.minimum = min(max(minimum, Self.allowed.lowerBound), Self.allowed.upperBound)
    self.maximum = min(max(maximum, self.minimum), Self.allowed.upperBound)
    self.threshold = threshold
  }

  /// The birthday bound 1 - exp(-n² / (2 · 36^length)).
  public static func collisionProbability(count: Int, length: Int) -> Double {
    var space = 1.0
    for _ in 0..<length { space *= 36 }
    return oneMinusExponential(Double(count) * Double(count) / (2 * space))
  }

  /// The shortest length whose collision probability does not exceed the threshold, else the maximum.
  /// - Parameter count: top-level issues that have the prefix already, tombstones included; nil when unknown.
  public func length(count: Int?) -> Int {
    guard let count else { return Self.fallback }
    return (minimum...maximum).first { Self.collisionProbability(count: count, length: $0) <= threshold }
      ?? maximum
  }
}
