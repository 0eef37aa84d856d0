import CommandKit
import Testing

@Suite struct ParsingTests {
  static let runner = CommandRunner(SampleTool.root)

  /// What was typed, and the same in canonical spelling.
  static let good: [(String, String)] = [
    ("", ""),
    ("-V", "--version"),
    ("list", "list"),
    ("list --json", "list --json"),
    ("--json list", "list --json"),
    ("--json list --json -q --quiet", "list --json --json --quiet --quiet"),
    ("list --json=true", "list --json"),
    ("list --json=false", "list --json=false"),
    ("list --json=0", "list --json=false"),
    ("list --json=T", "list --json"),
    ("list --tree=false", "list --tree=false"),
    ("list --tree=off", "list --tree=false"),
    ("list --limit 5", "list --limit=5"),
    ("list --limit=5", "list --limit=5"),
    ("list --limit -1", "list --limit=-1"),
    ("list --limit=-1", "list --limit=-1"),
    ("list -n 5", "list --limit=5"),
    ("list -n5", "list --limit=5"),
    ("list -n=5", "list --limit=5"),
    ("list -n -5", "list --limit=-5"),
    ("list -n-5", "list --limit=-5"),
    ("list -qr", "list --quiet --reverse"),
    ("list -rqn5", "list --reverse --quiet --limit=5"),
    ("list -rqn 5", "list --reverse --quiet --limit=5"),
    ("list -rqn=5", "list --reverse --quiet --limit=5"),
    ("list -qr=false", "list --quiet --reverse=false"),
    ("list --sort -created", "list --sort=-created"),
    ("list --sort --json", "list --sort=--json"),
    ("list --sort --", "list --sort=--"),
    ("list --sort=a=b", "list --sort=a=b"),
    ("list --sort=", "list --sort="),
    ("list -C=", "list --directory="),
    ("list -s open,closed -s blocked", "list --status=open,closed --status=blocked"),
    ("create Fix", "create -- Fix"),
    ("new Fix", "create -- Fix"),
    ("create Fix -p 1", "create --priority=1 -- Fix"),
    ("create -p 1 Fix --json", "create --priority=1 --json -- Fix"),
    ("-q create --actor a Fix", "create --quiet --actor=a -- Fix"),
    ("create --label a --tag b -l c", "create --labels=a --labels=b --labels=c"),
    ("create -- -Fix", "create -- -Fix"),
    ("create -- --json", "create -- --json"),
    ("create -- --", "create -- --"),
    ("create -", "create -- -"),
    ("create --title - x", "create --title=- -- x"),
    ("create --body x", "create --body=x"),
    ("show a b c", "show -- a b c"),
    ("show a --long b", "show --long -- a b"),
    ("view a", "show -- a"),
    ("--no-daemon --mode batch show a", "show --no-daemon --mode=batch -- a"),
    ("dep add a b", "dep add -- a b"),
    ("dep add a b --type=tracks", "dep add --type=tracks -- a b"),
    ("dep --json add a -t x b", "dep add --json --type=x -- a b"),
    ("--json dep -q rm a b", "dep remove --json --quiet -- a b"),
    ("dep", "dep"),
    ("comments x-1", "comments -- x-1"),
    ("comments add x-1 some text", "comments add -- x-1 some text"),
    ("comments -- add", "comments -- add"),
    ("comments --local-time add x", "comments add --local-time -- x"),
    ("mail send -x --json -- y", "mail send -x --json -- y"),
    ("--json mail send --json", "--json mail send --json"),
    ("mail", "mail"),
    ("mail x --help", "mail x --help"),
    ("ci", "check-internal"),
    ("list --help", "list --help"),
    ("--help list", "list --help"),
    ("list -h", "list --help"),
    ("list -qh", "list --quiet --help"),
    ("create --help --bogus", "create --help"),
    ("show --help", "show --help"),
    ("dep help", "dep --help"),
    ("dep help add", "dep add --help"),
    ("mail --help", "--help mail"),
    ("help dep add", "help -- dep add"),
    ("help --all", "help --all"),
  ]

  @Test(arguments: good) func understands(_ line: String, _ canonical: String) throws {
    let arguments = try Self.runner.parse(words(line))
    #expect(arguments.commandLine == words(canonical))
    let again = try Self.runner.parse(arguments.commandLine)
    #expect(again.commandLine == arguments.commandLine)
    #expect(again.positionals == arguments.positionals)
  }

