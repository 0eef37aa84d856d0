import BeadsKit

extension TownDoctor {
  static let agentChecks = [
    TownCheck("push-guard", "hooks", "git asks gt before a push") { doctor throws(BeadsError) in
      guard let program = doctor.launcher.program else { return [] }
      return try doctor.eachRig { rig throws(BeadsError) in
        // The first session installs it; a rig that never had one needs none.
        guard FileSystem.exists(rig.path(".runtime/git-hooks")) else { return [] }
        let folder = GitHookFolder(rig, doctor.town, program: program)
        return try folder.unguarded().map { repository in
          .warning("\(repository) does not ask before a push of a protected branch") {
            () throws(BeadsError) in
            try folder.install()
          }
        }
      }
    },
    TownCheck("hooks-sync", "hooks", "the hooks of runtimes are current") { doctor throws(BeadsError) in
      guard let program = doctor.launcher.program else { return [] }
      let sync = HookSync(doctor.town, program: program)
      return try sync.targets().filter { !$0.isCurrent && $0.old != nil && $0.problem == nil }.map { target in
        .warning("\(target.path) is not what `gt hooks sync` writes") { () throws(BeadsError) in
          try sync.write([target])
        }
      }
    },
    TownCheck("agents", "agents", "agents and their folders agree") { doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        let records = Set(try doctor.database.agents(rig: rig.name).compactMap { $0.address })
        let folder = rig.path("polecats")
        var found: [CheckFinding] = []
        for name in FileSystem.isDirectory(folder) ? try FileSystem.list(folder) : [] {
          guard let polecat = AgentName(rawValue: name), FileSystem.isDirectory(rig.polecatWorktree(polecat)),
            !records.contains(.polecat(rig.name, polecat))
          else { continue }
          found.append(
            .warning(
              "\(rig.polecatWorktree(polecat)) belongs to no agent that the town knows",
              hint: "look through it; `gt polecat nuke \(rig.name)/\(polecat)` saves and removes it"))
        }
        return found
      }
    },
    TownCheck("hook-attachment", "agents", "agents and issues agree on who works on what") {
      doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      var holders: [IssueID: AgentAddress] = [:]
      for agent in try doctor.database.agents() {
        guard let bead = agent.bead else { continue }
        holders[bead] = agent.address
        guard let issue = try doctor.ledgers.store(for: bead).issue(bead) else {
          found.append(
            .error(
              "\(agent.address) is to work on \(bead), which does not exist", hint: "`gt unsling \(bead)`"))
          continue
        }
        let isSpawning = agent.state == .spawning
        if issue.isAssignment, issue.assignee == agent.address.text { continue }
        if isSpawning || issue.status == .inReview { continue }
        let holder = issue.assignee.isEmpty ? "nobody" : issue.assignee
        found.append(
          .warning(
            "\(agent.address) has \(bead) on its hook, but that is \(issue.status) and belongs to \(holder)",
            hint: "`gt release \(bead)` frees it, or sling it again"))
      }
      return found + (try unknownAssignments(doctor, holders))
    },
    TownCheck("sessions", "agents", "sessions belong to agents, and agents with work have one") {
      doctor throws(BeadsError) in
      let launcher = doctor.launcher
      if launcher.sessions.backend == "none" { return [] }
      let agents = try doctor.database.agents().filter { $0.address.role.hasSession }
      let alive = launcher.liveness(of: agents.map(\.address))
      var found: [CheckFinding] = []
      for agent in agents {
        switch alive[agent.address] {
        case .unknown(let reason)?: found.append(.error("\(agent.address) cannot be seen: \(reason)"))
        case .dead?:
          found.append(
            .warning("the session of \(agent.address) has ended and was not put away") {
              () throws(BeadsError) in
              try launcher.stop(agent.address, reason: "ended by itself")
            })
        case .some(.none) where agent.isWanted && agent.bead != nil:
          found.append(
            .warning(
              "\(agent.address) has work and no session",
              hint: agent.address.rig.map { "`gt rig start \($0)` starts it" }))
        default: break
        }
      }
      return found + (try strangers(doctor))
    },
  ]

  /// Issues that a polecat of ours is said to work on, without the polecat knowing.
  private static func unknownAssignments(
    _ doctor: TownDoctor, _ holders: [IssueID: AgentAddress]
  ) throws(BeadsError) -> [CheckFinding] {
    try doctor.eachRig { rig throws(BeadsError) in
      var filter = IssueFilter()
      filter.statuses = .any([.hooked])
      return try doctor.ledgers.store(of: rig.name).issues(matching: filter).filter { issue in
        issue.assignee.hasPrefix("\(rig.name)/polecats/") && holders[issue.id]?.text != issue.assignee
      }.map { issue in
        .warning(
          "\(issue.id) is on the hook of \(issue.assignee), who does not know of it",
          hint: "`gt release \(issue.id)` frees it")
      }
    }
  }

  /// Sessions on the town's own server that no agent of the town has.
  private static func strangers(_ doctor: TownDoctor) throws(BeadsError) -> [CheckFinding] {
    var names: Set<String> = [AgentAddress.mayor.sessionName(prefix: nil)]
    for agent in try doctor.database.agents() {
      if let name = try? doctor.town.sessionName(agent.address) { names.insert(name) }
    }
    return try doctor.launcher.sessions.inventory().filter { !names.contains($0.name) }.map { session in
      .warning(
        "the session \(session.name) belongs to no agent of the town", hint: "look at it, and end it yourself"
      )
    }
  }
}
