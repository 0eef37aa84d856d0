import BeadsKit
import GasTownKit
import Testing

@Suite("Names of polecats")
struct NamePoolTests {
  let town: TestTown
  let rig: Rig

  init() throws {
    town = try TestTown()
    rig = try town.rig()
  }

  private func names(_ count: Int) throws -> [String] {
    let pool = try NamePool.load(rig, town: town.town)
    var taken: [AgentName] = []
    for _ in 0..<count { taken.append(pool.firstFree { taken.contains($0) }) }
    return taken.map(\.rawValue)
  }

  @Test(arguments: ["mad-max", "minerals", "wasteland"])
  func themesHaveFiftyEach(theme: String) throws {
    let names = try NamePool.names(of: theme, town: town.town)
    #expect(Set(names).count == 50)
    #expect(names.allSatisfy(NamePool.isAllowed))
  }

  @Test func areThoseOfTheThemeThenNumbers() throws {
    let all = try names(52)
    #expect(all.prefix(3) == ["furiosa", "nux", "slit"])
    #expect(all.suffix(2) == ["51", "52"])
  }

  @Test func areTheRigsOwnFirst() throws {
    try town.write(
      "app/settings/config.json",
      #"{"namepool":{"style":"minerals","names":["toast","mayor","Witness","toast"],"max_before_numbering":3}}"#
    )
    #expect(try names(5) == ["toast", "obsidian", "quartz", "4", "5"])
  }

  @Test func mayComeFromAFileOfTheTown() throws {
    try town.write("settings/themes/birds.txt", "# ours\nwren\n\n robin \n")
    try town.write("app/settings/config.json", #"{"namepool":{"style":"birds"}}"#)
    #expect(try names(3) == ["wren", "robin", "51"])
    try town.write("settings/themes/birds.txt", "wren\n../x\n")
    #expect(throws: BeadsError.self) { try names(1) }
  }

  @Test func needAThemeThatExists() throws {
    try town.write("app/settings/config.json", #"{"namepool":{"style":"mineral"}}"#)
    do {
      _ = try names(1)
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("minerals"))
    }
  }
}
