import BeadsKit

/// Where a copy of a message goes.
enum MailTarget: Hashable {
  case agent(AgentAddress)
  case board(MessagingSettings.Kind, String)

  /// What the message is assigned to.
  var assignee: String {
    switch self {
    case .agent(let address): address.text
    case .board(let kind, let name): "\(kind.word):\(name)"
    }
  }
}

/// Finds out who is meant by what users write as a recipient (contract 4.9).
struct MailRoute {
  private let town: Town
  private let database: TownDatabase?
  private let sender: AgentAddress
  private let settings: MessagingSettings
  private let directory: AgentDirectory

  init(_ town: Town, _ database: TownDatabase?, sender: AgentAddress) throws(BeadsError) {
    self.town = town
    self.database = database
    self.sender = sender
    settings = try MessagingSettings.load(town)
    directory = try AgentDirectory(town, database)
  }

  /// Everybody meant, each once, in order; who sends to many does not get a copy.
  /// - Throws: `not_found` for nobody: no message is dropped silently.
  func targets(of recipients: [String]) throws(BeadsError) -> [MailTarget] {
    var seen: Set<MailTarget> = []
    var targets: [MailTarget] = []
    for recipient in recipients {
      var lists: Set<String> = []
      for target in try self.targets(of: recipient, &lists) where seen.insert(target).inserted {
        targets.append(target)
      }
    }
    return targets
  }

  private func targets(of text: String, _ lists: inout Set<String>) throws(BeadsError) -> [MailTarget] {
    if let (kind, name) = Self.board(text) { return try board(kind, name, &lists) }
    if text.hasPrefix("@") {
      guard let all = directory.special(text) else { throw unknown(text) }
      return try many(all, text)
    }
    if text.contains("*") { return try many(directory.matching(text), text) }
    if text.contains("/") || AgentAddress(text) != nil {
      let address = try town.address(text)
      try town.requireAgent(address, database)
      return [.agent(address)]
    }
    let kinds = MessagingSettings.Kind.allCases.filter { settings.names($0).contains(text) }
    if kinds.count > 1 {
      throw BeadsError(
        .ambiguous, "\(quoted(text)) is the name of several things",
        hint: "write one of \(kinds.map { "\($0.word):\(text)" }.joined(separator: ", "))")
    }
    guard let kind = kinds.first else { throw unknown(text) }
    return try board(kind, text, &lists)
  }

  /// `queue:NAME` and its like.
  private static func board(_ text: String) -> (MessagingSettings.Kind, String)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let (word, name) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    if word == "group" { return (.list, name) }
    return MessagingSettings.Kind.allCases.first { $0.word == word }.map { ($0, name) }
  }

  private func board(
    _ kind: MessagingSettings.Kind, _ name: String, _ lists: inout Set<String>
  ) throws(BeadsError) -> [MailTarget] {
    guard settings.names(kind).contains(name) else { throw unknown("\(kind.word):\(name)") }
    switch kind {
    case .queue, .announcements: return [.board(kind, name)]
    case .channel:
      var targets = [MailTarget.board(kind, name)]
      for member in settings.channels[name]?.subscribers ?? [] { targets += try others(member, &lists) }
      return targets
    case .list:
      // A list may name lists; one that names itself adds nothing.
      guard lists.insert(name).inserted else { return [] }
      var targets: [MailTarget] = []
      for member in settings.lists[name] ?? [] { targets += try others(member, &lists) }
      if lists.count == 1, targets.isEmpty {
        throw BeadsError(.notFound, "the list \(name) has no members but you")
      }
      return targets
    }
  }

  private func others(_ member: String, _ lists: inout Set<String>) throws(BeadsError) -> [MailTarget] {
    try targets(of: member, &lists).filter { $0 != .agent(sender) }
  }

  private func many(_ agents: [AgentAddress], _ text: String) throws(BeadsError) -> [MailTarget] {
    let others = agents.filter { $0 != sender }
    if others.isEmpty { throw BeadsError(.notFound, "\(quoted(text)) means nobody in this town") }
    return others.map(MailTarget.agent)
  }

  private func unknown(_ text: String) -> BeadsError {
    BeadsError(
      .notFound, "nobody gets mail as \(quoted(text))", hint: "`gt mail directory` lists those who do")
  }
}
