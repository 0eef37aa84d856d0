public import BeadsFormats
import BeadsSystem

/// The content of `.beads/metadata.json`: which files make the store, and what other tools wrote there.
public struct WorkspaceMetadata: Sendable, Equatable {
  /// The whole object; members this library does not know survive a rewrite.
  public private(set) var value: JSONValue

  static let fileName = "metadata.json"
  static let defaultDatabase = "beads.db"
  static let defaultJSONL = "issues.jsonl"

  /// Metadata of a new project.
  init(projectID: String) {
    value = .object([
      .init(key: "database", value: .string(Self.defaultDatabase)),
      .init(key: "jsonl_export", value: .string(Self.defaultJSONL)),
      .init(key: "project_id", value: .string(projectID)),
    ])
  }

  /// Reads a file; nil when there is none or it holds no JSON object.
  init?(path: String) {
    guard let text = try? FileSystem.readText(path), let value = JSONValue(parsing: text),
      case .object = value
    else { return nil }
    self.value = value
  }

  /// The database's file name, unless it is missing or no plain name of a database file.
  ///
  /// A name with a slash is refused: the file is shared through git and must not lead out of the project.
  public var database: String? {
    get { plainName("database", suffix: ".db") }
    set { value["database"] = newValue.map(JSONValue.string) }
  }

  /// The issue file's name, unless it is missing or no plain name.
  public var jsonlExport: String? { plainName("jsonl_export", suffix: ".jsonl") }

  /// The random identity given to the project by `init`.
  public var projectID: String? { value["project_id"]?.stringValue }

  /// The storage engine another tool recorded, when it is not one that this library reads.
  public var foreignBackend: String? {
    guard let backend = value["backend"]?.stringValue, !backend.isEmpty else { return nil }
    return ["sqlite", "jsonl"].contains(backend) ? nil : backend
  }

  private func plainName(_ key: String, suffix: String) -> String? {
    guard let name = value[key]?.stringValue, name.hasSuffix(suffix), name.count > suffix.count,
      !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
    else { return nil }
    return name
  }

  /// The file's text: indented, with a newline at the end.
  var text: [UInt8] {
    var writer = JSONWriter(.pretty)
    value.write(to: &writer)
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