  /// What was typed, the message, and what the hint begins with ("" for only the usage line).
  static let bad: [(String, String, String)] = [
    ("--bogus", "unknown flag: --bogus", "The flags of a command go after its name."),
    ("list --flat", "unknown flag: --flat", ""),
    ("list --flat=3", "unknown flag: --flat", ""),
    ("list --limt 3", "unknown flag: --limt", "Did you mean '--limit'?"),
    ("list --lim 3", "unknown flag: --lim", "Did you mean '--limit'?"),
    ("list --revers", "unknown flag: --revers", "Did you mean '--reverse'?"),
    ("list --jsno", "unknown flag: --jsno", "Did you mean '--json'?"),
    ("create --titel x", "unknown flag: --titel", "Did you mean '--title'?"),
    ("create --lable x", "unknown flag: --lable", "Did you mean '--label'?"),
    ("create --bod x", "unknown flag: --bod", ""),
    ("create --ti", "unknown flag: --ti", "Did you mean '--title'?"),
    ("--limit 5 list", "unknown flag: --limit", "The flags of a command go after its name."),
    ("--version list", "unknown flag: --version", ""),
    ("dep --type x add a b", "unknown flag: --type", "The flags of a command go after its name."),
    ("list ---limit", "bad flag syntax: ---limit", ""),
    ("list --=x", "bad flag syntax: --=x", ""),
    ("list ---", "bad flag syntax: ---", ""),
    ("list -x", "unknown shorthand flag: 'x' in -x", ""),
    ("list -qx", "unknown shorthand flag: 'x' in -qx", ""),
    ("list -json", "unknown shorthand flag: 'j' in -json", "Did you mean '--json'?"),
    ("list -limit", "unknown shorthand flag: 'l' in -limit", "Did you mean '--limit'?"),
    ("list -1", "unknown shorthand flag: '1' in -1", ""),
    ("list -é", "unknown shorthand flag: 'é' in -é", ""),
    ("list -=", "unknown shorthand flag: '=' in -=", ""),
    ("create -_fix_it", "unknown shorthand flag: '_' in -_fix_it", ""),
    ("list --limit", "flag needs an argument: --limit", ""),
    ("list --tree --limit", "flag needs an argument: --limit", ""),
    ("create --label", "flag needs an argument: --label", ""),
    ("list -n", "flag needs an argument: 'n' in -n", ""),
    ("list -rn", "flag needs an argument: 'n' in -rn", ""),
    ("list --limit x", "invalid argument \"x\" for \"--limit\" flag: must be a whole number", ""),
    ("list --limit=", "invalid argument \"\" for \"--limit\" flag: must be a whole number", ""),
    ("list --limit 1.5", "invalid argument \"1.5\" for \"--limit\" flag: must be a whole number", ""),
    ("list --limit 0x10", "invalid argument \"0x10\" for \"--limit\" flag: must be a whole number", ""),
    ("list -n -", "invalid argument \"-\" for \"--limit\" flag: must be a whole number", ""),
    (
      "list -n 99999999999999999999",
      "invalid argument \"99999999999999999999\" for \"--limit\" flag: the number is too large", ""
    ),
    ("create -p 5", "invalid argument \"5\" for \"--priority\" flag: must be between 0 and 4", ""),
    ("create -p -1", "invalid argument \"-1\" for \"--priority\" flag: must be between 0 and 4", ""),
    ("create -pP1", "invalid argument \"P1\" for \"--priority\" flag: must be a whole number", ""),
    (
      "create -t bgu", "invalid argument \"bgu\" for \"--type\" flag: must be one of bug, feature, task",
      "Did you mean 'bug'?"
    ),
    ("create --type=", "invalid argument \"\" for \"--type\" flag: must be one of bug, feature, task", ""),
    (
      "create --type Bug", "invalid argument \"Bug\" for \"--type\" flag: must be one of bug, feature, task",
      "Did"
    ),
    ("list --mode x", "invalid argument \"x\" for \"--mode\" flag: must be one of on, off, batch", ""),
    ("list --json=maybe", "invalid argument \"maybe\" for \"--json\" flag: must be true or false", ""),
    ("list --json=", "invalid argument \"\" for \"--json\" flag: must be true or false", ""),
    ("list -q=x", "invalid argument \"x\" for \"--quiet\" flag: must be true or false", ""),
    ("bogus", "unknown command \"bogus\" for \"bd\"", ""),
    ("bogus --help", "unknown command \"bogus\" for \"bd\"", ""),
    ("crate x", "unknown command \"crate\" for \"bd\"", "Did you mean 'create'?"),
    ("creaet x", "unknown command \"creaet\" for \"bd\"", "Did you mean 'create'?"),
    ("lst", "unknown command \"lst\" for \"bd\"", "Did you mean 'list'?"),
    ("sho x", "unknown command \"sho\" for \"bd\"", "Did you mean 'show'?"),
    ("nwe x", "unknown command \"nwe\" for \"bd\"", "Did you mean 'new'?"),
    ("co", "unknown command \"co\" for \"bd\"", "Did you mean 'comments' or 'completion'?"),
    ("check", "unknown command \"check\" for \"bd\"", ""),
    ("tree x", "unknown command \"tree\" for \"bd\"", "Did you mean 'bd dep tree'?"),
    ("rm x", "unknown command \"rm\" for \"bd\"", "Did you mean 'bd dep remove'?"),
    ("add x", "unknown command \"add\" for \"bd\"", "Did you mean 'bd dep add' or 'bd comments add'?"),
    ("dep bogus", "unknown command \"bogus\" for \"bd dep\"", ""),
    ("dep ad a b", "unknown command \"ad\" for \"bd dep\"", "Did you mean 'add'?"),
    ("dep list", "unknown command \"list\" for \"bd dep\"", "Did you mean 'bd list'?"),
    ("dep -- add", "unknown command \"add\" for \"bd dep\"", "Did you mean 'add'?"),
    ("-- list", "unexpected argument \"list\"", ""),
    ("show", "missing argument: <id>...", ""),
    ("show --long", "missing argument: <id>...", ""),
    ("dep add", "missing arguments: <from> <to>", ""),
    ("dep add a", "missing argument: <to>", ""),
    ("dep add a b c", "unexpected argument \"c\"", ""),
    ("create a b", "unexpected argument \"b\"", ""),
    ("list x", "unexpected argument \"x\"", ""),
    (
      "list --tree false", "unexpected argument \"false\"", "A switch takes its value with '=': --tree=false."
    ),
    ("list -r true", "unexpected argument \"true\"", "A switch takes its value with '=': --reverse=true."),
    ("list x --tree false", "unexpected argument \"x\"", ""),
    ("comments x add", "unexpected argument \"add\"", ""),
    ("comments --local-time", "missing argument: <id>", ""),
    ("comments add", "missing argument: <id>", ""),
    ("completion", "missing argument: <shell>", ""),
  ]

