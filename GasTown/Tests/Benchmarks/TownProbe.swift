import BeadsKit
import BeadsTesting
import BenchmarkKit
import GasTownKit

/// A command that only looks, and what it may cost.
struct TownProbe {
  /// Who runs it: a person, the mayor, or an agent at work in its worktree.
  enum Caller { case person, mayor, polecat }

  let name: String
  var caller = Caller.person
  /// The most milliseconds the median may take.
  var limit = 20.0

  private init(_ name: String, as caller: Caller = .person, limit: Double = 20) {
    self.name = name
    self.caller = caller
    self.limit = limit
  }

  private var arguments: [String] { name.split(separator: " ").map(String.init) }

  /// The budgets of issue 6; the first shows what starting gt costs.
  static let all: [TownProbe] = [
    TownProbe("version", limit: 5),
    TownProbe("prime", as: .polecat),
    TownProbe("prime --hook", as: .polecat),
    TownProbe("hook", as: .polecat),
    TownProbe("mail check", as: .polecat),
    TownProbe("mail check --inject", as: .polecat),
    TownProbe("mail inbox", as: .mayor),
    TownProbe("status"),
    TownProbe("status --json"),
    TownProbe("agents"),
    TownProbe("polecat list app"),
    TownProbe("ready"),
    TownProbe("convoy list"),
    TownProbe("mq list"),
    TownProbe("feed --plain"),
    TownProbe("whoami", as: .polecat),
  ]

  /// Measures all, each in turn for all towns.
  static func measure(
    _ probes: [TownProbe], in towns: [BenchTown], _ run: BenchmarkRun
  ) throws(BeadsError) -> [[Measurement]] {
    var places: [(directory: String, variables: [String: String])] = []
    for town in towns {
      let worker = try town.workers()[0]
      places.append((worker.worktree ?? town.root, BenchTown.variables(of: worker)))
    }
    return probes.map { probe in
      run.note("  \(probe.name)")
      let rows = towns.map { Measurement(probe.name, contender: $0.contender.name, limit: probe.limit) }
      return measureInTurn(rows, rounds: run.rounds) { index, _ throws(BeadsError) in
        let town = towns[index]
        switch probe.caller {
        case .person: return try town.contender.run(probe.arguments, in: town.root)
        case .mayor: return try town.contender.run(probe.arguments, in: town.root, ["GT_ROLE": "mayor"])
        case .polecat:
          return try town.contender.run(probe.arguments, in: places[index].directory, places[index].variables)
        }
      }
    }
  }
}
