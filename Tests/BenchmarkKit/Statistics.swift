public import BeadsTesting

/// The distribution of measured values.
public struct Statistics: Sendable {
  private let sorted: [Double]

  /// Takes the values in any order.
  public init(_ values: [Double]) { sorted = values.sorted() }

  /// How many values there are.
  public var count: Int { sorted.count }
  /// The largest value; 0 when there is none, as for all of these.
  public var maximum: Double { sorted.last ?? 0 }
  /// The smallest value.
  public var minimum: Double { sorted.first ?? 0 }
  /// The value in the middle.
  public var median: Double { percentile(50) }

  /// The smallest value that so many per cent of the values do not exceed.
  public func percentile(_ percent: Int) -> Double {
    if sorted.isEmpty { return 0 }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[max(0, rank - 1)]
  }
}

/// What the runs of one command took.
public struct Timings: Sendable {
  private var wallMilliseconds: [Double] = []
  private var cpuMilliseconds: [Double] = []
  /// The most memory that any run had resident, in MB.
  public private(set) var megabytes = 0.0

  /// No run yet.
  public init() {}

  /// Adds one run.
  public mutating func add(_ run: ObservedProgram.Run) {
    wallMilliseconds.append(Double(run.wallNanoseconds) / 1e6)
    cpuMilliseconds.append(Double(run.cpuNanoseconds) / 1e6)
    megabytes = max(megabytes, Double(run.peakMemory) / 1e6)
  }

  /// Milliseconds from start to end.
  public var wall: Statistics { Statistics(wallMilliseconds) }
  /// Milliseconds of processor time, which a busy machine does not lengthen.
  public var cpu: Statistics { Statistics(cpuMilliseconds) }
}

/// A number with one digit after the point below 100 and two below 10.
public func decimal(_ value: Double) -> String {
  let scale = value < 10 ? 100.0 : value < 100 ? 10.0 : 1.0
  let scaled = Int((value * scale).rounded())
  if scale == 1 { return String(scaled) }
  let digits = String(scaled % Int(scale))
  let width = scale == 100 ? 2 : 1
  return "\(scaled / Int(scale))." + String(repeating: "0", count: width - digits.utf8.count) + digits
}
