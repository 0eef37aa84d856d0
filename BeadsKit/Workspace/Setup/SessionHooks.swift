import BeadsFormats
import BeadsModel
import BeadsSystem

/// Commands that an agent's program runs at moments of a session, in its JSON file of settings.
///
///     {"hooks": {"SessionStart": [{"matcher": "", "hooks": [{"type": "command", "command": "bd prime"}]}]}}
///
/// Everything else in the file keeps its bytes, and taking ours out gives the file back as it was: of the ways in which
/// the file can have looked, the one is taken to which adding ours gives what is there.
struct SessionHooks: Sendable, Equatable {
  struct Hook: Sendable, Equatable {
    let event: String
    let command: String

    /// Whether the command is one that we write, or an earlier version of us did.
    var isOurs: Bool {
      let words = command.split(separator: " ")
      return words.prefix(2) == ["bd", "prime"] && words.dropFirst(2).allSatisfy { $0.hasPrefix("--") }
    }

    var group: JSONValue {
      let action = JSONValue.object([
        .init(key: "type", value: .string("command")), .init(key: "command", value: .string(command)),
      ])
      return .object([
        .init(key: "matcher", value: .string("")), .init(key: "hooks", value: .array([action])),
      ])
    }
  }

  let hooks: [Hook]

  /// The same commands with another flag.
  func adding(_ flag: String) -> SessionHooks {
    SessionHooks(hooks: hooks.map { Hook(event: $0.event, command: "\($0.command) \(flag)") })
  }

  /// The file with our hooks in it; nil stands for no file.
  /// - Throws: `corrupt` when it is no JSON, `conflict` when it has something else where hooks belong.
  func applied(to bytes: [UInt8]?, _ path: String) throws(BeadsError) -> [UInt8] {
    guard let bytes else { return fresh }
    var edit = try Self.parse(bytes, path)
    let present = Self.ours(edit).map(\.hook)
    if present.count == hooks.count, hooks.allSatisfy(present.contains) { return bytes }
    if !present.isEmpty {
      guard case .content(let rest) = try removed(from: bytes, path) else { return fresh }
      edit = try Self.parse(rest, path)
    }
    for hook in hooks { try Self.add(hook, to: &edit, path) }
    return edit.bytes
  }

  /// What is left of the file without our hooks.
  func removed(from bytes: [UInt8], _ path: String) throws(BeadsError) -> SetupRemainder {
    var edit = try Self.parse(bytes, path)
    guard !Self.ours(edit).isEmpty else { return .untouched }
    while let last = Self.ours(edit).last {
      guard let rest = try Self.without(last, edit, path) else { return .nothing }
      edit = rest
    }
    return .content(edit.bytes)
  }

  // MARK: Adding

  private var fresh: [UInt8] { Self.fresh(hooks) }

  private static func fresh(_ hooks: [Hook]) -> [UInt8] {
    let events = hooks.map { JSONValue.Member(key: $0.event, value: .array([$0.group])) }
    let value = JSONValue.object([.init(key: "hooks", value: .object(events))])
    return JSONEdit.pretty(value) + [UInt8(ascii: "\n")]
  }

  private static func add(_ hook: Hook, to edit: inout JSONEdit, _ path: String) throws(BeadsError) {
    let keys = ["hooks", hook.event]
    let places = edit.places(of: keys)
    let wantsArray = places.count == keys.count
    guard let node = edit.node(at: places), node.items != nil, node.isArray == wantsArray else {
      let name = places.isEmpty ? "the whole file" : quoted(keys[..<places.count].joined(separator: "."))
      throw BeadsError(
        .conflict, "\(path): \(name) is no \(wantsArray ? "array" : "object"); nothing was changed")
    }
    do throws(JSONError) {
      switch places.count {
      case 0:
        let events = JSONValue.object([.init(key: hook.event, value: .array([hook.group]))])
        try edit.add("hooks", events, at: places)
      case 1: try edit.add(hook.event, .array([hook.group]), at: places)
      default: try edit.add(nil, hook.group, at: places)
      }
    } catch { throw failure(error, path) }
  }

  // MARK: Removing

  private struct Location {
    let hook: Hook
    /// The places of `hooks`, the event and the group; then, where the group has others too, of our action in it.
    let places: [Int]
  }

  private static func ours(_ edit: JSONEdit) -> [Location] {
    let top = edit.places(of: ["hooks"])
    guard !top.isEmpty, let events = edit.node(at: top), !events.isArray, let items = events.items else {
      return []
    }
    var found: [Location] = []
    for (place, event) in items.enumerated() where event.node.isArray {
      for group in (event.node.items ?? []).indices {
        found += ours(edit, event.key ?? "", top + [place, group])
      }
    }
    return found
  }

  private static func ours(_ edit: JSONEdit, _ event: String, _ places: [Int]) -> [Location] {
    guard let group = edit.value(at: places), let actions = group["hooks"]?.arrayValue else { return [] }
    let commands = actions.map { Hook(event: event, command: $0["command"]?.stringValue ?? "") }
    if let first = commands.first, commands.count == 1, first.isOurs {
      return [Location(hook: first, places: places)]
    }
    guard case .object(let members) = group,
      let inner = members.lastIndex(where: { $0.key == "hooks" })
    else { return [] }
    return commands.enumerated().filter { $0.element.isOurs }
      .map { Location(hook: $0.element, places: places + [inner, $0.offset]) }
  }

  private static func without(
    _ location: Location, _ edit: JSONEdit, _ path: String
  ) throws(BeadsError) -> JSONEdit? {
    if edit.bytes == fresh([location.hook]) { return nil }
    let places = location.places
    // The longest way up on which nothing stands but ours, for what was made for it goes with it.
    let isShared = places.count > 3
    var shortest = isShared ? places.count : 3
    while !isShared, shortest > 1, edit.node(at: Array(places[..<(shortest - 1)]))?.items?.count == 1 {
      shortest -= 1
    }
    var fallback: JSONEdit?
    for count in shortest...places.count {
      var rest = edit
      do throws(JSONError) { try rest.remove(Array(places[..<count])) } catch { throw failure(error, path) }
      if fallback == nil { fallback = rest }
      var again = rest
      try? add(location.hook, to: &again, path)
      if again.bytes == edit.bytes { return rest }
    }
    return fallback
  }

  // MARK: Errors

  private static func parse(_ bytes: [UInt8], _ path: String) throws(BeadsError) -> JSONEdit {
    do throws(JSONError) { return try JSONEdit(bytes) } catch { throw failure(error, path) }
  }

  static func failure(_ error: JSONError, _ path: String) -> BeadsError {
    BeadsError(
      .corrupt, "\(path) is no JSON: \(error.reason) at byte \(error.offset + 1); nothing was changed",
      hint: "put it right, or add what `bd setup RECIPE --print` shows by hand")
  }
}
