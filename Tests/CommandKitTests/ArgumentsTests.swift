import CommandKit
import Testing

@Suite struct ArgumentsTests {
  private func parse(_ arguments: String...) throws -> Arguments {
    try CommandRunner(SampleTool.root).parse(arguments)
  }

  @Test func emptyValueDiffersFromAbsence() throws {
    let absent = try parse("create", "x")
    #expect(!absent.isSet("assignee"))
    #expect(absent.string("assignee") == nil)
    let empty = try parse("create", "x", "--assignee", "")
    #expect(empty.isSet("assignee"))
    #expect(empty.string("assignee") == "")
  }

  @Test func defaultsApplyOnlyWhenNothingIsGiven() throws {
    let bare = try parse("create")
    #expect(bare.string("type") == "task")
    #expect(try bare.int("priority") == 2)
    #expect(!bare.isSet("type"))
    let given = try parse("create", "-t", "bug", "-p0")
    #expect(given.string("type") == "bug")
    #expect(try given.int("priority") == 0)
    #expect(try parse("list").bool("tree"))
    #expect(try !parse("list", "--tree=false").bool("tree"))
    #expect(try !parse("list").bool("reverse"))
  }

  @Test func lastOccurrenceWins() throws {
    let arguments = try parse("list", "-n1", "--limit=2", "--json", "--json=false")
    #expect(try arguments.int("limit") == 2)
    #expect(!arguments.bool("json"))
    #expect(arguments.values("limit") == ["1", "2"])
  }

  @Test func listsAreSplitTrimmedAndWithoutEmptyParts() throws {
    let arguments = try parse("create", "-l", "a, b ,,c", "--label=", "--tag", " \t", "--labels", "d e")
    #expect(arguments.list("labels") == ["a", "b", "c", "d e"])
    #expect(arguments.values("labels") == ["a, b ,,c", "", " \t", "d e"])
    #expect(arguments.isSet("labels"))
    #expect(try parse("create").list("labels") == [])
    #expect(try parse("create").values("labels") == [])
    #expect(try parse("dep", "add", "a", "b").list("type") == ["blocks"])
    #expect(try parse("create", "-l", "é ,中,\u{301}x").list("labels") == ["é", "中", "\u{301}x"])
  }

  @Test func aNumberInATextFlagIsCheckedWhenAskedFor() throws {
    #expect(try parse("list", "--sort", "7").int("sort") == 7)
    #expect(try parse("list").int("sort") == nil)
    let arguments = try parse("list", "--sort", "x")
    let error = try #require(throws: UsageError.self) { try arguments.int("sort") }
    #expect(error.message == "invalid argument \"x\" for \"--sort\" flag: must be a whole number")
    #expect(error.hint == "Run 'bd list --help' for usage.")
  }

  @Test func knowsTheCommandThatWasReached() throws {
    let arguments = try parse("--json", "dep", "rm", "a", "b")
    #expect(arguments.commandPath == ["bd", "dep", "remove"])
    #expect(arguments.positionals == ["a", "b"])
  }

  @Test func aPassedArgumentIsUntouched() throws {
    let arguments = try parse("mail", "--json", "--", "-x", "")
    #expect(arguments.positionals == ["--json", "--", "-x", ""])
    #expect(!arguments.isSet("json"))
  }

  #if DEBUG
    @Test func lookingUpAnUndeclaredFlagStopsADebugBuild() async {
      await #expect(processExitsWith: .failure) {
        _ = try CommandRunner(SampleTool.root).parse(["list"]).string("bogus")
      }
    }
  #endif
}
