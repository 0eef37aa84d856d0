/// Something a user or a program asked for that could not be done: what, where, and what to do about it.
///
/// `code` is stable and machine-readable, `message` names the thing in one sentence, `hint` suggests the next
/// step and never contains a destructive command. Follows the extensible-code pattern of swift-subprocess, so
/// that codes can be added without breaking callers.
public struct BeadsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable error code with the exit status a command ends with.
  public struct Code: Sendable, Hashable {
    /// The name programs match on, for example `not_found`.
    public let name: String
    /// The exit status of a command that fails with this code.
    public let exitStatus: Int32
    /// Whether trying the same call again later may succeed.
    public let isRetryable: Bool

    /// Makes a code; the library's own are the static members.
    public init(_ name: String, exitStatus: Int32 = 1, isRetryable: Bool = false) {
      self.name = name
      self.exitStatus = exitStatus
      self.isRetryable = isRetryable
    }

    /// A value that is not acceptable: empty title, priority 9, bad date, contradictory filters.
    public static let invalid = Code("invalid")
    /// No issue, store, key or operation of that name.
    public static let notFound = Code("not_found")
    /// A partial ID that fits several issues.
    public static let ambiguous = Code("ambiguous_id")
    /// Something of that name is already there.
    public static let exists = Code("already_exists")
    /// The state of an issue forbids the change: open blockers, claimed by another.
    public static let conflict = Code("conflict")
    /// The edge would close a cycle.
    public static let cycle = Code("cycle")
    /// There is no beads project here.
    public static let noStore = Code("no_store")
    /// The store or its file system cannot be written.
    public static let readOnly = Code("read_only")
    /// Another process holds the write lock for longer than the caller would wait.
    public static let locked = Code("locked", isRetryable: true)
    /// The database was set aside by another process, and there is none in its place yet.
    public static let databaseReplaced = Code("database_replaced", isRetryable: true)
    /// Data that cannot be what it claims to be: torn JSONL, a damaged database.
    public static let corrupt = Code("corrupt")
    /// The operating system refused: permissions, full disk, missing file.
    public static let io = Code("io_error")
    /// The database engine refused; the message carries its words and the SQL.
    public static let database = Code("database_error")
    /// A capability this build or store does not have.
    public static let unsupported = Code("unsupported")
  }

  /// The stable code.
  public let code: Code
  /// One sentence that names the thing.
  public let message: String
  /// The suggested next step, if there is one.
  public let hint: String?
  /// What is wrong one by one, a line each, when the message is about several things.
  public let details: [String]

  /// Makes an error from its code, sentence and optional hint.
  public init(_ code: Code, _ message: String, details: [String] = [], hint: String? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.hint = hint
  }

  /// The message and its details, followed by the hint in parentheses.
  public var description: String {
    let text = ([message] + details.map { "- " + $0 }).joined(separator: "\n")
    return hint.map { "\(text) (\($0))" } ?? text
  }
}
