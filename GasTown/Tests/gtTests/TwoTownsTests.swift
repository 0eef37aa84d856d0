import BeadsKit
import GasTownKit
import Testing

/// Scenario 20 of the contract's appendix D: two towns on one machine, with rigs and sessions of the same names.
@Suite("Two towns on one machine", .serialized)
struct TwoTownsTests {
  @Test("do not touch each other's agents", arguments: ["tmux", "headless"])
  func doNotInterfere(backend: String) throws {
    let (one, two) = (try LiveTown(backend, rig: true), try LiveTown(backend, rig: true))
    defer { withExtendedLifetime((one, two)) {} }
    two.town.environment.variables["TMUX_TMPDIR"] = one.town.root
    let script = ["child 300s", "sleep 300s"]
    let (mine, theirs) = (try one.give(script).agent, try two.give(script).agent)
    #expect(mine.address == theirs.address)
    let sessions = try [one, two].map { try #require(try $0.town.database().openSession(of: mine.address)) }
    #expect(sessions[0].name == sessions[1].name && sessions[0].nonce != sessions[1].nonce)
    for session in sessions {
      try eventually("its child runs") { ProcessIdentity.all(nonce: session.nonce).count >= 3 }
    }
    // The first town has forgotten its session: all that is left of it is somebody's processes.
    try one.town.database().write { db throws(BeadsError) in
      try db.execute("UPDATE sessions SET ended_at = 1 WHERE id = ?1", sessions[0].id)
    }
    #expect(try two.run("orphans", "procs", "list").text == "✓ Nothing was left behind")
    #expect(try two.run("cleanup").succeeded)
    #expect(ProcessIdentity.all(nonce: sessions[0].nonce).count >= 3, "the other town's are not ours to end")
    #expect(try one.run("cleanup").succeeded)
    #expect(ProcessIdentity.all(nonce: sessions[0].nonce).isEmpty)
    // Work goes on in the second, whatever the first does.
    #expect(try one.run("down").succeeded)
    #expect(try one.run("shutdown", "--yes", "--force").succeeded)
    #expect(ProcessIdentity.all(nonce: sessions[1].nonce).count >= 3)
    #expect(try two.launcher().liveness(of: [theirs.address])[theirs.address]?.isAlive == true)
    #expect(try two.run("peek", theirs.address.text).succeeded)
    #expect(try two.run("down").succeeded)
    #expect(ProcessIdentity.all(nonce: sessions[1].nonce).isEmpty)
  }
}
