public import BeadsKit
public import BeadsTesting

/// What one contender needed for one command.
public struct Measurement: Sendable {
  /// What is measured.
  public let name: String
  /// How many issues there were; nil where that does not matter.
  public let size: Int?
  /// Who was measured.
  public let contender: String
  /// The runs.
  public var timings = Timings()
  /// Why there are no numbers.
  public var failure: String?
  /// The most milliseconds the median may take.
  public var limit: Double?
  /// The most MB that one run may have resident.
  public var memoryLimit: Double?

  /// Nothing measured yet.
  public init(
    _ name: String, size: Int? = nil, contender: String, limit: Double? = nil, memoryLimit: Double? = nil
  ) {
    self.name = name
    self.size = size
    self.contender = contender
    self.limit = limit
    self.memoryLimit = memoryLimit
  }

  /// Whether every budget is kept.
  public var passes: Bool {
    failure == nil && timings.wall.median <= limit ?? .infinity
      && timings.megabytes <= memoryLimit ?? .infinity
  }
}

/// Many processes at once: what they took, and what they lost.
public struct RaceResult: Sendable {
  /// What they did.
  public let name: String
  /// Who was measured.
  public let contender: String
  /// The runs.
  public var timings: Timings
  /// The most milliseconds that the 99th percentile may take.
  public let limit: Double?
  /// What was found in order.
  public let summary: String
  /// What was not.
  public let losses: [String]

  /// The result of a race.
  public init(
    name: String, contender: String, timings: Timings = Timings(), limit: Double?, summary: String,
    losses: [String]
  ) {
    self.name = name
    self.contender = contender
    self.timings = timings
    self.limit = limit
    self.summary = summary
    self.losses = losses
  }

  /// Whether the budget is kept and nothing was lost.
  public var passes: Bool { losses.isEmpty && timings.wall.percentile(99) <= limit ?? .infinity }
}

/// Something that is not the time of a process: a count, a share, the time until something is seen.
public struct Observation: Sendable {
  /// What was looked at.
  public let name: String
  /// Who was measured.
  public let contender: String
  /// What was seen: the worst where there are several.
  public var value: Double
  /// What the value counts, such as `ms` or `processes`.
  public let unit: String
  /// The most it may be.
  public var limit: Double?
  /// What else there is to say.
  public var note: String
  /// Why there is no value.
  public var failure: String?

  /// Something seen.
  public init(
    _ name: String, contender: String, _ value: Double = 0, _ unit: String, limit: Double? = nil,
    note: String = "", failure: String? = nil
  ) {
    self.name = name
    self.contender = contender
    self.value = value
    self.unit = unit
    self.limit = limit
    self.note = note
    self.failure = failure
  }

  /// Whether there is a value and the budget is kept.
  public var passes: Bool { failure == nil && value <= limit ?? .infinity }
}

/// Measures something for all contenders in turn, round by round, so that what disturbs the machine disturbs all; the
/// first round warms up and is not counted.
/// - Parameters:
///   - rows: What to fill in, one for each contender.
///   - run: Does it once for the contender of that index in that round; what it throws is the failure of the row.
public func measureInTurn(
  _ rows: [Measurement], rounds: Int,
  _ run: (_ contender: Int, _ round: Int) throws(BeadsError) -> ObservedProgram.Run
) -> [Measurement] {
  var rows = rows
  for round in 0...rounds {
    for index in rows.indices where rows[index].failure == nil {
      do throws(BeadsError) {
        let run = try run(index, round)
        if round > 0 { rows[index].timings.add(run) }
      } catch {
        rows[index].failure = error.message
      }
    }
  }
  return rows
}
