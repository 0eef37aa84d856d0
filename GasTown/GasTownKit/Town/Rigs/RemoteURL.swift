public import BeadsKit

/// Where a repository comes from: a URL that git understands and that is safe to hand to it.
public struct RemoteURL: Sendable, Equatable, CustomStringConvertible {
  /// What git is given; it may hold a password.
  let text: String
  /// The same without user name and password of the URL, for files and for people.
  public let description: String

  private static let schemes: Set<String> = ["https", "http", "ssh", "git", "file", "git+ssh", "ssh+git"]

  /// Reads what a user gave: a URL, `user@host:path`, or the path of a directory.
  /// - Throws: `invalid` for anything else, also for helpers of git that run programs (`ext::`).
  public init(_ given: String, _ environment: Environment) throws(BeadsError) {
    let isPlain = !given.isEmpty && !given.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F }
    if let (scheme, rest) = Self.scheme(of: given) {
      guard isPlain, Self.schemes.contains(scheme), !rest.isEmpty, !rest.hasPrefix("-"),
        scheme == "file" || !rest.hasPrefix("/")
      else { throw Self.refusal(given) }
      text = given
      description = scheme + "://" + Self.withoutUser(rest, keepsName: scheme.contains("ssh"))
      return
    }
    if isPlain, Self.isScpLike(given) {
      text = given
      description = given
      return
    }
    guard !given.isEmpty, !given.hasPrefix("-"), !given.contains("::"),
      !given.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw Self.refusal(given) }
    let path = Path.absolute(Path.expandingHome(given, environment), in: environment.currentDirectory)
    guard FileSystem.isDirectory(path) else {
      if ["/", "./", "../", "~/"].contains(where: given.hasPrefix) {
        throw BeadsError(.notFound, "there is no directory \(path)", hint: "check where the repository is")
      }
      throw Self.refusal(given)
    }
    text = path
    description = path
  }

  private static func scheme(of text: String) -> (scheme: String, rest: String)? {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://") else {
      return nil
    }
    return (text[..<colon].lowercased(), String(text[colon...].dropFirst(3)))
  }

  /// Whether this is `host:path` or `user@host:path`.
  private static func isScpLike(_ text: String) -> Bool {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let host = text[..<colon]
    let path = text[text.utf8.index(after: colon)...]
    let isHost =
      !host.isEmpty && !host.hasPrefix("-") && !host.contains("/") && host.contains { $0 == "@" || $0 == "." }
    return isHost && !path.isEmpty && !path.hasPrefix(":") && !path.hasPrefix("-")
  }

  private static func withoutUser(_ rest: String, keepsName: Bool) -> String {
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    guard let at = rest[..<end].lastIndex(of: "@") else { return rest }
    let host = rest[rest.index(after: at)...]
    guard keepsName, let name = rest[..<at].split(separator: ":").first else { return String(host) }
    return "\(name)@\(host)"
  }

  /// The text with a password in it made unreadable.
  private static func refusal(_ given: String) -> BeadsError {
    let shown = scheme(of: given).map { $0.scheme + "://" + withoutUser($0.rest, keepsName: false) } ?? given
    let parts = given.split(separator: "/", omittingEmptySubsequences: false)
    let isShort = parts.count == 2 && parts.allSatisfy { AgentName(rawValue: String($0)) != nil }
    return BeadsError(
      .invalid, "\(quoted(shown)) is no address of a repository",
      hint: isShort
        ? "for a repository on GitHub: https://github.com/\(given)"
        : "for example https://github.com/OWNER/NAME, git@github.com:OWNER/NAME, or the path of a repository")
  }

  /// A text of git's with this address shown without its password.
  func redacting(_ words: String) -> String {
    guard text != description else { return words }
    var result = words
    for secret in [text, userInfo].compactMap(\.self) where !secret.isEmpty {
      result = result.split(separator: secret, omittingEmptySubsequences: false)
        .joined(separator: secret == text ? description : "***")
    }
    return result
  }

  private var userInfo: String? {
    guard let rest = Self.scheme(of: text)?.rest else { return nil }
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    return rest[..<end].lastIndex(of: "@").map { String(rest[..<$0]) }
  }
}