  @Test(arguments: bad) func refuses(_ line: String, _ message: String, _ suggestion: String) throws {
    let error = try #require(throws: UsageError.self) { try Self.runner.parse(words(line)) }
    #expect(error.message == message)
    let hint = try #require(error.hint)
    #expect(hint.hasPrefix(suggestion.isEmpty ? "Run '" : suggestion), "\(hint)")
    #expect(hint.hasSuffix(" --help' for usage."), "\(hint)")
    #expect(error.exitStatus == 1)
  }

  @Test func namesTheCommandWhoseHelpExplainsMore() throws {
    for (line, command) in [
      ("--bogus", "bd"), ("create --bogus", "bd create"), ("new --bogus", "bd create"), ("dep x", "bd dep"),
      ("dep rm a", "bd dep remove"),
    ] {
      let error = try #require(throws: UsageError.self) { try Self.runner.parse(words(line)) }
      #expect(error.hint?.hasSuffix("Run '\(command) --help' for usage.") == true)
    }
  }

  @Test func offersTwoDashesForTextThatBeginsWithOne() throws {
    let error = try #require(throws: UsageError.self) { try Self.runner.parse(["create", "- a point"]) }
    #expect(error.message == "unknown shorthand flag: ' ' in - a point")
    #expect(error.hint?.hasPrefix("Put '--' before an argument that begins with a dash.") == true)
  }

  @Test func cutsWhatWasTypedInMessages() throws {
    let long = String(repeating: "x", count: 50_000)
    for line in [[long], ["--" + long], ["list", "-" + long], ["list", "--limit", long], ["list", long]] {
      let error = try #require(throws: UsageError.self) { try Self.runner.parse(line) }
      #expect(error.message.utf8.count < 300)
    }
  }

  /// Splits at blanks; `''` would be an empty word but no line here needs one.
  @Test(arguments: [
    ("--notify", "all"), ("--notify -q", "all"), ("-n", "all"), ("--notify=me", "me"), ("--notify me", "me"),
    ("-n me", "me"), ("-nme", "me"), ("", nil),
  ])
  func aFlagMayImplyAValue(_ line: String, _ value: String?) throws {
    let notify = Flag.string("notify", short: "n", help: "Who is told").implying("all")
    let root = Command<Void>(
      "tool", summary: "A tool", flags: [notify, .bool("quiet", short: "q", help: "Say less")]
    ) { _, _ in }
    #expect(try CommandRunner(root).parse(words(line)).string("notify") == value)
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
}
