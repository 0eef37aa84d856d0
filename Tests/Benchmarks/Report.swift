import BeadsKit
import CommandKit

/// The results as tables for people and as JSON for programs.
struct Report {
  let contenders: [Contender]
  let rounds: Int
  let floor: Timings
  var measurements: [[Measurement]] = []
  var races: [RaceResult] = []
  /// Sentences about what the tables do not show.
  var remarks: [String] = []

  /// Whether the first contender keeps every budget and lost nothing.
  var passes: Bool {
    measurements.allSatisfy { $0.first?.passes ?? true } && races.allSatisfy { $0.passes }
  }

  func print(to output: Output) {
    output.print(table)
    if !races.isEmpty {
      output.print()
      output.print(raceTable)
    }
    for line in failures + remarks { output.print("\(line)") }
    output.print()
    output.print(
      "Milliseconds of whole processes, \(rounds) rounds; cpu is the median processor time, memory the most.")
    output.print(
      "The least that any program shows here (/bin/true): \(decimal(floor.wall.median)) ms, \(decimal(floor.megabytes)) MB."
    )
    output.print(passes ? Style.green("All budgets kept.") : Style.red("Some budgets are not kept."))
  }

  private var table: Table {
    var columns = [Table.Column("command"), right("issues"), right("median"), right("p95"), right("budget")]
    columns += [Table.Column(""), right("cpu"), right("MB")]
    for other in contenders.dropFirst() { columns += [right(other.name), right("ratio")] }
    var table = Table(columns)
    for row in measurements {
      guard let ours = row.first else { continue }
      var cells: [TerminalText] = [
        TerminalText(ours.probe.name), TerminalText(ours.probe.needsStore ? String(ours.size) : ""),
        time(ours, ours.timings.wall.median), time(ours, ours.timings.wall.percentile(95)),
        TerminalText(ours.limit.map(decimal) ?? ""), verdict(ours), time(ours, ours.timings.cpu.median),
        time(ours, ours.timings.megabytes),
      ]
      for other in row.dropFirst() {
        cells.append(time(other, other.timings.wall.median))
        cells.append(ratio(other, ours))
      }
      table.add(row: cells)
    }
    return table
  }

  private var raceTable: Table {
    var table = Table([
      Table.Column("\(RaceBudget.processes) processes at once"), Table.Column("bd"), right("runs"),
      right("p50"),
      right("p99"), right("max"), right("budget"), Table.Column(""), right("cpu"), Table.Column("checked"),
    ])
    for race in races {
      table.add(
        TerminalText(race.name), TerminalText(race.contender), TerminalText(String(race.timings.wall.count)),
        TerminalText(decimal(race.timings.wall.median)),
        TerminalText(decimal(race.timings.wall.percentile(99))),
        TerminalText(decimal(race.timings.wall.maximum)), TerminalText(race.limit.map(decimal) ?? ""),
        race.passes ? Style.green("ok") : Style.red("over"), TerminalText(decimal(race.timings.cpu.median)),
        TerminalText(race.summary))
    }
    return table
  }

  private var failures: [String] {
    measurements.joined().compactMap { row in
      row.failure.map { "\(row.contender): \(row.probe.name) at \(row.size) issues failed: \($0)" }
    } + races.flatMap { race in race.losses.map { "\(race.contender): \(race.name): \($0)" } }
  }

  private func right(_ heading: String) -> Table.Column { Table.Column(heading, alignment: .right) }

  private func time(_ row: Measurement, _ value: Double) -> TerminalText {
    row.failure == nil ? TerminalText(decimal(value)) : "-"
  }

  private func ratio(_ other: Measurement, _ ours: Measurement) -> TerminalText {
    guard other.failure == nil, ours.failure == nil, ours.timings.wall.median > 0 else { return "-" }
    return TerminalText(decimal(other.timings.wall.median / ours.timings.wall.median) + "x")
  }

  private func verdict(_ row: Measurement) -> TerminalText {
    if row.failure != nil { return Style.red("failed") }
    if row.limit == nil, row.memoryLimit == nil { return "" }
    return row.passes ? Style.green("ok") : Style.red("over")
  }
}

extension Report {
  /// The results as one JSON document.
  var json: [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.member("rounds", rounds)
      Self.number("floor_ms", floor.wall.median, to: &writer)
      Self.number("floor_mb", floor.megabytes, to: &writer)
      writer.member("passes", passes)
      writer.key("commands")
      writer.array(measurements.joined()) { Self.write($1, to: &$0) }
      writer.key("races")
      writer.array(races) { Self.write($1, to: &$0) }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func write(_ row: Measurement, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("command", row.probe.name)
      writer.member("bd", row.contender)
      writer.member("issues", row.size)
      write(row.timings, to: &writer)
      if let limit = row.limit { number("budget_ms", limit, to: &writer) }
      if let limit = row.memoryLimit { number("budget_mb", limit, to: &writer) }
      if let failure = row.failure { writer.member("failure", failure) }
      writer.member("passes", row.passes)
    }
  }

  private static func write(_ race: RaceResult, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("race", race.name)
      writer.member("bd", race.contender)
      write(race.timings, to: &writer)
      number("p99_ms", race.timings.wall.percentile(99), to: &writer)
      if let limit = race.limit { number("budget_p99_ms", limit, to: &writer) }
      writer.member("checked", race.summary)
      writer.member("losses", race.losses)
      writer.member("passes", race.passes)
    }
  }

  private static func write(_ timings: Timings, to writer: inout JSONWriter) {
    let wall = timings.wall
    writer.member("runs", wall.count)
    number("median_ms", wall.median, to: &writer)
    number("p95_ms", wall.percentile(95), to: &writer)
    number("min_ms", wall.minimum, to: &writer)
    number("max_ms", wall.maximum, to: &writer)
    number("cpu_ms", timings.cpu.median, to: &writer)
    number("peak_mb", timings.megabytes, to: &writer)
  }

  private static func number(_ key: String, _ value: Double, to writer: inout JSONWriter) {
    writer.key(key)
    writer.double((value * 1000).rounded() / 1000)
  }
}
