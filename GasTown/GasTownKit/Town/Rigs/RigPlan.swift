import BeadsKit

/// What a new rig will be, found out before anything is made.
struct RigPlan {
  let name: RigName
  let url: RemoteURL
  let pushURL: RemoteURL?
  let upstreamURL: RemoteURL?
  let localRepository: String?
  let filter: String?
  let branch: BranchName
  /// The prefix the user named.
  let chosenPrefix: Prefix?
  /// That, or the one that suits the name.
  let prefix: Prefix

  /// Checks what the user asked for, and asks the remote which branches it has.
  init(_ installer: RigInstaller, _ name: RigName, _ given: String) throws(BeadsError) {
    let (town, request) = (installer.town, installer.request)
    self.name = name
    url = try RemoteURL(given, town.environment)
    pushURL = try request.pushURL.map { text throws(BeadsError) in try RemoteURL(text, town.environment) }
    upstreamURL = try request.upstreamURL.map { text throws(BeadsError) in
      try RemoteURL(text, town.environment)
    }
    localRepository = try request.localRepository.map { text throws(BeadsError) in
      try Self.objects(text, town.environment)
    }
    filter = try request.filter.map(Self.filter)
    chosenPrefix = try request.prefix.map { text throws(BeadsError) in try RigPrefix.check(text) }
    prefix = chosenPrefix ?? RigPrefix.derived(from: name.rawValue)
    if chosenPrefix != nil {
      try RigRegistry(town: town, command: installer.command).requireFree(prefix, for: name)
    }
    let wanted = try request.branch.map { text throws(BeadsError) in try BranchName(text) }
    branch = try RemoteBranches(town, url).choose(wanted)
    // The derived prefix is checked when it turns out that the project brings none.
  }

  /// The addresses as the files hold them, without passwords.
  var urls: [(String, JSONValue?)] {
    [
      ("git_url", .string(url.description)), ("push_url", pushURL.map { .string($0.description) }),
      ("upstream_url", upstreamURL.map { .string($0.description) }),
      ("local_repo", localRepository.map(JSONValue.string)),
    ]
  }

  private static func objects(_ text: String, _ environment: Environment) throws(BeadsError) -> String {
    let path = Path.absolute(Path.expandingHome(text, environment), in: environment.currentDirectory)
    let places = [Path.join(path, ".git/objects"), Path.join(path, "objects")]
    guard places.contains(where: FileSystem.isDirectory) else {
      throw BeadsError(
        .invalid, "\(path) is no git repository", hint: "--local-repo takes the path of a clone")
    }
    return path
  }

  private static func filter(_ text: String) throws(BeadsError) -> String {
    let isKnown = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: ":")
        || byte == UInt8(ascii: "=")
    }
    if isKnown, !text.isEmpty { return text }
    throw BeadsError(.invalid, "\(quoted(text)) is no filter", hint: "for example --filter blob:none")
  }
}

/// The branches that a repository has, asked for once.
struct RemoteBranches {
  private let url: RemoteURL
  private var names: [String] = []
  private var head: String?

  /// Asks; nothing is written.
  /// - Throws: `io_error` with git's words when it does not answer.
  init(_ town: Town, _ url: RemoteURL) throws(BeadsError) {
    self.url = url
    var git = town.git(town.root)
    git.timeout = .seconds(300)
    let answer = try git.ask("ls-remote", "--symref", "--", url.text, "HEAD", "refs/heads/*")
    guard answer.succeeded else {
      throw BeadsError(
        .io, "git cannot read \(url): " + url.redacting(GitCommand.reason(answer.errorText)),
        hint: "check the address, and that `git ls-remote` can read it without asking for a password")
    }
    for line in answer.text.split(separator: "\n") {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count == 2 else { continue }
      let heads = "refs/heads/"
      if parts[1] == "HEAD", parts[0].hasPrefix("ref: " + heads) {
        head = String(parts[0].dropFirst(5 + heads.utf8.count))
      } else if parts[1].hasPrefix(heads) {
        names.append(String(parts[1].dropFirst(heads.utf8.count)))
      }
    }
  }

  /// The branch that work goes to: the one named, else what the remote's HEAD names, else master, main, or the only one.
  /// - Throws: `refused` when there are no commits, `not_found` when there is no such branch, `invalid` when the
  ///   user has to say.
  func choose(_ wanted: BranchName?) throws(BeadsError) -> BranchName {
    if names.isEmpty {
      throw BeadsError(
        .refused, "the repository \(url) is empty",
        hint: "push a first commit to it; agents need a branch to start from")
    }
    let shown = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " ..." : "")
    if let wanted {
      if names.contains(wanted.rawValue) { return wanted }
      throw BeadsError(.notFound, "\(url) has no branch \(wanted)", hint: "it has \(shown)")
    }
    let usual = [head, "master", "main"].compactMap(\.self).first { names.contains($0) }
    guard let name = usual ?? (names.count == 1 ? names[0] : nil), let branch = BranchName(rawValue: name)
    else {
      throw BeadsError(
        .invalid, "\(url) does not tell its default branch", hint: "name one with --branch: \(shown)")
    }
    return branch
  }
}
