import BeadsKit
import BeadsTesting
import Testing

@Suite struct ActivityTests {
  /// A follower shows what other processes do, each once and in order, without a daemon.
  @Test func followersSeeWhatOthersDo() throws {
    let stress = try StressProject()
    let script = """
      "$1" activity --follow --json --interval 5ms > feed.txt & follower=$!
      for n in 1 2 3 4 5; do "$1" create "Issue $n" --id t-i$n -d x --silent >/dev/null; done
      "$1" close t-i3 --reason "Done" >/dev/null
      n=0; until grep -q Done feed.txt || [ $n -ge 2000 ]; do n=$((n+1)); "$1" version >/dev/null; done
      kill $follower; wait $follower 2>/dev/null; cat feed.txt
      """
    let run = try stress.shell(script)
    let lines = run.text.split(separator: "\n").compactMap { JSONValue(parsing: String($0)) }
    #expect(run.text.split(separator: "\n").count == lines.count)
    let seen = lines.map { "\($0["type"]?.stringValue ?? "") \($0["issue_id"]?.stringValue ?? "")" }
    #expect(seen == (1...5).map { "create t-i\($0)" } + ["status t-i3"], "\(run.errorText)")
  }

  /// Entries that many processes append at once are whole lines with their own IDs.
  @Test func auditEntriesAreNeverMixed() throws {
    let stress = try StressProject()
    let width = 30
    var count = [Int](repeating: 0, count: width)
    let long = String(repeating: "x", count: 20_000)
    try stress.runAll(width) { slot in
      count[slot] += 1
      return count[slot] > 2
        ? nil : ["audit", "record", "--kind", "llm_call", "--prompt", "\(slot) \(long)", "--json"]
    } ended: { _, run in
      #expect(run.status == 0, "\(run.errorText)")
    }
    let path = Path.join(stress.project.beadsDirectory, "interactions.jsonl")
    let entries = try FileSystem.readText(path).split(separator: "\n").map { JSONValue(parsing: String($0)) }
    #expect(entries.count == 2 * width && entries.allSatisfy { $0?["kind"] == .string("llm_call") })
    #expect(Set(entries.compactMap { $0?["id"]?.stringValue }).count == 2 * width)
  }

  @Test func whatAToolWritesReadsBack() throws {
    let json = #"""
      {"kind":"tool_call","tool_name":"pytest","exit_code":0,"extra":{"n":1.50},"created_at":"2026-01-01T00:00:00Z"}
      """#
    let entry = try Interaction(json: json)
    #expect(entry.kind == "tool_call" && entry.exitCode == 0 && entry.createdAt != nil && entry.extra != nil)
    for bad in [
      "", "[]", "7", #"{"kind":5}"#, #"{"kind":"x","exit_code":"1"}"#, #"{"kind":"x","extra":[]}"#,
      #"{"kind":"x","created_at":"soon"}"#,
    ] {
      #expect(throws: BeadsError.self) { try Interaction(json: bad) }
    }
    let project = try TestProject()
    let store = try project.makeStore()
    #expect(throws: BeadsError.self) { try store.record(Interaction(json: "{}")) }
    #expect(!FileSystem.exists(store.auditLogPath))
    let saved = try store.record(entry)
    let line = try FileSystem.readText(store.auditLogPath)
    #expect(try Interaction(json: String(line.dropLast())) == saved)
    #expect(saved.id.count == 12 && saved.actor == "alice")
  }
}
