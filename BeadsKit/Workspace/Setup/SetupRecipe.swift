public import BeadsSystem

/// How one kind of agent or editor is told about beads: which files get what.
public struct SetupRecipe: Sendable, Equatable {
  /// What it is called on the command line.
  public let name: String
  /// Whom it is for, in a few words.
  public let title: String
  /// Whether it comes from `.beads/recipes.toml`.
  public var isOwn = false
  let parts: [Part]
  /// The same for all projects of a user; empty when the program knows no such place.
  var globalParts: [Part] = []

  /// One file.
  struct Part: Sendable, Equatable {
    /// Relative to the root of the checkout, or to the home directory.
    let path: String
    /// The file for settings that are not shared with others, if the program knows one.
    var personalPath: String?
    let content: Content

    var paths: [String] { [path] + (personalPath.map { [$0] } ?? []) }
  }

  /// What goes into a file.
  enum Content: Sendable, Equatable {
    case section(MarkedSection)
    case hooks(SessionHooks)
    case server(ServerEntry)

    func applied(to bytes: [UInt8]?, _ path: String) throws(BeadsError) -> [UInt8] {
      switch self {
      case .section(let section): try section.applied(to: bytes, path)
      case .hooks(let hooks): try hooks.applied(to: bytes, path)
      case .server(let entry): try entry.applied(to: bytes, path)
      }
    }

    func removed(from bytes: [UInt8], _ path: String) throws(BeadsError) -> SetupRemainder {
      switch self {
      case .section(let section): try section.removed(from: bytes, path)
      case .hooks(let hooks): try hooks.removed(from: bytes, path)
      case .server(let entry): try entry.removed(from: bytes, path)
      }
    }

    /// The same for those who keep git out of it.
    var stealthy: Content {
      guard case .hooks(let hooks) = self else { return self }
      return .hooks(hooks.adding("--stealth"))
    }
  }

  /// The files it writes in a project.
  public var paths: [String] { parts.map(\.path) }

  /// Whether it can be set up for all projects at once.
  public var isGlobal: Bool { !globalParts.isEmpty }

  /// The files as they are made where there are none.
  public func files(isStealthy: Bool = false) throws(BeadsError) -> [(path: String, text: String)] {
    var files: [(path: String, text: String)] = []
    for part in parts {
      let content = isStealthy ? part.content.stealthy : part.content
      files.append((part.path, String(decoding: try content.applied(to: nil, part.path), as: UTF8.self)))
    }
    return files
  }

  /// Puts the lines for agents into a file of any place; returns whether that changed it.
  /// - Throws: `unsupported` when the recipe has none, only hooks.
  public func write(to path: String) throws(BeadsError) -> Bool {
    let texts = parts.compactMap { part in
      if case .section(let section) = part.content, section.key == nil { section } else { nil }
    }
    guard let section = texts.first else {
      throw BeadsError(
        .unsupported, "\(name) has only hooks, no lines for agents", hint: "print them with `bd onboard`")
    }
    let before = try FileSystem.readIfPresent(path)
    let after = try section.applied(to: before, path)
    if after == before { return false }
    try FileSystem.replace(path, with: after)
    return true
  }
}

/// What is left of a file when ours is taken out.
enum SetupRemainder: Equatable {
  /// There is nothing of ours in it.
  case untouched
  /// It was made for ours.
  case nothing
  case content([UInt8])
}
