import BeadsKit

/// The routes of a town, `.beads/routes.jsonl`: which tracker an issue belongs to, by its prefix.
///
/// Comments and lines of others are kept.
struct Routes {
  let path: String
  private var lines: [String]

  /// Reads the file; without one there are no routes.
  init(_ town: Town) throws(BeadsError) {
    path = town.path(".beads/routes.jsonl")
    let text = String(decoding: try FileSystem.readIfPresent(path) ?? [], as: UTF8.self)
    lines = text.split(whereSeparator: \.isNewline).map(String.init)
  }

  /// Adds or replaces the route of a prefix.
  mutating func set(_ prefix: String, to directory: String) {
    let entry = JSONValue.members([("prefix", .string(prefix + "-")), ("path", .string(directory))])
    if lines.filter({ Self.prefix(of: $0) == prefix }) == [entry.compactText] { return }
    remove(prefix)
    lines.append(entry.compactText)
  }

  /// Removes the route of a prefix.
  mutating func remove(_ prefix: String) { lines.removeAll { Self.prefix(of: $0) == prefix } }

  /// The content of the file.
  var bytes: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

  private static func prefix(of line: String) -> String? {
    JSONValue(parsing: line)?["prefix"]?.stringValue.flatMap(Prefix.init(rawValue:))?.rawValue
  }
}
