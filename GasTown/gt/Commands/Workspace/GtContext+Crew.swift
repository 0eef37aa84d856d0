import BeadsKit
import CommandKit
import GasTownKit

/// A crew member as lists show it.
struct CrewEntry {
  let member: Crew.Member
  let rig: String
  let isRunning: Bool
  /// Nil when git could not tell.
  let state: WorktreeState?

  var branch: String { state?.branch?.rawValue ?? "" }

  /// The state of the files, in words.
  var files: String {
    guard let state else { return "unknown" }
    return state.isClean ? "clean" : "\(state.uncommitted.count) changed"
  }
}

extension GtContext {
  /// The crew of a rig.
  func crew(_ rig: Rig) throws(BeadsError) -> Crew {
    Crew(rig, of: try town(), try database(), command: command)
  }

  /// The rig of a crew member: the one named, else the one rig that has a member of the name, else where one is.
  func crewRig(_ name: String, _ rig: String?) throws(BeadsError) -> Rig {
    if let rig { return try town().rig(rig) }
    guard let name = AgentName(rawValue: name) else { return try self.rig(nil) }
    let having = try town().rigs().filter { FileSystem.isDirectory($0.crewClone(name)) }
    return having.count == 1 ? having[0] : try self.rig(nil)
  }

  /// The members of a rig with the state of their clones.
  func entries(of rig: Rig) throws(BeadsError) -> [CrewEntry] {
    let crew = try crew(rig)
    let members = try crew.members()
    let alive = try launcher().liveness(of: members.map(\.record.address))
    return members.map { member in
      CrewEntry(
        member: member, rig: rig.name.rawValue, isRunning: alive[member.record.address]?.isAlive == true,
        state: try? crew.state(of: member))
    }
  }
}

extension JSONWriter {
  /// Writes a crew member.
  mutating func crew(_ entry: CrewEntry) {
    object { writer in
      writer.member("name", entry.member.name.rawValue)
      writer.member("rig", entry.rig)
      writer.member("branch", entry.branch)
      writer.member("path", entry.member.path)
      writer.member("has_session", entry.isRunning)
      writer.member("git_clean", entry.state?.isClean ?? false)
      writer.member("unpushed_commits", entry.state?.unpushed ?? 0)
      writer.member("stash_count", entry.state?.stashes ?? 0)
      writer.member("hook_bead", entry.member.record.bead?.rawValue ?? "")
    }
  }
}
