public import BeadsKit
import BeadsTesting
public import CommandKit

/// The results as tables for people and as JSON for programs.
public struct Report {
  let program: String
  let contenders: [String]
  let rounds: Int
  var floor = Timings()
  /// Commands: a row for each, in it one measurement for each contender.
  public var measurements: [[Measurement]] = []
  /// Many processes at once.
  public var races: [RaceResult] = []
  /// How many processes race, as the heading says it.
  public var raceHeading = "at once"
  /// What is not the time of a process.
  public var observations: [Observation] = []
  /// Sentences about what the tables do not show.
  public var remarks: [String] = []

  /// Measures what starting any program costs here; its memory is what every run shows at least, as large as this
  /// process has become.
  public mutating func measureFloor() throws(BeadsError) {
    floor = Timings()
    for round in 0...rounds {
      let run = try ObservedProgram(Subprocess(["/bin/true"])).wait()
      if round > 0 { floor.add(run) }
    }
  }

  /// Whether the first contender keeps every budget and lost nothing.
  public var passes: Bool {
    measurements.allSatisfy { $0.first?.passes ?? true } && races.allSatisfy { $0.passes }
      && observations.allSatisfy { $0.contender != contenders.first || $0.passes }
  }

  /// Prints it for people.
  public func print(to output: Output) {
    output.print(table)
    if !races.isEmpty {
      output.print()
      output.print(raceTable)
    }
    if !observations.isEmpty {
      output.print()
      output.print(observationTable)
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
    let hasSizes = measurements.joined().contains { $0.size != nil }
    var columns = [Table.Column("command")] + (hasSizes ? [right("issues")] : [])
    columns += [right("median"), right("p95"), right("budget"), Table.Column(""), right("cpu"), right("MB")]
    for other in contenders.dropFirst() { columns += [right(other), right("ratio")] }
    var table = Table(columns)
    for row in measurements {
      guard let ours = row.first else { continue }
      var cells: [TerminalText] = [TerminalText(ours.name)]
      if hasSizes { cells.append(TerminalText(ours.size.map { String($0) } ?? "")) }
      cells += [
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
      Table.Column(raceHeading), Table.Column(program), right("runs"), right("p50"),
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

  private var observationTable: Table {
    var table = Table([
      Table.Column("observed"), Table.Column(program), right("value"), right("budget"), Table.Column(""),
      Table.Column("unit"), Table.Column("remark"),
    ])
    for row in observations {
      let verdict: TerminalText =
        row.failure != nil
        ? Style.red("failed") : row.limit == nil ? "" : row.passes ? Style.green("ok") : Style.red("over")
      table.add(
        TerminalText(row.name), TerminalText(row.contender),
        TerminalText(row.failure == nil ? decimal(row.value) : "-"),
        TerminalText(row.limit.map(decimal) ?? ""), verdict, TerminalText(row.unit), TerminalText(row.note))
    }
    return table
  }

  private var failures: [String] {
    measurements.joined().compactMap { row in
      let place = row.size.map { " at \($0) issues" } ?? ""
      return row.failure.map { "\(row.contender): \(row.name)\(place) failed: \($0)" }
    } + races.flatMap { race in race.losses.map { "\(race.contender): \(race.name): \($0)" } }
      + observations.compactMap { row in row.failure.map { "\(row.contender): \(row.name) failed: \($0)" } }
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
