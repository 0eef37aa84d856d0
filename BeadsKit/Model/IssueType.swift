/// The kind of an issue; files may hold any word, a project configures its own beside the built-in ones.
public struct IssueType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The word as written in files.
  public var rawValue: String

  /// Wraps a word.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// A defect.
  public static let bug = IssueType(rawValue: "bug")
  /// New behaviour for users.
  public static let feature = IssueType(rawValue: "feature")
  /// A piece of work; the default.
  public static let task = IssueType(rawValue: "task")
  /// Work that consists of children.
  public static let epic = IssueType(rawValue: "epic")
  /// Upkeep without a visible change.
  public static let chore = IssueType(rawValue: "chore")
  /// A recorded decision.
  public static let decision = IssueType(rawValue: "decision")
  /// Mail between agents.
  public static let message = IssueType(rawValue: "message")
  /// The root of a poured workflow.
  public static let molecule = IssueType(rawValue: "molecule")
  /// A condition that something waits for.
  public static let gate = IssueType(rawValue: "gate")
  /// Time-boxed research.
  public static let spike = IssueType(rawValue: "spike")
  /// A user story.
  public static let story = IssueType(rawValue: "story")
  /// A point in time to reach.
  public static let milestone = IssueType(rawValue: "milestone")
  /// Something that happened; made by the tool.
  public static let event = IssueType(rawValue: "event")

  /// The built-in types that users may choose, with what they are for, in the order they are listed.
  public static let builtIn: [(type: IssueType, summary: String)] = [
    (.task, "A piece of work"),
    (.bug, "Something that is broken"),
    (.feature, "New behaviour for users"),
    (.chore, "Upkeep without a visible change"),
    (.epic, "Work that consists of other issues"),
    (.decision, "A decision and its reasons"),
    (.spike, "Time-boxed research"),
    (.story, "A user story"),
    (.milestone, "A point in time to reach"),
    (.message, "Mail between agents"),
    (.molecule, "The root of a poured workflow"),
    (.gate, "A condition that something waits for"),
  ]

  /// Types that live only in this clone: hidden from lists and ready work, not exported.
  ///
  /// Override: `types.infra`.
  public static let infrastructure: [IssueType] = ["agent", "rig", "role", "message"].map(
    IssueType.init(rawValue:))

  /// Types that ready work offers only when asked for by `--type`.
  public static let neverReady: [IssueType] =
    ["merge-request", "gate", "molecule", "message", "agent", "role", "rig"].map(IssueType.init(rawValue:))

  /// The type a user means by a word: lower-cased, with aliases such as `feat` and `ms` resolved.
  public init(userInput: String) {
    let word = userInput.lowercased()
    rawValue = Self.aliases[word] ?? word
  }

  private static let aliases = [
    "enhancement": "feature", "feat": "feature", "dec": "decision", "adr": "decision",
    "investigation": "spike", "timebox": "spike", "user-story": "story", "user_story": "story",
    "ms": "milestone", "mr": "merge-request", "mol": "molecule",
  ]

  /// The headings that `lint` and `create --validate` expect in the description.
  public var requiredSections: [String] {
    switch self {
    case .bug: ["## Steps to Reproduce", "## Acceptance Criteria"]
    case .task, .feature, .story: ["## Acceptance Criteria"]
    case .epic: ["## Success Criteria"]
    case .decision: ["## Decision", "## Rationale", "## Alternatives Considered"]
    case .spike: ["## Goal", "## Findings"]
    default: []
    }
  }

  /// The word itself.
  public var description: String { rawValue }
}
