import BeadsModel
public import BeadsStore
public import BeadsSystem

/// Everything outside of a store that gates ask about: GitHub, and the issues of other projects.
public struct GateWorld {
  private var gitHub: GitHubCommand
  private let environment: Environment
  private let home: Workspace

  /// Makes the world as it is seen from a project.
  /// - Parameter timeout: How long to wait for each answer of GitHub.
  public init(home: Workspace, environment: Environment, timeout: Duration = .seconds(30)) {
    self.home = home
    self.environment = environment
    gitHub = GitHubCommand(directory: home.projectDirectory, environment: environment, timeout: timeout)
  }

  /// Asks each question once; other projects are read, never written.
  /// - Parameter store: The store of the project one is in.
  public mutating func answers(
    to conditions: Set<GateCondition>, store: Store
  ) -> [GateCondition: GateAnswer] {
    var answers: [GateCondition: GateAnswer] = [:]
    var beads: [BeadAddress] = []
    for condition in conditions {
      switch condition {
      case .bead(let address): beads.append(address)
      case .run, .workflow, .pullRequest: answers[condition] = gitHub.answer(condition)
      case .timer, .anyRun, .somebody, .broken: break
      }
    }
    if beads.isEmpty { return answers }
    for (address, answer) in BeadLookup(home: home, environment: environment).answers(beads, store) {
      answers[.bead(address)] = answer
    }
    return answers
  }
}

/// Finds out whether issues of several projects are finished: one query for each project.
private struct BeadLookup {
  let home: Workspace
  let environment: Environment

  func answers(_ addresses: [BeadAddress], _ store: Store) -> [(BeadAddress, GateAnswer)] {
    var places = IssuePlaces(environment: environment, home: home)
    var answers: [(BeadAddress, GateAnswer)] = []
    var groups: [String: (place: Workspace, addresses: [BeadAddress])] = [:]
    for address in addresses {
      if let place = place(of: address, &places) {
        groups[place.beadsDirectory, default: (place, [])].addresses.append(address)
      } else {
        answers.append((address, .unknown("no route leads to the project of \(address)")))
      }
    }
    for group in groups.values { answers += look(group.addresses, in: group.place, store) }
    return answers
  }

  private func place(of address: BeadAddress, _ places: inout IssuePlaces) -> Workspace? {
    guard let rig = address.rig else { return places.place(of: address.id.rawValue) }
    if let route = places.router.route(named: rig) { return places.workspace(of: route) }
    // A rig of another name may still be known by the prefix of its issues.
    guard let route = places.router.route(for: address.id.rawValue) else { return nil }
    return places.workspace(of: route)
  }

  private func look(
    _ addresses: [BeadAddress], in place: Workspace, _ store: Store
  ) -> [(BeadAddress, GateAnswer)] {
    do throws(BeadsError) {
      if place.beadsDirectory == home.beadsDirectory { return try look(addresses, store, place) }
      let other = try IssuePlaces.reader(place, environment)
      defer { other.closeConnection() }
      return try look(addresses, other, place)
    } catch { return addresses.map { ($0, .unknown("\($0) could not be read: \(error.message)")) } }
  }

  private func look(
    _ addresses: [BeadAddress], _ store: Store, _ place: Workspace
  ) throws(BeadsError) -> [(BeadAddress, GateAnswer)] {
    let found = Dictionary(
      try store.issues(Array(Set(addresses.map(\.id)))).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    return addresses.map { address in
      guard let issue = found[address.id] else {
        return (address, .unknown("\(place.projectDirectory) has no issue \(address.id)"))
      }
      return (address, .bead(isFinished: store.isFinished(issue), status: issue.status))
    }
  }
}
