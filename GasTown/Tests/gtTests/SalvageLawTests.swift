import BeadsKit
import BeadsTesting
import Testing

@testable import GasTownKit

/// Law 5 of Gas Town: nothing an agent typed is lost.
@Suite("No command loses what an agent typed")
struct SalvageLawTests {
  @Test("whatever state its worktree is in", arguments: [1, 2, 3])
  func nothingIsLost(seed: UInt64) throws {
    let world = try World(seed)
    for round in 0..<10 {
      try world.work()
      let before = try world.blobs()
      let what = try world.command()
      let after = try world.blobs()
      let lost = before.filter { after[$0.key] == nil }
      #expect(lost.isEmpty, "seed \(seed), round \(round): \(what) lost \(lost)")
      if !lost.isEmpty { return }
    }
  }

  @Test("and this test would see it")
  func theTestCanFail() throws {
    let world = try World(9)
    _ = try world.assigned()
    try world.town.write(world.path + "/x.txt", "typed")
    let before = try world.blobs()
    try FileSystem.remove(world.path + "/x.txt")
    #expect(try world.blobs().count == before.count - 1)
  }
}

/// A town with one polecat that works at random.
private final class World {
  let town: TestTown
  let rig: Rig
  let path: String
  private let address: AgentAddress
  private var random: SeededRandom
  private var number = 0

  init(_ seed: UInt64) throws {
    town = try TestTown()
    // So that the job that removes saved work looks at all of it.
    try TownSettings.set("lifecycle.pruner.salvage_age", to: "0s", in: town.town, command: "test")
    rig = try town.rig()
    address = .polecat(rig.name, try AgentName("furiosa"))
    path = rig.polecatWorktree(try AgentName("furiosa"))
    random = SeededRandom(seed: seed)
  }

  private func polecats<R>(_ body: (Polecats) throws -> R) throws -> R {
    let ledgers = town.ledgers(actor: "mayor")
    defer { ledgers.close() }
    return try body(Polecats(town: town.town, rig: rig, database: try town.database(), ledgers: ledgers))
  }

  /// The polecat with work and a worktree.
  @discardableResult
  func assigned() throws -> AgentRecord {
    try polecats { polecats in
      if let record = try polecats.database.agent(address), record.bead != nil, record.state != .stuck {
        return try polecats.prepareWorktree(record)
      }
      if let record = try polecats.database.agent(address), record.bead != nil {
        try polecats.unassign(record.address, reason: "")
      }
      number += 1
      let id = try town.makeIssue("Work \(number)")
      return try polecats.prepareWorktree(try polecats.assign(id, preferred: address.name, force: true))
    }
  }

  // MARK: Work

  func work() throws {
    try assigned()
    for _ in 0..<random.within(1...7) { try step() }
  }

  private func git(_ arguments: String...) {
    let environment = ["GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true"]
    _ = try? town.town.git(path, adding: environment).ask(arguments)
  }

  private func write(_ name: String? = nil) throws -> String {
    let names = [
      "main.txt", "README.md", "a.txt", "dir/b.txt", "dir/c d.txt", "new\nline.txt", "ü.txt", "-x",
    ]
    let name = name ?? random.pick(names) ?? "a.txt"
    number += 1
    if !FileSystem.isDirectory(path + "/" + name) {
      try? town.write(path + "/" + name, "typed \(number) \(random.next())\n")
    }
    return name
  }

  private func step() throws {
    let file = try write()
    switch random.below(16) {
    case 0...1: git("add", "--", file)
    case 2...3: git("add", "-A"); git("commit", "-q", "-m", "change")
    case 4: git("commit", "-q", "-a", "--amend", "-m", "amended")
    case 5: git("add", "-A"); git("stash", "push", "-q", "-u")
    case 6: git("checkout", "-q", "--detach")
    case 7: git("add", "-A"); git("commit", "-q", "-m", "x"); git("reset", "-q", "--hard", "HEAD~1")
    case 8: try conflict()
    case 9: _ = try? FileSystem.remove(path + "/" + file)
    case 10: try town.write(path + "/.gitignore", "ignored/\n")
    case 11: git("update-index", "--assume-unchanged", "main.txt"); _ = try write("main.txt")
    case 12: try nested()
    case 13: git("add", "-N", "--", file)
    case 14: git("rm", "-q", "-f", "--", file)
    default: git("switch", "-q", "-c", "polecat/furiosa/own\(number)")
    }
  }

  private func conflict() throws {
    git("add", "-A"); git("commit", "-q", "-m", "base")
    git("switch", "-q", "-c", "polecat/furiosa/side\(number)")
    _ = try write("main.txt")
    git("commit", "-q", "-a", "-m", "side")
    git("switch", "-q", "--detach", "HEAD~1")
    _ = try write("main.txt")
    git("commit", "-q", "-a", "-m", "other")
    git(random.chance(50) ? "merge" : "rebase", "polecat/furiosa/side\(number - 1)")
  }

