import BeadsKit

/// The variables an agent is started with: who it is, and what passes from the person's environment.
struct AgentEnvironment {
  let town: Town
  let rig: Rig?
  let record: AgentRecord
  let runtime: Runtime
  let effort: String

  /// What any agent may see: places, language, proxies, certificates; no keys and no tokens.
  static let common = VariableFilter.basic.adding(
    names: [
      "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy",
      "all_proxy",
      "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
      "GIT_SSL_CAINFO", "GIT_SSH_COMMAND", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
      "XDG_CACHE_HOME",
      "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "COLORTERM", "TMUX_TMPDIR", "GT_SESSIONS",
    ])

  /// Redirects a provider's traffic; it must not leak from one agent to another.
  private static let never: Set<String> = ["ANTHROPIC_BASE_URL", "NODE_OPTIONS", "CLAUDECODE"]

  /// All variables of a session.
  func variables(
    session: String, nonce: String, settings: TownSettings, extra: [String: String]
  ) throws(BeadsError) -> [String: String] {
    let more = settings.list("sessions.pass_variables")
    let filter = Self.common.adding(names: more, prefixes: runtime.passes)
    var variables = filter.filter(town.environment.variables).filter { !Self.never.contains($0.key) }
    if variables["HOME"] == nil { variables["HOME"] = town.environment.homeDirectory }
    variables.merge(try runtime.expandedVariables(town.environment)) { $1 }
    variables.merge(identity(settings)) { $1 }
    variables["GT_SESSION"] = session
    variables["GT_RUN"] = nonce
    variables.merge(extra) { $1 }
    return variables
  }

  func identity(_ settings: TownSettings) -> [String: String] {
    let address = record.address
    let domain = settings.string("agent_email_domain") ?? "gastown.local"
    let dotted = address.text.split(separator: "/").joined(separator: ".")
    let owner = town.environment["GIT_AUTHOR_EMAIL"] ?? "\(dotted)@\(domain)"
    let author = address.name?.rawValue ?? address.text
    var values = [
      "GT_ROLE": address.text, "BD_ACTOR": address.text, "GT_ROOT": town.root, "GT_TOWN_ROOT": town.root,
      "GIT_CEILING_DIRECTORIES": town.root, "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": owner,
      "GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": owner, "GIT_TERMINAL_PROMPT": "0",
      "GT_AGENT": runtime.name, "GT_PROCESS_NAMES": runtime.processNames.joined(separator: ","),
    ]
    if !runtime.models.isEmpty { values["CLAUDE_CODE_EFFORT_LEVEL"] = effort }
    if let name = runtime.sessionIDVariable { values["GT_SESSION_ID_ENV"] = name }
    guard let rig else { return values }
    values["GT_RIG"] = rig.name.rawValue
    guard let name = address.name else { return values }
    values["BEADS_AGENT_NAME"] = "\(rig.name)/\(name)"
    switch address.role {
    case .crew: values["GT_CREW"] = name.rawValue
    case .polecat:
      values["GT_POLECAT"] = name.rawValue
      values["GT_POLECAT_PATH"] = record.worktree
      values["GT_BRANCH"] = record.branch?.rawValue
      let names = (try? FileSystem.list(rig.path("polecats"))) ?? []
      values["POLECAT_SLOT"] = "\(names.filter { !$0.hasPrefix(".") }.firstIndex(of: name.rawValue) ?? 0)"
    default: break
    }
    return values
  }
}
