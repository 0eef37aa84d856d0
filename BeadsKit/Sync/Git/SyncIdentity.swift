import BeadsModel
import BeadsSystem

/// Who is named in the commits of a sync.
struct SyncIdentity {
  let author: GitPerson
  let committer: GitPerson

  /// The setting `git.author`, else what git itself would take.
  /// - Throws: `invalid` when neither says who it is.
  init(_ configuration: Configuration, _ git: GitConfig, _ environment: Environment) throws(BeadsError) {
    let named = try configuration.string("git.author").map { text throws(BeadsError) in try Self.parse(text) }
    committer = try Self.person("COMMITTER", git, environment, otherwise: named)
    if let named {
      author = named
    } else {
      author = try Self.person("AUTHOR", git, environment, otherwise: nil)
    }
  }

  private static func person(
    _ role: String, _ git: GitConfig, _ environment: Environment, otherwise named: GitPerson?
  ) throws(BeadsError) -> GitPerson {
    func nonEmpty(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
    let section = role.lowercased()
    let name =
      nonEmpty(environment["GIT_\(role)_NAME"]) ?? nonEmpty(git.value("\(section).name"))
      ?? nonEmpty(git.value("user.name"))
    let mail =
      nonEmpty(environment["GIT_\(role)_EMAIL"]) ?? nonEmpty(git.value("\(section).email"))
      ?? nonEmpty(git.value("user.email")) ?? nonEmpty(environment["EMAIL"])
    if let name, let mail { return GitPerson(name: name, mail: mail) }
    if let named { return named }
    throw BeadsError(
      .invalid, "git does not know who commits here: \(name == nil ? "user.name" : "user.email") is not set",
      hint:
        "set it with git config, or name the author of such commits with `bd config set git.author`"
    )
  }

  /// Reads `Name <mail>`.
  private static func parse(_ text: String) throws(BeadsError) -> GitPerson {
    guard let open = text.firstIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close else {
      throw BeadsError(
        .invalid, "the setting git.author is \(quoted(text))",
        hint: "it takes a name and an address: Name <mail>")
    }
    let person = GitPerson(name: String(text[..<open]), mail: String(text[text.index(after: open)..<close]))
    guard !person.name.isEmpty, !person.mail.isEmpty else {
      throw BeadsError(
        .invalid, "the setting git.author is \(quoted(text))",
        hint: "it takes a name and an address: Name <mail>")
    }
    return person
  }
}
