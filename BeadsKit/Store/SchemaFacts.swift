public import BeadsModel
public import BeadsSystem

/// What a program asks about the database before it reads it itself.
public struct SchemaFacts: Sendable {
  /// The tables and views, in order.
  public let tables: [String]
  /// The version of the schema.
  public let version: Int
  /// Up to three IDs.
  public let sampleIDs: [IssueID]
  /// The prefix of new issues.
  public let prefix: Prefix
}

extension Store {
  /// The facts about the database.
  public func schemaFacts() throws(BeadsError) -> SchemaFacts {
    SchemaFacts(
      tables: try connection.all(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
      ) { $0.text(0) },
      version: try connection.pragmaInt("user_version") ?? 0,
      sampleIDs: try connection.all("SELECT id FROM issues ORDER BY seq LIMIT 3") {
        IssueID(unchecked: $0.text(0))
      },
      prefix: try prefixes().primary)
  }
}
