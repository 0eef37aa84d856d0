import BeadsFormats
public import BeadsModel
import BeadsSystem

/// A line of `routes.jsonl`: issues with this prefix belong to the project in this directory.
public struct Route: Sendable, Equatable {
  /// The prefix, without the hyphen at its end.
  public let prefix: Prefix
  /// The project's directory, absolute.
  public let path: String
  /// The directory as the file has it, such as `gastown/mayor/rig`.
  public let name: String
  /// The file it was read from.
  public let file: String
  /// Its line there, from 1.
  public let line: Int

  /// Where it was written, for messages.
  public var place: String { "\(file), line \(line)" }
}

/// One `routes.jsonl`, read.
struct RouteFile {
  private(set) var routes: [Route] = []
  /// What is wrong with lines that were skipped.
  private(set) var warnings: [String] = []

  /// Reads a file; nil when there is none.
  /// - Parameter directory: What its paths start from.
  init?(_ path: String, in directory: String, _ environment: Environment) {
    guard let text = try? FileSystem.readText(path) else { return nil }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let content = line.trimmingBlanks
      if content.isEmpty || content.hasPrefix("#") { continue }
      let value = JSONValue(parsing: String(content))
      guard let prefix = value?["prefix"]?.stringValue.flatMap(Prefix.init(rawValue:)),
        let name = value?["path"]?.stringValue, !name.isEmpty
      else {
        warnings.append(
          "\(path), line \(index + 1) is no route and was skipped; a route is "
            + #"{"prefix":"gt-","path":"DIRECTORY"}"#)
        continue
      }
      let target = Path.absolute(Path.expandingHome(name, environment), in: directory)
      // Tools that append a route mean it to replace the one before.
      routes.removeAll { $0.prefix == prefix }
      routes.append(Route(prefix: prefix, path: target, name: name, file: path, line: index + 1))
    }
  }
}
