import BeadsKit

extension Report {
  /// The results as one JSON document.
  public var json: [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.member("rounds", rounds)
      number("floor_ms", floor.wall.median, to: &writer)
      number("floor_mb", floor.megabytes, to: &writer)
      writer.member("passes", passes)
      writer.key("commands")
      writer.array(measurements.joined()) { write($1, to: &$0) }
      writer.key("races")
      writer.array(races) { write($1, to: &$0) }
      writer.key("observations")
      writer.array(observations) { write($1, to: &$0) }
      writer.member("remarks", remarks)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private func write(_ row: Measurement, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("command", row.name)
      writer.member("program", row.contender)
      if let size = row.size { writer.member("issues", size) }
      write(row.timings, to: &writer)
      if let limit = row.limit { number("budget_ms", limit, to: &writer) }
      if let limit = row.memoryLimit { number("budget_mb", limit, to: &writer) }
      if let failure = row.failure { writer.member("failure", failure) }
      writer.member("passes", row.passes)
    }
  }

  private func write(_ race: RaceResult, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("race", race.name)
      writer.member("program", race.contender)
      write(race.timings, to: &writer)
      number("p99_ms", race.timings.wall.percentile(99), to: &writer)
      if let limit = race.limit { number("budget_p99_ms", limit, to: &writer) }
      writer.member("checked", race.summary)
      writer.member("losses", race.losses)
      writer.member("passes", race.passes)
    }
  }

  private func write(_ row: Observation, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("observed", row.name)
      writer.member("program", row.contender)
      if row.failure == nil { number("value", row.value, to: &writer) }
      writer.member("unit", row.unit)
      if let limit = row.limit { number("budget", limit, to: &writer) }
      writer.member("remark", row.note)
      if let failure = row.failure { writer.member("failure", failure) }
      writer.member("passes", row.passes)
    }
  }

  private func write(_ timings: Timings, to writer: inout JSONWriter) {
    let wall = timings.wall
    writer.member("runs", wall.count)
    number("median_ms", wall.median, to: &writer)
    number("p95_ms", wall.percentile(95), to: &writer)
    number("min_ms", wall.minimum, to: &writer)
    number("max_ms", wall.maximum, to: &writer)
    number("cpu_ms", timings.cpu.median, to: &writer)
    number("peak_mb", timings.megabytes, to: &writer)
  }

  private func number(_ key: String, _ value: Double, to writer: inout JSONWriter) {
    writer.key(key)
    writer.double((value * 1000).rounded() / 1000)
  }
}
