import CommandKit
import Testing

@Suite struct ValidationTests {
  typealias Command = CommandKit.Command<Void>

  @Test func theSampleIsSound() {
    #expect(SampleTool.root.validate() == [])
  }

  private func leaf(
    _ name: String = "a", aliases: [String] = [], summary: String = "Do it", flags: [Flag] = [],
    positionals: [Positional] = []
  ) -> Command {
    Command(name, aliases: aliases, summary: summary, flags: flags, positionals: positionals) { _, _ in }
  }

  private func mistakes(_ commands: Command...) -> [String] {
    Command(
      "t", summary: "A tool", globalFlags: [.bool("json", short: "j", aliases: ["js"], help: "JSON")],
      subcommands: commands
    ).validate()
  }

  @Test func findsDuplicateNames() {
    #expect(mistakes(leaf("a"), leaf("a")) == ["t: subcommand 'a' is declared twice"])
    #expect(mistakes(leaf("a"), leaf("b", aliases: ["a"])) == ["t: subcommand 'a' is declared twice"])
    #expect(mistakes(leaf("a", aliases: ["x", "x"])) == ["t: subcommand 'x' is declared twice"])
    #expect(mistakes(leaf("A b")) == ["t: 'A b' is not a good command name"])
    #expect(mistakes(leaf("-a")) == ["t: '-a' is not a good command name"])
  }

  @Test func findsClashingFlags() {
    func found(_ flags: Flag...) -> [String] { mistakes(leaf(flags: flags)) }
    #expect(found(.bool("x", help: "X"), .bool("x", help: "X")) == ["t a: flag --x is declared twice"])
    #expect(
      found(.bool("x", help: "X"), .list("y", aliases: ["x"], help: "X")) == [
        "t a: flag --x is declared twice"
      ])
    #expect(found(.bool("json", help: "X")) == ["t a: flag --json is declared twice"])
    #expect(found(.bool("js", help: "X")) == ["t a: flag --js is declared twice"])
    #expect(found(.bool("help", help: "X")) == ["t a: flag --help is declared twice"])
    #expect(found(.bool("x", short: "j", help: "X")) == ["t a: letter -j is declared twice"])
    #expect(found(.bool("x", short: "h", help: "X")) == ["t a: letter -h is declared twice"])
    #expect(found(.bool("x", short: "-", help: "X")) == ["t a: '-' is not a good flag letter"])
    #expect(found(.bool("--x", help: "X")) == ["t a: '--x' is not a good flag name"])
    #expect(found(.bool("x=y", help: "X")) == ["t a: 'x=y' is not a good flag name"])
  }

  @Test func findsPoorFlags() {
    func found(_ flag: Flag) -> [String] { mistakes(leaf(flags: [flag])) }
    #expect(found(.bool("x", help: "")) == ["t a: flag --x has no help"])
    #expect(found(.bool("x", hidden: true, help: "")) == [])
    #expect(found(.bool("x", help: "X.")) == ["t a: help of --x ends with a full stop"])
    #expect(found(.choice("x", values: [], help: "X")) == ["t a: flag --x has no values"])
    #expect(
      found(.choice("x", values: ["a", "b"], default: "c", help: "X"))
        == ["t a: default \"c\" of --x must be one of a, b"])
    #expect(
      found(.int("x", in: 1...3, default: 4, help: "X")) == [
        "t a: default \"4\" of --x must be between 1 and 3"
      ])
  }

  @Test func findsPositionalsNobodyCanFill() {
    func found(_ places: Positional...) -> [String] { mistakes(leaf(positionals: places)) }
    #expect(found(.oneOrMore("a"), .required("b")) == [])
    #expect(found(.required("a"), .optional("b"), .optional("c")) == [])
    #expect(found(.optional("a"), .required("b")) == ["t a: a required positional follows an optional one"])
    let repeated = "t a: a repeated positional leaves no room for optional ones"
    #expect(found(.oneOrMore("a"), .oneOrMore("b")) == [repeated])
    #expect(found(.optional("a"), .zeroOrMore("b")) == [repeated])
  }

  @Test func findsCommandsThatMakeNoSense() {
    #expect(mistakes(Command("a", summary: "Group")) == ["t a: does nothing"])
    #expect(mistakes(leaf(summary: "")) == ["t a: has no summary"])
    #expect(mistakes(leaf(summary: "Stop.")) == ["t a: summary ends with a full stop"])
    #expect(
      mistakes(Command("a", summary: "Group", positionals: [.required("x")], subcommands: [leaf("b")]))
        == ["t a: is a group with positionals"])
    #expect(
      mistakes(
        Command("a", summary: "Pass", flags: [.bool("x", help: "X")], passesArguments: true) { _, _ in })
        == ["t a: passes its arguments on but declares flags or subcommands"])
  }

  @Test func looksDownTheWholeTree() {
    let deep = Command(
      "g", summary: "Group",
      subcommands: [Command("h", summary: "Group", subcommands: [leaf("x"), leaf("x")])])
    #expect(mistakes(deep) == ["t g h: subcommand 'x' is declared twice"])
  }
}
