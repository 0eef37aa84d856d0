public import BeadsKit

/// What the system offers to keep a program running for a user: systemd or launchd.
public struct Supervisor: Sendable {
  /// Which one.
  public enum Kind: String, Sendable { case systemd, launchd }

  /// Which one this machine has.
  public let kind: Kind
  /// The file that tells it about the daemon of a town.
  public let path: String
  private let name: String
  private let town: Town
  private let program: String

  /// Finds it.
  /// - Throws: `unsupported` on a machine that has none.
  public init(_ town: Town, program: String) throws(BeadsError) {
    self.town = town
    self.program = program
    guard let home = town.environment["HOME"], home.hasPrefix("/") else {
      throw BeadsError(.unsupported, "there is no HOME, so no place for what the system is to start")
    }
    name = "gastown-" + Tmux.socketName(root: town.root)
    #if os(macOS)
      kind = .launchd
      path = Path.join(home, "Library/LaunchAgents/\(name).plist")
    #else
      kind = .systemd
      let folder = town.environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      path = Path.join(folder ?? Path.join(home, ".config"), "systemd/user/\(name).service")
    #endif
    guard controller.path != nil else {
      throw BeadsError(
        .unsupported, "this machine has no \(controller.name), which would start the daemon",
        hint: "`gt up` starts it by hand")
    }
  }

  private var controller: HostProgram { call(kind == .systemd ? ["systemctl"] : ["launchctl"]) }

  private func call(_ arguments: [String]) -> HostProgram {
    HostProgram(
      arguments, directory: "/", variables: town.environment.variables, timeout: .seconds(30))
  }

  /// The command that turns it off again.
  public var disabling: [String] {
    kind == .systemd
      ? ["systemctl", "--user", "disable", name + ".service"] : ["launchctl", "unload", "-w", path]
  }

  /// Writes the file, and has the daemon started now and at each login.
  /// - Throws: `io_error` with what the supervisor says against it; the file is written then.
  public func enable() throws(BeadsError) {
    try FileSystem.makeDirectory(Path.directory(of: path))
    let text = try kind == .systemd ? unit() : agent()
    try FileSystem.replace(path, with: Array(text.utf8))
    // The one that runs now would keep the other from starting.
    if try Daemon(town).process() != nil { try Daemon(town).stop() }
    let commands =
      kind == .systemd
      ? [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", name + ".service"],
      ] : [["launchctl", "load", "-w", path]]
    for command in commands {
      let result = try call(command).ask()
      if result.succeeded { continue }
      let said = result.errorText.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
      throw BeadsError(
        .io, "\(command.joined(separator: " ")) failed\(said)",
        hint: "\(path) is written; `gt up` starts the daemon by hand")
    }
  }

  /// Variables without which the daemon finds neither its town nor its programs.
  private var variables: [(String, String)] {
    let kept = ["PATH", "TMUX_TMPDIR", "GT_SESSIONS", "XDG_CONFIG_HOME"]
    return [("GT_TOWN_ROOT", town.root)]
      + kept.compactMap { name in town.environment[name].map { (name, $0) } }
  }

  private func unit() throws(BeadsError) -> String {
    let settings = try variables.map { name, value throws(BeadsError) in
      "Environment=\(try Self.word("\(name)=\(value)"))"
    }
    return """
      [Unit]
      Description=Gas Town of \(try Self.plain(town.root))

      [Service]
      ExecStart=\(try Self.word(program).replacing("$", with: "$$")) daemon run --quiet
      WorkingDirectory=\(try Self.plain(town.root).replacing("%", with: "%%"))
      Restart=on-failure
      RestartSec=5
      KillMode=process
      \(settings.joined(separator: "\n"))

      [Install]
      WantedBy=default.target

      """
  }

  private func agent() throws(BeadsError) -> String {
    let settings = try variables.map { name, value throws(BeadsError) in
      "    <key>\(name)</key><string>\(try Self.escaped(value))</string>"
    }
    let words = try [program, "daemon", "run", "--quiet"].map { word throws(BeadsError) in
      "    <string>\(try Self.escaped(word))</string>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      <dict>
        <key>Label</key><string>\(name)</string>
        <key>ProgramArguments</key>
        <array>
      \(words.joined(separator: "\n"))
        </array>
        <key>WorkingDirectory</key><string>\(try Self.escaped(town.root))</string>
        <key>EnvironmentVariables</key>
        <dict>
      \(settings.joined(separator: "\n"))
        </dict>
        <key>RunAtLoad</key><true/>
        <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
        <key>AbandonProcessGroup</key><true/>
      </dict>
      </plist>

      """
  }

  private static func plain(_ text: String) throws(BeadsError) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return text }
    throw BeadsError(.invalid, "\(quoted(text)) holds a control character")
  }

  /// A word as systemd reads it.
  private static func word(_ text: String) throws(BeadsError) -> String {
    let escaped = try plain(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("%", with: "%%")
    return "\"\(escaped)\""
  }

  /// A text in XML.
  private static func escaped(_ text: String) throws(BeadsError) -> String {
    try plain(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
