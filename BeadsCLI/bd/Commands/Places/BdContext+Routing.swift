import BeadsKit
import CommandKit

extension BdContext {
  /// Issues of one project, and the project.
  typealias Part = (workspace: Workspace, words: [String])

  /// The project one is in; when the command was given issues of another and one is in none, that one.
  func homeOrWorkspace() throws(BeadsError) -> Workspace {
    if let home { return home }
    return try workspace()
  }

  /// The project that a command works on: the one that its issues belong to, else the one that one is in.
  ///
  /// Called once, before a store is opened.
  func issuePlace() throws(BeadsError) -> Workspace {
    let parts = try issueParts()
    if parts.count > 1, RoutedArguments.command(arguments) != "show" { throw Self.mixed(parts) }
    return parts[0].workspace
  }

  /// The projects that the issues on the command line belong to, in the order of the words; home without any.
  func issueParts() throws(BeadsError) -> [Part] {
    if let parts { return parts }
    let made = try findParts()
    parts = made
    return made
  }

  private func findParts() throws(BeadsError) -> [Part] {
    let failure = locateHome()
    let words = routedWords
    guard !words.isEmpty, !isPinned else { return [(try required(home, failure), words)] }
    var places = IssuePlaces(environment: environment, home: home)
    var parts: [Part] = []
    if places.router.routes.isEmpty {
      parts = [(try required(home, failure), words)]
    } else {
      for word in words {
        if !parts.isEmpty, mayBeLabel(word, places.router) {
          parts[0].words.append(word)
          continue
        }
        let place = try required(places.place(of: word), failure)
        if let index = parts.firstIndex(where: { $0.workspace.beadsDirectory == place.beadsDirectory }) {
          parts[index].words.append(word)
        } else {
          parts.append((place, [word]))
        }
      }
    }
    for warning in places.warnings { warn("\(warning)") }
    if environment["BD_DEBUG_ROUTING"] == "1" {
      for line in places.log { output.note("routing: \(line)") }
    }
    return parts
  }

  /// Whether a further word of `label add` and `label remove` has the prefix of no project, as labels have.
  private func mayBeLabel(_ word: String, _ router: Router) -> Bool {
    guard ["label add", "label remove"].contains(RoutedArguments.command(arguments)) else { return false }
    let own = home.flatMap { try? $0.recordedPrefix(environment).prefix.rawValue }
    return router.route(for: word) == nil && !(own.map { word.hasPrefix($0 + "-") } ?? false)
  }

  /// Finds the project one is in; returns why there is none.
  private func locateHome() -> BeadsError? {
    if home != nil { return nil }
    do throws(BeadsError) {
      home = try Workspace.locate(
        environment: environment, databasePath: arguments.string("db"),
        directory: arguments.string("directory"))
      return nil
    } catch { return error }
  }

  private func required(_ workspace: Workspace?, _ failure: BeadsError?) throws(BeadsError) -> Workspace {
    if let workspace { return workspace }
    throw failure ?? BeadsError(.noStore, "no beads database found")
  }

  /// Whether a database was named, which is then worked on whatever the issues are.
  private var isPinned: Bool {
    arguments.isSet("db") || ["BEADS_DB", "BD_DB"].contains { !(environment[$0] ?? "").isEmpty }
  }

  private var routedWords: [String] {
    let words = arguments.subjects
    let command = RoutedArguments.command(arguments)
    let isLast = command == "show" ? arguments.bool("current") : RoutedArguments.meansLast.contains(command)
    guard words.isEmpty, isLast, home != nil, let last = try? LastTouched.read(self) else { return words }
    return [last.rawValue]
  }

  static func mixed(_ parts: [Part]) -> BeadsError {
    let list = parts.map { "\($0.words.joined(separator: " ")) in \($0.workspace.projectDirectory)" }
    return BeadsError(
      .invalid, "these issues belong to several projects: \(list.joined(separator: ", "))",
      hint: "name the issues of one project at a time")
  }
}
