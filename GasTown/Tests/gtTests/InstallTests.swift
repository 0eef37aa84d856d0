import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

/// Scenario 1 of the contract's appendix D; the doctor finds a new town in order in `DoctorTests`.
@Suite("gt install")
struct InstallTests {
  @Test func makesATownAndChangesNothingTheSecondTime() throws {
    let town = try TestTown(rig: false)
    #expect(town.text("CLAUDE.md", contains: "gt prime"))
    #expect(town.text("AGENTS.md", contains: "gt prime"))
    #expect(
      try town.text(".beads/routes.jsonl")
        == #"{"prefix":"hq-","path":"."}"# + "\n" + #"{"prefix":"hq-cv-","path":"."}"# + "\n")
    let identity = try #require(JSONValue(parsing: try town.text("mayor/town.json")))
    #expect(identity["name"] == .string("town"))
    #expect(identity["type"] == .string("town"))
    #expect(try town.database().agent(.mayor) != nil)
    let before = try snapshot(town.root)
    let again = town.gt("install")
    #expect(again.standardOutput == "✓ There is the town town in \(town.root) already; nothing was changed\n")
    #expect(try snapshot(town.root) == before)
    #expect(try town.json("install")["state"] == .string("existing"))
  }

  @Test func itsTrackerKnowsTheWordsOfGasTown() throws {
    let town = try TestTown(rig: false)
    let store = try town.ledgers().hq()
    #expect(store.rules.vocabulary.isKnown(Status(rawValue: "in_review")))
    #expect(store.rules.vocabulary.isKnown(.hooked))
    for word in ["convoy", "merge-request", "queue", "slot", "message", "agent"] {
      #expect(store.rules.vocabulary.isKnown(IssueType(rawValue: word)), "\(word)")
    }
    #expect(try town.makeIssue("Plan", rig: nil).rawValue.hasPrefix("hq-"))
  }

  @Test func completesWhatIsMissing() throws {
    let town = try TestTown(rig: false)
    try FileSystem.remove(Path.join(town.root, "settings/escalation.json"))
    let again = town.gt("install")
    #expect(again.standardOutput.contains("✓ Completed the town town"))
    #expect(again.standardOutput.contains("  ✓ settings/escalation.json: who is told about problems\n"))
    #expect(town.exists("settings/escalation.json"))
  }

  @Test func withGitKeepsRuntimeFilesOut() throws {
    let project = try TestProject()
    #expect(gt(["install", "town", "--git"], project.environment).status == 0)
    let root = Path.join(project.directory, "town")
    let listed = try GitCommand(root, project.environment).ask(
      "ls-files", "--others", "--exclude-standard", "--directory")
    let names = Set(listed.text.split(separator: "\n").map(String.init))
    #expect(names.isSuperset(of: [".gitignore", "CLAUDE.md", "mayor/", "settings/"]))
    #expect(names.isDisjoint(with: [".runtime/", "daemon/", "logs/", ".events.jsonl", "deacon/"]))
  }

  @Test func refusesPlacesThatAreTaken() throws {
    let town = try TestTown(rig: false)
    let nested = town.gt("install", "inner")
    #expect(nested.status == 2)
    #expect(nested.standardError.contains("is inside of the town \(town.root)"))
    #expect(!town.exists("inner"))

    let project = try TestProject()
    try FileSystem.makeDirectory(Path.join(project.directory, "repo"))
    _ = try GitCommand(Path.join(project.directory, "repo"), project.environment).ask("init", "-q")
    let inRepository = gt(["install", "repo/town"], project.environment)
    #expect(inRepository.status == 2)
    #expect(inRepository.standardError.contains("is in the git repository"))
    #expect(!FileSystem.exists(Path.join(project.directory, "repo/town")))
    #expect(gt(["install", "repo/town", "--force"], project.environment).status == 0)

    try FileSystem.replace(Path.join(project.directory, "file"), with: [])
    #expect(gt(["install", "file"], project.environment).status == 1)
    #expect(gt(["install", "odd", "--name", "a\nb"], project.environment).status == 1)
    #expect(!FileSystem.exists(Path.join(project.directory, "odd")))
  }

  @Test func anotherNameIsNotTakenOver() throws {
    let town = try TestTown(rig: false)
    let before = try snapshot(town.root)
    let result = town.gt("install", "--name", "other")
    #expect(result.status == 1)
    #expect(result.standardError.contains("is the town \"town\" already"))
    #expect(try snapshot(town.root) == before)
  }

  @Test(
    "leaves files alone that it cannot understand",
    arguments: ["mayor/town.json", "mayor/rigs.json", "settings/config.json", "mayor/daemon.json"])
  func corrupt(file: String) throws {
    let town = try TestTown(rig: false)
    for broken in ["{\"type\":\"to", "[]", "", "\u{0}\u{1}"] {
      try town.write(file, broken)
      let before = try snapshot(town.root)
      let result = town.gt("install")
      #expect(result.status == 1)
      #expect(result.standardError.contains("\(town.root)/\(file)"), "\(result.standardError)")
      #expect(try snapshot(town.root) == before)
    }
  }

  @Test func aFailureLeavesNothing() throws {
    for place in ["file.write", "file.rename", "directory.make", "file.open"] {
      for count in [1, 3, 7, 12, 20, 40] {
        let project = try TestProject()
        let result = withFailures("\(place)#\(count)+=ENOSPC") {
          gt(["install", "town"], project.environment)
        }
        if result.status == 0 { continue }
        #expect(!FileSystem.exists(Path.join(project.directory, "town")), "\(place) \(count)")
        #expect(result.standardError.contains("the disk is full"), "\(result.standardError)")
        #expect(gt(["install", "town"], project.environment).status == 0)
      }
    }
  }
}

extension TestTown {
  func text(_ path: String, contains part: String) -> Bool { (try? text(path))?.contains(part) == true }
}

/// Every file below a directory with its content, without the databases, which change when they are read.
func snapshot(_ directory: String) throws -> [String: [UInt8]] {
  var found: [String: [UInt8]] = [:]
  func walk(_ path: String) throws {
    for name in try FileSystem.list(path) {
      let inner = Path.join(path, name)
      let status = try FileSystem.status(inner, followLinks: false)
      if status?.kind == .directory {
        try walk(inner)
      } else if !name.contains(".db") && !name.hasSuffix(".lock") {
        found[Path.relative(inner, to: directory)] = (try? FileSystem.read(inner)) ?? []
      }
    }
  }
  try walk(directory)
  return found
}
