import BeadsKit

extension TownDoctor {
  static let serviceChecks = [
    TownCheck("daemon", "services", "the daemon runs when somebody is to be looked after") {
      doctor throws(BeadsError) in
      if try Daemon(doctor.town).process() != nil { return [] }
      let wanted = try doctor.database.agents().filter { $0.isWanted && $0.address.role.hasSession }
      if wanted.isEmpty || doctor.launcher.sessions.backend == "none" { return [] }
      let word = wanted.count == 1 ? "1 agent" : "\(wanted.count) agents"
      return [.warning("the daemon does not run, so nobody looks after \(word)", hint: "`gt up` starts it")]
    },
    TownCheck("boot-health", "services", "a daemon that runs looks every second") {
      doctor throws(BeadsError) in
      guard let process = try Daemon(doctor.town).process(),
        let tick = try doctor.database.fact("daemon.tick").flatMap({ Int64($0) })
      else { return [] }
      let age = (doctor.database.now - tick) / 1_000_000_000
      // A merge or a start may take its time.
      if age < 300 { return [] }
      return [
        .error(
          "the daemon, process \(process.pid), has not looked for \(age) s",
          hint: "`gt daemon logs` tells what it did last; `gt daemon stop` and `gt up` start it anew")
      ]
    },
    TownCheck("emergency-stop", "services", "nobody is frozen") { doctor throws(BeadsError) in
      var found = EmergencyStop.standing(in: doctor.town).map { stop in
        CheckFinding.warning(
          "emergency stop of \(stop.summary)",
          hint: "`gt thaw\(stop.rig.map { " --rig \($0)" } ?? "")` ends it")
      }
      let freezing = Freezing(doctor.launcher)
      for agent in try freezing.leftFrozen() {
        found.append(
          .warning("\(agent) is frozen although no emergency stop holds", hint: "`gt thaw` lets it go on") {
            () throws(BeadsError) in
            _ = try freezing.thaw(nil, by: "doctor")
          })
      }
      return found
    },
    TownCheck("orphan-processes", "services", "ended sessions have left no process behind") {
      doctor throws(BeadsError) in
      try Leftovers(doctor.database).find().map { one in
        .warning(
          "process \(one.process.pid) was left by \(one.owner): \(one.commandLine.prefix(80))",
          hint: "`gt cleanup` ends it"
        ) { () throws(BeadsError) in _ = Leftovers.end([one]) }
      }
    },
    TownCheck("hook-singleton", "services", "nobody has two assignments") { doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        var filter = IssueFilter()
        filter.statuses = .any([.hooked])
        let hooked = try doctor.ledgers.store(of: rig.name).issues(matching: filter)
        let groups = Dictionary(grouping: hooked.filter { AgentAddress($0.assignee)?.role == .polecat }) {
          $0.assignee
        }
        return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { agent, issues in
          let names = issues.map(\.id.rawValue).sorted().joined(separator: ", ")
          return .warning(
            "\(agent) is said to work on \(names)", hint: "`gt release` frees those that it does not have")
        }
      }
    },
    TownCheck("stalled-polecats", "services", "polecats at work do something") { doctor throws(BeadsError) in
      if doctor.launcher.sessions.backend == "none" { return [] }
      return try doctor.eachRig { rig throws(BeadsError) in
        try PatrolScan(rig, doctor.launcher, doctor.ledgers).stalls.map { stall in
          .warning(
            "\(rig.name)/polecats/\(stall.polecat) lives and does nothing (\(stall.kind))",
            hint: "`gt peek \(rig.name)/\(stall.polecat)` shows what it waits for")
        }
      }
    },
    TownCheck("patrol-not-stuck", "services", "maintenance jobs run, and end well") {
      doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      let records = try doctor.database.jobs()
      for job in MaintenanceJob.all {
        guard let record = records[job.name] else { continue }
        let runner = JobRunner(doctor.launcher)
        let seconds = record.startedAt.map { (doctor.database.now - $0) / 1_000_000_000 } ?? 0
        if record.wasInterrupted {
          found.append(
            .warning("the last run of the job \(job.name) ended in the middle") { () throws(BeadsError) in
              _ = try runner.clear(job)
            })
        } else if record.isRunning, seconds > job.limit.components.seconds {
          found.append(
            .warning(
              "the job \(job.name) has been running for \(seconds) s",
              hint: "`gt dog clear \(job.name)` ends it"))
        } else if record.failures > 0 {
          found.append(
            .warning(
              "the job \(job.name) failed: \(record.detail ?? "")",
              hint: "`gt dog call \(job.name)` tries again"))
        }
      }
      if let pause = PatrolPause.of(.deacon, in: doctor.town), !pause.by.isEmpty {
        found.append(
          .warning(
            "the deacon rests since \(pause.at): \(pause.reason)", hint: "`gt deacon resume` lets it work"))
      }
      return found
    },
    TownCheck("wisp-gc", "services", "finished wisps do not pile up") { doctor throws(BeadsError) in
      var sweep = Sweep([.expired, .finished])
      sweep.isDryRun = true
      let report = try sweep.run(doctor.launcher, doctor.ledgers)
      let count = report.counts.reduce(0) { $0 + $1.number }
      if count < 500 { return [] }
      return [
        .warning(
          "\(count) wisps and messages are past their time",
          hint: "`gt reaper run` sweeps them away, as does the daemon")
      ]
    },
    TownCheck("stale-agents", "services", "agents belong to rigs that there are") {
      doctor throws(BeadsError) in
      let rigs = Set(try doctor.town.rigs().map(\.name))
      return try doctor.database.agents().filter { agent in
        agent.address.rig.map { !rigs.contains($0) } ?? false
      }.map {
        agent in
        // What it has to do must be given to somebody else first.
        if agent.bead != nil {
          return .warning(
            "\(agent.address) has work, and its rig is gone", hint: "`gt release` frees its issue")
        }
        return .warning("\(agent.address) belongs to a rig that is gone") { () throws(BeadsError) in
          try doctor.database.forget(agent.address)
        }
      }
    },
  ]
}
