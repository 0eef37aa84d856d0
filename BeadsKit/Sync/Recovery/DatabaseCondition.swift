import BeadsModel
public import BeadsSystem

/// What is found where a store's database should be.
public enum DatabaseCondition: Sendable, Equatable {
  /// Nothing.
  case missing
  /// A database of this tool whose header and tables are there.
  case sound
  /// An empty file, or a database without tables.
  case empty
  /// A directory, or a link that leads nowhere.
  case notAFile(String)
  /// A file that cannot be read as a database; the reason in SQLite's words.
  case damaged(String)
  /// A database of the classic tool, with its tables.
  case classic
  /// A sound database of another program.
  case foreign
  /// A database of a newer version of this tool.
  case newer(Int)

  /// Whether a new database can take its place, with what can be read of it.
  public var isRecoverable: Bool {
    switch self {
    case .missing, .empty, .notAFile, .damaged, .classic: true
    case .sound, .foreign, .newer: false
    }
  }

  /// What is wrong, in a few words for a sentence; nil when nothing is.
  public var reason: String? {
    switch self {
    case .missing: "is missing"
    case .sound: nil
    case .empty: "is empty"
    case .notAFile(let what): "is \(what)"
    case .damaged(let words): "is damaged (\(words))"
    case .classic: "was made by the classic bd"
    case .foreign: "belongs to another program"
    case .newer(let version): "was written by a newer bd (schema \(version))"
    }
  }

  /// The word that the name of a database set aside for this reason gets.
  var label: String {
    switch self {
    case .classic: "classic"
    case .sound: "before-rebuild"
    default: "damaged"
    }
  }
}

extension Store {
  /// Tells what is in the place of the database, without changing it.
  /// - Parameter deep: Whether every page is checked, which takes time linear in the size.
  /// - Throws: `locked`, `read_only`, `io_error` when it cannot be looked at.
  public static func examineDatabase(
    at location: StoreLocation, deep: Bool = false
  ) throws(BeadsError) -> DatabaseCondition {
    let path = location.databasePath
    guard let link = try FileSystem.status(path, followLinks: false) else { return .missing }
    guard let status = try? FileSystem.status(path) else {
      return link.kind == .symbolicLink ? .notAFile("a link that leads nowhere") : .missing
    }
    switch status.kind {
    case .directory: return .notAFile("a directory")
    case .regular: break
    default: return .notAFile("no regular file")
    }
    if status.stamp.size == 0 { return .empty }
    do throws(BeadsError) {
      let connection = try Connection(path, .readWrite)
      defer { connection.close() }
      return try condition(of: connection, deep: deep)
    } catch {
      if error.code == .corrupt { return .damaged(shortReason(error, path)) }
      throw error
    }
  }

  private static func condition(
    of connection: Connection, deep: Bool
  ) throws(BeadsError) -> DatabaseCondition {
    let application = try connection.int64("PRAGMA application_id") ?? 0
    let tables = Set(try connection.all("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.text(0) })
    guard application == Schema.applicationID else {
      if tables.isEmpty { return .empty }
      let classic: Set = ["issues", "labels", "dependencies", "comments", "config"]
      return application == 0 && classic.isSubset(of: tables) ? .classic : .foreign
    }
    let version = try connection.pragmaInt("user_version") ?? 0
    if version > Schema.version { return .newer(version) }
    if let missing = SalvageTable.all.first(where: { !tables.contains($0) }) {
      return .damaged("the table \(missing) is missing")
    }
    if deep, let finding = try connection.quickCheck().first { return .damaged(firstLine(finding)) }
    return .sound
  }

  private static func firstLine(_ text: String) -> String {
    String(text.split(whereSeparator: \.isNewline).last ?? "unreadable")
  }

  /// SQLite's words without the path before and the SQL behind them.
  private static func shortReason(_ error: BeadsError, _ path: String) -> String {
    var text = error.message[...]
    if text.hasPrefix(path + ": ") { text = text.dropFirst(path.count + 2) }
    if let open = text.lastIndex(of: "("), text.hasSuffix(")") { text = text[..<open] }
    return String(text.trimmingBlanks)
  }
}
