import BeadsKit
import BeadsTesting
import GasTownKit
import Testing

@Suite("gt namepool")
struct NamepoolTests {
  @Test func showsWhoIsNext() throws {
    let town = try TestTown()
    #expect(
      town.gt("namepool").standardOutput == """
        app: theme mad-max, 50 names
          In use: none
          Next:   furiosa

        """)
    try town.database().save(AgentRecord(.polecat(try RigName("app"), try AgentName("furiosa"))))
    let pool = try town.json("namepool", "--rig", "app")
    #expect(pool["in_use"]?.compactText == #"["furiosa"]"#)
    #expect(pool["names"]?.arrayValue?.count == 50)
    #expect(town.gt("namepool", "--list").standardOutput.contains("  Next:   nux\n  Free:   nux, slit"))
  }

  @Test func themesAreChosenMadeAndRemoved() throws {
    let town = try TestTown()
    #expect(town.gt("namepool", "set", "minerals").standardOutput == "✓ namepool.style is minerals\n")
    #expect(town.gt("namepool").standardOutput.contains("Next:   obsidian"))
    #expect(town.gt("namepool", "set", "mineral").standardError.contains("did you mean 'minerals'?"))
    #expect(
      town.gt("namepool", "create", "birds", "wren", "robin", "wren").standardOutput
        == "✓ Made the theme birds with 2 names\n")
    #expect(try town.json("namepool", "themes").compactText == #"["birds","mad-max","minerals","wasteland"]"#)
    #expect(town.gt("namepool", "themes", "birds").standardOutput == "wren\nrobin\n")
    #expect(town.gt("namepool", "set", "birds").status == 0)
    #expect(town.gt("namepool", "add", "heron").status == 0)
    #expect(try town.json("namepool")["names"]?.compactText == #"["heron","wren","robin"]"#)
    #expect(town.gt("namepool", "delete", "birds").standardError.contains("is used by app"))
    #expect(town.gt("namepool", "reset").standardOutput == "✓ namepool.style is mad-max, the default\n")
    #expect(town.gt("namepool", "delete", "birds").status == 0)
    #expect(
      town.gt("namepool", "delete", "minerals").standardError.contains("no theme \"minerals\" of its own"))
  }

  @Test func namesFromAFile() throws {
    let town = try TestTown()
    try town.write("names.txt", "# trees\n\noak\nelm\n")
    #expect(
      try town.json("namepool", "create", "trees", "--from-file", "names.txt")["names"]?.compactText
        == #"["oak","elm"]"#)
  }

  @Test(
    "refuses",
    arguments: [
      ["create", "../x", "a"], ["create", "none"], ["create", "mad-max", "a"], ["create", "t", "a b"],
      ["create", "t", "witness"], ["add", "witness"], ["add", "../x"], ["set", "../../etc/passwd"],
      ["delete", "../x"],
      ["create", "t", "--from-file", "nope.txt"],
    ])
  func refusals(arguments: [String]) throws {
    let town = try TestTown()
    let before = try snapshot(town.root)
    let result = town.gt(["namepool"] + arguments)
    #expect(result.status == 1, "\(result.standardOutput)")
    #expect(try snapshot(town.root) == before)
  }
}
