import BeadsKit

extension TownDoctor {
  static let rigChecks = [
    TownCheck("bare-repo", "rig", "every rig has its shared repository") { doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        guard FileSystem.exists(Path.join(rig.repository, "HEAD")) else {
          return [.error("\(rig.repository) is no repository", hint: "add the rig anew under another name")]
        }
        let git = doctor.town.git(rig.repository)
        let fetch = try git.ask("config", "--get-all", "remote.origin.fetch").text.split(separator: "\n")
        let want = "+refs/heads/*:refs/remotes/origin/*"
        var found: [CheckFinding] = []
        if !fetch.contains(where: { $0 == want }) {
          found.append(
            .error("\(rig.repository) does not fetch the branches of its origin") { () throws(BeadsError) in
              try git.run(["config", "--add", "remote.origin.fetch", want], to: "set what is fetched")
            })
        }
        let branch = "refs/remotes/origin/\(rig.defaultBranch)"
        if try !git.ask("rev-parse", "--verify", "--quiet", branch + "^{commit}").succeeded {
          found.append(
            .error("\(rig.name): the default branch \(rig.defaultBranch) is not in \(rig.repository)") {
              () throws(BeadsError) in
              try RigWorktrees(rig, in: doctor.town).fetch(rig.defaultBranch)
            })
        }
        return found
      }
    },
    TownCheck("checkouts", "rig", "the checkouts of the rigs are repositories") { doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        var found: [CheckFinding] = []
        if !FileSystem.exists(rig.path("mayor/rig/.git")) {
          found.append(
            .error("\(rig.path("mayor/rig")) is no clone", hint: "put back the folder that was there"))
        }
        for checkout in try doctor.checkouts(of: rig) where try !doctor.isValid(checkout) {
          found.append(
            .error(
              "git does not know \(checkout) as a worktree of \(rig.name)",
              hint: "its files are still there; `git worktree repair` says more"
            ) { () throws(BeadsError) in
              try doctor.town.git(rig.repository).run(
                ["worktree", "repair", "--", checkout], to: "repair \(checkout)")
            })
        }
        return found
      }
    },
    TownCheck("beads-redirect", "rig", "commands in a checkout work on the rig's tracker") {
      doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        let tracker = try rig.trackerDirectory()
        var found: [CheckFinding] = []
        let crew = try Crew(rig, of: doctor.town, doctor.database).members().map(\.path)
        let clones = [rig.path("mayor/rig")].filter { FileSystem.exists(Path.join($0, ".git")) } + crew
        for checkout in try doctor.checkouts(of: rig) + clones
        where FileSystem.isDirectory(checkout) && Path.join(checkout, ".beads") != tracker {
          let redirect = Path.join(checkout, ".beads/redirect")
          let text = try FileSystem.readIfPresent(redirect).map { String(decoding: $0, as: UTF8.self) }
          if let line = text?.split(separator: "\n").first,
            Path.absolute(String(line), in: checkout) == tracker
          {
            continue
          }
          found.append(
            .error("\(redirect) does not lead to \(tracker)") { () throws(BeadsError) in
              try rig.linkTracker(from: checkout)
            })
        }
        return found
      }
    },
    TownCheck("git-exclude", "rig", "git does not see what Gas Town puts into checkouts") {
      doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        let crew = try Crew(rig, of: doctor.town, doctor.database).members().map {
          Path.join($0.path, ".git")
        }
        var found: [CheckFinding] = []
        for common in [rig.repository, rig.path("mayor/rig/.git")] + crew where FileSystem.isDirectory(common)
        {
          let path = Path.join(common, "info/exclude")
          let text = String(decoding: try FileSystem.readIfPresent(path) ?? [], as: UTF8.self)
          let lines = Set(text.split(whereSeparator: \.isNewline).map(String.init))
          if GitExcludes.runtime.allSatisfy(lines.contains) { continue }
          found.append(
            .warning("\(path) does not hide everything that Gas Town puts there") { () throws(BeadsError) in
              try GitExcludes.add(GitExcludes.runtime, common: common)
            })
        }
        return found
      }
    },
    TownCheck("rig-routes", "rig", "no rig has routes of its own") { doctor throws(BeadsError) in
      try doctor.eachRig { rig throws(BeadsError) in
        let path = Path.join(try rig.trackerDirectory(), "routes.jsonl")
        guard FileSystem.exists(path) else { return [] }
        return [
          .warning(
            "\(path) overrules the routes of the town for `bd`", hint: "move it away if nobody needs it")
        ]
      }
    },
  ]

  /// The worktrees of the merge engine, of polecats and of visitors.
  func checkouts(of rig: Rig) throws(BeadsError) -> [String] {
    var found = [rig.path("refinery/rig")].filter(FileSystem.isDirectory)
    let folder = rig.path("polecats")
    for name in FileSystem.isDirectory(folder) ? try FileSystem.list(folder) : [] {
      guard let polecat = AgentName(rawValue: name) else { continue }
      let path = rig.polecatWorktree(polecat)
      if FileSystem.isDirectory(path) { found.append(path) }
    }
    for visit in try RigVisits(town).all() where visit.host.name == rig.name { found.append(visit.path) }
    return found
  }

  /// Whether git finds the repository of a checkout, and the repository the checkout.
  func isValid(_ checkout: String) throws(BeadsError) -> Bool {
    guard FileSystem.exists(Path.join(checkout, ".git")) else { return false }
    let answer = try town.git(checkout).ask("rev-parse", "--show-toplevel")
    return answer.succeeded && answer.text == checkout
  }
}
