public import BeadsKit

extension TmuxSessions {
  /// How long to look for the pasted text before pressing Enter all the same.
  private static let echoTime: Int64 = 800_000_000
  /// How long to look for what Enter brings about, each time it is pressed; some agents swallow it.
  private static let submitTimes: [Int64] = [300_000_000, 600_000_000, 1_200_000_000]

  /// Pastes a text, presses Enter and looks whether the input line emptied; see `Sessions`.
  public func send(_ message: TypedMessage, to name: String) throws(BeadsError) -> Bool {
    let pane = try livePane(of: name, message.process)
    let before = try screen(pane)
    try paste(message.text, into: pane, of: name)
    let typed = try waitForChange(from: before, in: pane, for: Self.echoTime) { $0 }
    for time in Self.submitTimes {
      try tmux.run(["send-keys", "-t", pane, "Enter"], to: "press Enter in \(name)")
      let input: (Screen) -> Screen = { typed == nil ? $0 : $0.input(after: message.prompt) }
      if try waitForChange(from: typed ?? before, in: pane, for: time, part: input) != nil { return true }
    }
    return false
  }

  private func livePane(of name: String, _ expected: ProcessIdentity?) throws(BeadsError) -> String {
    let session = try existing(name)
    guard let pane = session.pane, let process = session.process, process.isAlive else {
      throw BeadsError(
        .refused, "the agent of \(name) has ended; nothing was typed",
        hint: "`gt session restart` starts it again")
    }
    if let expected, expected != process {
      throw BeadsError(
        .refused, "what runs in \(name) is not the agent that gt started; nothing was typed",
        hint: "a shell would run what it is told; `gt session restart` starts the agent again")
    }
    return pane
  }

  /// Pastes the text as one piece, with its line feeds, and between the marks of a paste if the agent knows them.
  private func paste(_ text: String, into pane: String, of name: String) throws(BeadsError) {
    let buffer = "gt-\(UInt32.random(in: .min ... .max))"
    try tmux.run(
      [
        "if-shell", "-F", "-t", pane, "#{pane_in_mode}", "send-keys -t \(pane) -X cancel", ";",
        "load-buffer", "-b", buffer, "-", ";", "paste-buffer", "-p", "-r", "-d", "-b", buffer, "-t", pane,
      ], to: "type into \(name)", input: Array(TypedText.encode(text).utf8))
  }

  /// What a pane shows, or a part of it.
  struct Screen: Equatable {
    var cursor: String
    var lines: [Substring]

    /// The input line alone: the last that starts with the agent's prompt, else the one with the cursor.
    func input(after prompt: String?) -> Screen {
      // An empty input line is shown without the blank behind its mark.
      let mark = prompt?.filter { $0 != " " } ?? ""
      if !mark.isEmpty, let line = lines.last(where: { $0.hasPrefix(mark) }) {
        return Screen(cursor: "", lines: [line])
      }
      let row = cursor.split(separator: ",").last.flatMap { Int($0) } ?? 0
      return Screen(cursor: cursor, lines: lines.indices.contains(row) ? [lines[row]] : [])
    }
  }

  func screen(_ pane: String) throws(BeadsError) -> Screen {
    let text = try tmux.run(
      [
        "display-message", "-p", "-t", pane, "#{cursor_x},#{cursor_y}", ";", "capture-pane", "-p", "-t", pane,
      ],
      to: "look at \(pane)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return Screen(cursor: lines.first.map(String.init) ?? "", lines: Array(lines.dropFirst()))
  }

  /// The screen once the part of it that counts has changed; nil when it does not in time.
  private func waitForChange(
    from old: Screen, in pane: String, for time: Int64, part: (Screen) -> Screen
  ) throws(BeadsError) -> Screen? {
    let deadline = monotonicNanoseconds() &+ time
    let start = part(old)
    while true {
      let now = try screen(pane)
      if part(now) != start { return now }
      if monotonicNanoseconds() >= deadline { return nil }
      pause(nanoseconds: 5_000_000)
    }
  }
}
