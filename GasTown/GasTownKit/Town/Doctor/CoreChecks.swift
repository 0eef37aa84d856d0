import BeadsKit

extension TownDoctor {
  static let coreChecks = [
    TownCheck("town-config", "core", "mayor/town.json describes the town") { doctor throws(BeadsError) in
      let path = doctor.town.path("mayor/town.json")
      let identity = try JSONFile(path: path).read() ?? .object([])
      guard identity["type"]?.stringValue == "town", identity["name"]?.stringValue != nil else {
        return [.error("\(path) does not describe a town", hint: "correct its type and name")]
      }
      return []
    },
    TownCheck("town-files", "core", "the files of the town are there") { doctor throws(BeadsError) in
      let names = [
        "mayor/rigs.json", "mayor/daemon.json", "mayor/overseer.json", "settings/config.json",
        "settings/escalation.json", "config/messaging.json", "CLAUDE.md", ".beads/beads.db",
      ]
      return names.filter { !FileSystem.exists(doctor.town.path($0)) }.map { name in
        .error("\(name) is missing", hint: "`gt install` adds it") { () throws(BeadsError) in
          _ = try TownInstaller(
            doctor.town.root, environment: doctor.town.environment, command: doctor.command
          ).run()
        }
      }
    },
    TownCheck("town-settings", "core", "settings can be understood") { doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      for name in [
        "mayor/daemon.json", "mayor/config.json", "settings/escalation.json", "config/messaging.json",
      ] {
        do throws(BeadsError) { _ = try JSONFile(path: doctor.town.path(name)).read() } catch {
          found.append(.failure(error))
        }
      }
      do throws(BeadsError) { _ = try TownSettings.load(doctor.town) } catch { found.append(.failure(error)) }
      return found
    },
    TownCheck("town-database", "core", "the town's database is sound") { doctor throws(BeadsError) in
      try doctor.database.connection.quickCheck().map { problem in
        .error(
          "\(doctor.database.path): \(problem)", hint: "move it away while nothing runs; gt makes a new one")
      }
    },
    TownCheck("programs", "core", "git and tmux are installed") { doctor throws(BeadsError) in
      var found: [CheckFinding] = []
      let git = Subprocess(
        ["git", "--version"], variables: doctor.town.environment.variables, timeout: .seconds(10))
      if (try? git.run())?.succeeded != true {
        found.append(.error("git cannot be run", hint: "install it; nothing works without it"))
      }
      if doctor.launcher.sessions.backend == "none" {
        found.append(
          .warning(
            "agents are not started: sessions are left to you",
            hint: "install tmux, or `gt config set sessions.backend headless`"))
      }
      return found
    },
    TownCheck("disk-space", "core", "there is room for worktrees") { doctor throws(BeadsError) in
      let limit = try Admission.Limits.load(doctor.town).freeBytes
      guard let free = FileTree.freeSpace(doctor.town.root), free < limit else { return [] }
      return [
        .error(
          "only \(free >> 20) MiB are free at \(doctor.town.root)", hint: "make room; no work is given out")
      ]
    },
    TownCheck("env-vars", "core", "no variable leads elsewhere") { doctor throws(BeadsError) in
      ["BEADS_DIR", "BEADS_DB", "BD_DB"].filter { doctor.town.environment[$0]?.isEmpty == false }.map {
        name in
        .warning("\(name) is set, so that `bd` works on another tracker than `gt`", hint: "unset it")
      }
    },
    TownCheck("runtime-gitignore", "core", "git does not see what belongs to this machine") {
      doctor throws(BeadsError) in
      let town = doctor.town
      guard FileSystem.exists(town.path(".git")) else { return [] }
      let asked = try town.git(town.root).ask("check-ignore", "-q", "--", ".runtime/town.db")
      if asked.succeeded { return [] }
      return [
        .warning(
          "git would take .runtime along", hint: "`gt install --git` writes a .gitignore where none is")
      ]
    },
  ]
}
