import BeadsFormats
public import BeadsModel
import BeadsSystem

/// A copy of a project's data at one moment: a directory with the database, the issue file, the settings, and the
/// checksums of them all.
public struct Backup: Sendable, Equatable {
  /// One file of it.
  public struct File: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Bytes.
    public let size: Int64
    /// The SHA-256 of its content in hexadecimal digits.
    public let checksum: String
  }

  /// The name of its directory, made of the moment: `20260302T090001Z`.
  public let name: String
  /// Its directory.
  public let path: String
  /// When it was made.
  public let createdAt: Timestamp
  /// How many issues it holds, without deleted ones.
  public let issueCount: Int
  /// Its files.
  public let files: [File]
  /// The identity of the project.
  let project: String

  /// Bytes of all files.
  public var byteCount: Int64 { files.reduce(0) { $0 + $1.size } }

  static let manifestName = "backup.json"
  static let databaseName = "beads.db"
  static let issuesName = "issues.jsonl"

  /// The path of one of its files, or nil when it does not have it.
  func path(of name: String) -> String? {
    files.contains { $0.name == name } ? Path.join(path, name) : nil
  }

  /// What is wrong with it, one sentence each; empty when every file is as it was written.
  ///
  /// Reads everything, about 4 ms for each megabyte.
  public func problems() -> [String] {
    files.compactMap { file in
      let path = Path.join(path, file.name)
      guard let content = try? FileSystem.read(path) else { return "\(path) is missing or cannot be read" }
      let isSame = Int64(content.count) == file.size && SHA256.digest(content).hex == file.checksum
      return isSame ? nil : "\(path) is not what was written"
    }
  }

  // MARK: The manifest

  /// Reads the manifest in a directory; nil when there is none.
  init?(directory: String) {
    guard let text = try? FileSystem.readText(Path.join(directory, Self.manifestName)),
      let value = JSONValue(parsing: text), let items = value["files"]?.arrayValue,
      let created = value["created_at"]?.stringValue.flatMap(Timestamp.init)
    else { return nil }
    path = directory
    name = Path.name(of: directory)
    createdAt = created
    project = value["project"]?.stringValue ?? ""
    issueCount = Self.number(value["issues"]).map { Int($0) } ?? 0
    files = items.compactMap { item in
      guard let name = item["name"]?.stringValue, !name.contains("/"),
        let size = Self.number(item["size"]), let checksum = item["sha256"]?.stringValue
      else { return nil }
      return File(name: name, size: size, checksum: checksum)
    }
  }

  private static func number(_ value: JSONValue?) -> Int64? {
    if case .number(let text) = value { Int64(text) } else { nil }
  }

  init(path: String, createdAt: Timestamp, project: String, issueCount: Int, files: [File]) {
    self.path = path
    name = Path.name(of: path)
    self.createdAt = createdAt
    self.project = project
    self.issueCount = issueCount
    self.files = files
  }

  /// The manifest as it is written.
  var manifest: [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.member("version", 1)
      writer.member("created_at", "\(createdAt)")
      writer.member("bd_version", beadsVersion)
      writer.member("project", project)
      writer.member("issues", issueCount)
      writer.key("files")
      writer.array(files) { writer, file in
        writer.object { writer in
          writer.member("name", file.name)
          writer.member("size", Int(file.size))
          writer.member("sha256", file.checksum)
        }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
