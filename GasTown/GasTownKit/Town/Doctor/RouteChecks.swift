import BeadsKit

extension TownDoctor {
  static let routeChecks = [
    TownCheck("rigs-registry", "routing", "the registry agrees with the folders of the rigs") {
      doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      for rig in try doctor.rigs() {
        guard FileSystem.isDirectory(rig.root) else {
          found.append(
            .error(
              "the folder of the rig \(rig.name) is gone",
              hint: "bring it back, or `gt rig remove \(rig.name)`"))
          continue
        }
        do throws(BeadsError) { found += try identity(of: rig, doctor) } catch {
          found.append(.failure(error))
        }
      }
      return found + (try leftovers(doctor))
    },
    TownCheck("prefix-conflict", "routing", "every rig has a prefix of its own") {
      doctor throws(BeadsError) in
      var holders: [Prefix: [String]] = [try Prefix("hq"): ["the town"]]
      for rig in try doctor.town.rigs() { holders[rig.prefix, default: []].append(rig.name.rawValue) }
      return holders.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { prefix, names in
        .error(
          "issues of \(names.joined(separator: " and ")) begin with \(prefix)-",
          hint: "remove one from the registry and add it with another --prefix")
      }
    },
    TownCheck("routes-config", "routing", "every prefix leads to its tracker") { doctor throws(BeadsError) in
      let town = doctor.town
      var found = Router(environment: town.environment, townRoot: town.root).warnings.map {
        CheckFinding.warning($0)
      }
      var wanted: [(prefix: String, path: String)] = [("hq", "."), ("hq-cv", ".")]
      for rig in try town.rigs() where FileSystem.isDirectory(rig.root) {
        let isOwn = try rig.trackerDirectory() == rig.path(".beads")
        wanted.append((rig.prefix.rawValue, isOwn ? rig.name.rawValue : "\(rig.name)/mayor/rig"))
      }
      let routes = Router(environment: town.environment, townRoot: town.root).routes
      for route in wanted {
        let present = routes.first { $0.prefix.rawValue == route.prefix }
        if present?.path == Path.absolute(route.path, in: town.root) { continue }
        let text =
          present.map { "the route of \(route.prefix)- leads to \($0.name)" }
          ?? "\(route.prefix)- has no route"
        found.append(
          .error("\(text), not to \(route.path)") { () throws(BeadsError) in
            try doctor.editRoutes { $0.set(route.prefix, to: route.path) }
          })
      }
      for route in routes where !wanted.contains(where: { $0.prefix == route.prefix.rawValue }) {
        if FileSystem.isDirectory(route.path) { continue }
        found.append(
          .warning("the route of \(route.prefix)- leads to \(route.name), which does not exist") {
            () throws(BeadsError) in
            try doctor.editRoutes { $0.remove(route.prefix.rawValue) }
          })
      }
      return found
    },
    TownCheck("trackers", "routing", "the trackers can be opened and know Gas Town's words") {
      doctor throws(BeadsError) in
      var found = tracker("the town's tracker", doctor) { doctor throws(BeadsError) in try doctor.ledgers.hq()
      }
      for rig in try doctor.rigs() where FileSystem.isDirectory(rig.root) {
        found += tracker("the tracker of \(rig.name)", doctor) { doctor throws(BeadsError) in
          try doctor.ledgers.store(of: rig.name)
        }
      }
      return found
    },
  ]

  func editRoutes(_ change: (inout Routes) -> Void) throws(BeadsError) {
    try town.lock("rigs", command: command).withLock { () throws(BeadsError) in
      var routes = try Routes(town)
      change(&routes)
      try FileChanges.make { changes throws(BeadsError) in try changes.add(routes.path, routes.bytes) }
    }
  }

  private static func identity(of rig: Rig, _ doctor: TownDoctor) throws(BeadsError) -> [CheckFinding] {
    let file = JSONFile(path: rig.path("config.json"))
    guard let config = try file.read() else {
      return [
        .error("\(file.path) is missing") { () throws(BeadsError) in
          try file.write(
            .members([
              ("type", .string("rig")), ("version", .int(1)), ("name", .string(rig.name.rawValue)),
              ("git_url", .string(rig.gitURL)), ("default_branch", .string(rig.defaultBranch.rawValue)),
              ("created_at", .string(doctor.town.now.description)),
              ("beads", .members([("repo", .string("local")), ("prefix", .string(rig.prefix.rawValue))])),
            ]))
        }
      ]
    }
    var found: [CheckFinding] = []
    let told: [(key: [String], want: String)] = [
      (["name"], rig.name.rawValue), (["beads", "prefix"], rig.prefix.rawValue),
      (["default_branch"], rig.defaultBranch.rawValue),
    ]
    for (key, want) in told where config[path: key]?.stringValue != want {
      let has = config[path: key]?.compactText ?? "missing"
      found.append(
        .error(
          "\(file.path): \(key.joined(separator: ".")) is \(has), the registry says \(want)",
          hint: "correct the one that is wrong"))
    }
    _ = try RigSettings.load(rig)
    return found
  }

  /// Folders of rigs that were being added when the program was killed.
  private static func leftovers(_ doctor: TownDoctor) throws(BeadsError) -> [CheckFinding] {
    let known = Set(try doctor.town.rigs().map(\.name.rawValue))
    return try FileSystem.list(doctor.town.root).filter { name in
      !known.contains(name) && FileSystem.exists(doctor.town.path(Path.join(name, RigInstaller.marker)))
    }.map {
      .warning(
        "\($0) is the rest of a rig that was being added", hint: "add it again: `gt rig add \($0) URL`")
    }
  }

  private static func tracker(
    _ name: String, _ doctor: TownDoctor, _ open: @escaping (TownDoctor) throws(BeadsError) -> Store
  ) -> [CheckFinding] {
    do throws(BeadsError) {
      let vocabulary = try open(doctor).rules.vocabulary
      let known =
        [Status.inReview, .stagedReady, .stagedWarnings].allSatisfy(vocabulary.isKnown)
        && [IssueType.convoy, .mergeRequest].allSatisfy(vocabulary.isKnown)
      if known { return [] }
      return [
        .error("\(name) does not know the types and statuses of Gas Town") { () throws(BeadsError) in
          try TownVocabulary.teach(try open(doctor))
        }
      ]
    } catch { return [.failure(error)] }
  }
}
