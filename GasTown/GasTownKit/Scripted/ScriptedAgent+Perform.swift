import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ScriptedAgent {
  /// Performs one command of a script.
  func perform(_ command: String, _ words: [String]) throws {
    let text = words.joined(separator: " ")
    switch command {
    case "say": terminal.print(TypedText.encode(text))
    case "write", "leave": try write(words[0], words.dropFirst().joined(separator: " "))
    case "commit":
      _ = output(of: ["git", "add", "-A"], as: "git")
      if output(of: ["git", "commit", "-q", "-m", text], as: "git") != nil {
        terminal.print("Committed: \(text)")
        noteCommit()
      }
    case "checkpoint":
      let title = words.count > 1 ? ["--title", words.dropFirst().joined(separator: " ")] : []
      if ask(["checkpoint", "write", "--step", words[0]] + title) != nil {
        terminal.print("Step \(words[0]) done")
      }
    case "gt": if let said = ask(words) { terminal.print(TypedText.encode(said)) }
    case "git":
      if let said = output(of: ["git"] + words, as: "git") {
        terminal.print(TypedText.encode(said))
        noteCommit()
      }
    case "sleep": try sleep(text)
    case "wait": while let message = try receive(within: nil), !message.contains(text), text != "" {}
    case "child":
      let seconds = try GoDuration.nanoseconds(text) / 1_000_000_000
      _ = try Subprocess(["sleep", "\(seconds)"]).startDetached()
    case "limit": terminal.print("You've hit your usage limit. Your limit resets at 5pm (UTC).")
    case "flood": flood(megabytes: Int(words[0]) ?? 1)
    case "swallow": terminal.swallowed = Int(words[0]) ?? 1
    case "ignore": terminal.isDeaf = true
    case "hang": hangForEver()
    case "crash": kill(getpid(), SIGKILL)
    case "exit": throw Ending(status: Int32(words[0]) ?? 1)
    case "done":
      if let said = ask(["done"]) { terminal.print(TypedText.encode(said)) } else { isUnfinished = true }
    default: break
    }
  }

  private func write(_ file: String, _ text: String) throws {
    let path = Path.join(environment.currentDirectory, file)
    do throws(BeadsError) {
      try FileSystem.makeDirectory(Path.directory(of: path))
      try FileSystem.replace(path, with: Array((text + "\n").utf8))
      note("write", [("file", file), ("text", text + "\n")])
      terminal.print("Wrote \(file)")
    } catch { terminal.print("✗ \(error)") }
  }

  private func sleep(_ text: String) throws {
    let end = monotonicNanoseconds() &+ (try GoDuration.nanoseconds(text))
    while monotonicNanoseconds() < end { try receive(within: end &- monotonicNanoseconds()) }
  }

  private func flood(megabytes: Int) {
    let line = Array((String(repeating: "0123456789", count: 10) + "\n").utf8)
    let block = (0..<100).flatMap { _ in line }
    for _ in 0..<max(1, megabytes * 1_000_000 / block.count) { terminal.write(block) }
    terminal.print("Printed \(megabytes) MB")
  }
}

private func hangForEver() -> Never { while true { sleep(3600) } }