  private func nested() throws {
    let name = "nested\(random.below(2))"
    git("init", "-q", name)
    number += 1
    try town.write(path + "/\(name)/in.txt", "typed \(number)\n")
    if random.chance(50) { git("-C", name, "add", "-A"); git("-C", name, "commit", "-q", "-m", "nested") }
    try town.write(path + "/\(name)/more.txt", "typed \(number) more\n")
  }

  // MARK: Commands

  /// Does something that takes files away, and says what it was.
  func command() throws -> String {
    let force: RemovalForce = random.chance(50) ? .force : .nuclear
    switch random.below(7) {
    case 0:
      _ = try? polecats { try $0.nuke(address, force: force) }
      return "nuke"
    case 1...2:
      _ = try polecats { try $0.unassign(address, reason: "test") }
      try assigned()
      return "reuse"
    case 3:
      _ = try? polecats { try $0.retire(address) }
      return "retire"
    case 4:
      let result = town.gt(["done"], as: address.text)
      return "done: \(result.standardError)"
    case 5:
      let lines = [
        ["polecat", "gc", "app"], ["polecat", "prune", "app"], ["polecat", "stale", "app", "--cleanup"],
        ["dog", "call", "pruner"],
      ]
      _ = town.gt(random.pick(lines) ?? [])
      return "clean-up"
    default: return try crash()
    }
  }

  /// Ends the program at any moment.
  private func crash() throws -> String {
    let program = Path.join(Path.directory(of: try #require(executablePath())), "gt")
    let lines = [["done"], ["polecat", "nuke", "app/furiosa", "--force"]]
    let line = random.pick(lines) ?? []
    var variables = town.environment.variables
    if line.count == 1 { variables["GT_ROLE"] = address.text }
    var request = Subprocess([program] + line, directory: town.root, variables: variables)
    request.timeout = .milliseconds(random.within(5...250))
    request.grace = .zero
    request.ownsGroup = true
    let result = try request.run()
    return "\(line) killed: \(result.outcome) \(result.errorText)"
  }

  // MARK: What there is

  /// Every content that can be found again, and where: in git, reflogs and indexes included, in worktrees and where
  /// worktrees are put aside.
  func blobs() throws -> [String: String] {
    var found: [String: String] = [:]
    let listed = try town.git(
      rig.repository, "rev-list", "--objects", "--all", "--reflog", "--indexed-objects", "--no-object-names")
    let kinds = try GitCommand(rig.repository, town.environment).ask(
      ["cat-file", "--batch-check=%(objectname) %(objecttype)"], input: Array((listed + "\n").utf8))
    for line in kinds.text.split(separator: "\n") where line.hasSuffix(" blob") {
      found[String(line.prefix(40))] = "git"
    }
    try addFiles(of: path, to: &found)
    let aside = rig.path(".runtime/set-aside")
    for name in (try? FileSystem.list(aside)) ?? [] { try addAll(below: Path.join(aside, name), to: &found) }
    // What git has of a file that was only announced (add --intent-to-add); nobody typed that.
    found["e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"] = nil
    return found
  }

  private func addFiles(of checkout: String, to found: inout [String: String]) throws {
    guard FileSystem.exists(checkout + "/.git") else { return }
    let git = town.town.git(checkout)
    let listed = try git.ask("ls-files", "-z", "-c", "-o", "--exclude-per-directory=.gitignore")
    for entry in Set(listed.output.split(separator: 0)) {
      let name = String(decoding: entry, as: UTF8.self)
      if name.hasSuffix("/") {
        try addRepository(checkout + "/" + name.dropLast(), to: &found)
      } else if FileSystem.isDirectory(checkout + "/" + name) {
        try addRepository(checkout + "/" + name, to: &found)
      } else if name != ".beads/redirect", !name.hasPrefix(".runtime/") {
        try add(checkout + "/" + name, to: &found)
      }
    }
  }

  private func addRepository(_ path: String, to found: inout [String: String]) throws {
    try addFiles(of: path, to: &found)
    let git = town.town.git(path)
    let listed = try git.ask(
      "rev-list", "--objects", "--all", "--reflog", "--indexed-objects", "--no-object-names")
    let kinds = try git.ask(["cat-file", "--batch-check=%(objectname) %(objecttype)"], input: listed.output)
    for line in kinds.text.split(separator: "\n") where line.hasSuffix(" blob") {
      found[String(line.prefix(40))] = path
    }
  }

  private func addAll(below path: String, to found: inout [String: String]) throws {
    if FileSystem.isDirectory(path) {
      for name in try FileSystem.list(path) { try addAll(below: Path.join(path, name), to: &found) }
    } else {
      try add(path, to: &found)
    }
  }

  private func add(_ file: String, to found: inout [String: String]) throws {
    guard let bytes = try FileSystem.readIfPresent(file) else { return }
    found[Self.name(ofBlob: bytes)] = file
  }

  /// The name git gives to a content.
  private static func name(ofBlob bytes: [UInt8]) -> String {
    let content = Array("blob \(bytes.count)".utf8) + [0] + bytes
    return GitIndexFile.sha1(content[...]).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
