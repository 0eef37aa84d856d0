import BeadsFormats
import BeadsModel
import BeadsSystem

/// The entry of an agent's list of MCP servers that starts `bd mcp`.
///
///     {"mcpServers": {"beads": {"command": "bd", "args": ["mcp"]}}}
///
/// Everything else in the file keeps its bytes; an entry that somebody changed is theirs and stays.
struct ServerEntry: Sendable, Equatable {
  private static let keys = ["mcpServers", "beads"]
  private static let value = JSONValue.object([
    .init(key: "command", value: .string("bd")), .init(key: "args", value: .array([.string("mcp")])),
  ])

  /// The file with the entry in it; nil stands for no file.
  /// - Throws: `corrupt` when it is no JSON, `conflict` when it has something else where the entry belongs.
  func applied(to bytes: [UInt8]?, _ path: String) throws(BeadsError) -> [UInt8] {
    guard let bytes else { return Self.fresh }
    var edit = try Self.parse(bytes, path)
    if edit.places(of: Self.keys).count == Self.keys.count { return bytes }
    try Self.add(to: &edit, path)
    return edit.bytes
  }

  /// What is left of the file without the entry.
  func removed(from bytes: [UInt8], _ path: String) throws(BeadsError) -> SetupRemainder {
    if bytes == Self.fresh { return .nothing }
    let edit = try Self.parse(bytes, path)
    let places = edit.places(of: Self.keys)
    guard places.count == Self.keys.count, edit.value(at: places) == Self.value else { return .untouched }
    // What was made for the entry goes with it: of the ways in which the file can have looked, the one is taken to
    // which adding the entry gives what is there.
    var fallback: JSONEdit?
    for count in 1...places.count {
      if count < places.count, edit.node(at: Array(places[..<count]))?.items?.count != 1 { continue }
      var rest = edit
      do throws(JSONError) { try rest.remove(Array(places[..<count])) } catch {
        throw Self.failure(error, path)
      }
      fallback = rest
      var again = rest
      try? Self.add(to: &again, path)
      if again.bytes == bytes { return .content(rest.bytes) }
    }
    return fallback.map { .content($0.bytes) } ?? .untouched
  }

  private static var fresh: [UInt8] {
    let servers = JSONValue.object([.init(key: keys[1], value: value)])
    return JSONEdit.pretty(.object([.init(key: keys[0], value: servers)])) + [UInt8(ascii: "\n")]
  }

  private static func add(to edit: inout JSONEdit, _ path: String) throws(BeadsError) {
    let places = edit.places(of: keys)
    guard let node = edit.node(at: places), node.items != nil, !node.isArray else {
      let name = places.isEmpty ? "the whole file" : quoted(keys[0])
      throw BeadsError(.conflict, "\(path): \(name) is no object; nothing was changed")
    }
    do throws(JSONError) {
      let servers = JSONValue.object([.init(key: keys[1], value: value)])
      if places.isEmpty {
        try edit.add(keys[0], servers, at: places)
      } else {
        try edit.add(keys[1], value, at: places)
      }
    } catch { throw failure(error, path) }
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(BeadsError) -> JSONEdit {
    do throws(JSONError) { return try JSONEdit(bytes) } catch { throw failure(error, path) }
  }

  private static func failure(_ error: JSONError, _ path: String) -> BeadsError {
    SessionHooks.failure(error, path)
  }
}
