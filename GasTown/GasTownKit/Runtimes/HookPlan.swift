public import BeadsKit

/// What is run at which moment: the hooks that are built in, and what a person adds to them, replaces and takes out.
///
/// In the files of a person it is a JSON object: the names of events, each with a list of objects `matcher` and
/// `hooks`, as in the settings of Claude Code. Another file's entry of the same matcher takes the place of an earlier
/// one, or joins it when it says `"add": true`; one without hooks takes it out.
public struct HookPlan: Sendable, Equatable {
  /// Commands for one matcher.
  public struct Entry: Sendable, Equatable {
    /// What the tool has to be called; empty for every one.
    public var matcher: String
    /// The lines for the shell; none take out what was there.
    public var commands: [String]
    /// Whether they are run after what was there, rather than in its place.
    public var isAddition = false

    /// Makes an entry.
    public init(matcher: String, commands: [String], isAddition: Bool = false) {
      (self.matcher, self.commands, self.isAddition) = (matcher, commands, isAddition)
    }
  }

  /// The entries by event, in the order in which they are written.
  public private(set) var events: [(name: String, entries: [Entry])] = []

  /// Whether both say the same.
  public static func == (a: HookPlan, b: HookPlan) -> Bool {
    a.events.elementsEqual(b.events) { $0.name == $1.name && $0.entries == $1.entries }
  }

  /// A plan without hooks.
  public init() {}

  /// Reads a file of a person.
  /// - Throws: `invalid` naming the event that cannot be understood.
  public init(_ value: JSONValue, source: String) throws(BeadsError) {
    // Whoever copies from a settings file may copy the member `hooks` as a whole.
    guard case .object(let members) = value["hooks"] ?? value else {
      throw BeadsError(.invalid, "\(source) holds no JSON object")
    }
    for member in members {
      guard let items = member.value.arrayValue else {
        throw BeadsError(.invalid, "\(source): the hooks of \(member.key) are no list")
      }
      events.append(
        (member.key, try items.map { item throws(BeadsError) in try Self.entry(item, member.key, source) }))
    }
  }

  private static func entry(
    _ item: JSONValue, _ event: String, _ source: String
  ) throws(BeadsError) -> Entry {
    let commands = item["hooks"]?.arrayValue?.map { $0["command"]?.stringValue }
    guard case .object = item, let commands, !commands.contains(where: { $0?.isEmpty ?? true }) else {
      throw BeadsError(
        .invalid, "\(source): a hook of \(event) has no command",
        hint: #"for example {"matcher": "", "hooks": [{"type": "command", "command": "make lint"}]}"#)
    }
    return Entry(
      matcher: item["matcher"]?.stringValue ?? "", commands: commands.compactMap(\.self),
      isAddition: item["add"] == .bool(true))
  }

  /// As a person writes it.
  public var json: JSONValue {
    .members(
      events.map { event in
        let entries = event.entries.map { entry in
          let hooks = entry.commands.map {
            JSONValue.members([("type", .string("command")), ("command", .string($0))])
          }
          return JSONValue.members([
            ("matcher", .string(entry.matcher)), ("add", entry.isAddition ? .bool(true) : nil),
            ("hooks", .array(hooks)),
          ])
        }
        return (event.name, .array(entries))
      })
  }

  /// Adds an entry, or puts it in the place of one with its matcher, or joins the two.
  public mutating func set(_ entry: Entry, at event: String) {
    if let place = events.firstIndex(where: { $0.name == event }) {
      if let index = events[place].entries.firstIndex(where: { $0.matcher == entry.matcher }) {
        if entry.isAddition {
          let present = events[place].entries[index].commands
          events[place].entries[index].commands += entry.commands.filter { !present.contains($0) }
        } else {
          events[place].entries[index] = entry
        }
      } else {
        events[place].entries.append(entry)
      }
    } else {
      events.append((event, [entry]))
    }
  }

  /// The plan with another on top of it; see above.
  public func merging(_ other: HookPlan) -> HookPlan {
    var result = self
    for (event, entries) in other.events {
      for entry in entries { result.set(entry, at: event) }
      // An event without any entry takes all of them out.
      if entries.isEmpty { result.events.removeAll { $0.name == event } }
    }
    return result
  }

  /// What a person wants otherwise than another plan has it: entries that are the same in both are left out, so that
  /// they have the form of each runtime.
  func changes(from other: HookPlan) -> HookPlan {
    var result = HookPlan()
    for (event, entries) in events {
      let same = other.events.first { $0.name == event }?.entries ?? []
      let own = entries.filter { !same.contains($0) }
      if entries.isEmpty || !own.isEmpty { result.events.append((event, own)) }
    }
    return result
  }

  // MARK: Built in

  /// What stands for the file of the program `gt` in commands.
  public static let program = Runtime.programPlaceholder

  /// What is run for every role.
  /// - Parameter provider: Whose form it has.
  public static func base(_ provider: String = HookForm.usual) -> HookPlan {
    var plan = HookPlan()
    for moment in HookForm.Moment.allCases { plan.add(moment, nil, provider) }
    return plan
  }

  /// What is run for a role in place of that.
  static func own(_ role: AgentRole, _ provider: String) -> HookPlan {
    var plan = HookPlan()
    if role == .crew { plan.add(.compaction, role, provider) }
    if role == .polecat { plan.add(.stop, role, provider) }
    return plan
  }

  private mutating func add(_ moment: HookForm.Moment, _ role: AgentRole?, _ provider: String) {
    guard let form = HookForm.all[provider] else { return }
    let flag = HookForm.flag(provider)
    func telling(_ commands: String) -> String {
      guard form.context != nil, let event = form.events.first(where: { $0.moment == moment })?.name else {
        return commands
      }
      return "(\(commands)) | \(Self.program) tap context\(flag) \(event)"
    }
    let command: String =
      switch moment {
      case .start: telling("\(Self.program) prime --hook && \(Self.program) mail check --inject")
      case .turn: telling("\(Self.program) mail check --inject")
      case .compaction where role == .crew: "\(Self.program) handoff --cycle --reason compaction"
      case .compaction where form.tellsAtCompaction: "\(Self.program) prime --hook"
      case .compaction: "\(Self.program) handoff --auto --json"
      case .stop where role == .polecat: "\(Self.program) tap polecat-stop-check\(flag)"
      case .stop: "\(Self.program) signal stop\(flag)"
      case .command: "\(Self.program) tap guard\(flag)"
      }
    // Only commands are looked at; other tools would start gt for nothing.
    let matcher = moment == .command ? Self.shell : ""
    set(Entry(matcher: matcher, commands: [command]), at: moment.rawValue)
  }

  /// What a matcher calls the tool that runs commands, whatever the runtime calls it.
  static let shell = "Bash"
}
