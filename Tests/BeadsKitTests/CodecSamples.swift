import BeadsFormats

@testable import BeadsModel

/// Canonical lines: decoding and encoding them gives the same bytes, and repairing changes nothing.
enum CodecSamples {
  static let all = [everyField, classicAgent, oddButLegal, bug, tombstone, gate, hostile]

  /// Every key of the table with a value, Go's escapes, four offsets, fractions of 1 to 9 digits, unknown members.
  static let everyField =
    #"{"id":"demo-3fk.1","title":"Retry \u003cuploads\u003e \u0026 \"quote\" \\ tab\t","description":"Line one\nline two — “quoted” 🐛\u2028end","design":"d\r\n","acceptance_criteria":"a\b\f\u0000\u001f","notes":"n","spec_id":"specs/upload.md","status":"closed","priority":0,"issue_type":"merge-request","assignee":"rig/crew/max","owner":"rosa@example.org","estimated_minutes":0,"created_at":"2026-03-02T09:15:41.120355-08:00","created_by":"rosa","updated_at":"2026-03-04T17:20:03.123456789+05:30","started_at":"2026-03-02T10:00:00.1Z","closed_at":"2026-03-04T17:20:03Z","close_reason":"Done","closed_by_session":"s-1","due_at":"2026-04-01T00:00:00+13:00","defer_until":"2026-03-03T00:00:00.000001Z","external_ref":"gh-412","source_system":"github","metadata":{"k":[1,2.50,null],"html":"\u003cb\u003e"},"compaction_level":1,"compacted_at":"2026-03-05T00:00:00Z","compacted_at_commit":"0123abcd","original_size":4096,"labels":["A","b","ä"],"dependencies":[{"issue_id":"demo-3fk.1","depends_on_id":"demo-9zq","type":"blocks","created_at":"2026-03-02T09:16:10-08:00","created_by":"rosa","metadata":"{\"gate\":\"all-children\"}","thread_id":"t-1"},{"issue_id":"demo-3fk.1","depends_on_id":"external:other:login","type":"my-own-type","created_at":"2026-03-02T09:16:10Z"}],"comments":[{"id":4,"issue_id":"demo-3fk.1","author":"li","text":"Seen \u003e twice","created_at":"2026-03-03T08:00:00Z"},{"id":"01890a5d-ac96-774b-bcce-b302099a8057","issue_id":"demo-3fk.1","author":"","text":"x","created_at":"2026-03-03T08:00:01.5Z"},{"id":"007","issue_id":"demo-3fk.1","author":"li","text":"y","created_at":"2026-03-03T08:00:02Z"}],"sender":"mayor","ephemeral":true,"no_history":true,"wisp_type":"patrol","pinned":true,"is_template":true,"bonded_from":[{"source_id":"p-1","bond_type":"sequential","bond_point":"end"}],"creator":{"name":"max","platform":"gt","org":"o","id":"1"},"validations":[{"validator":{"name":"v"},"outcome":"accepted","timestamp":"2026-03-03T08:00:00Z","score":0.5}],"quality_score":0.00001,"crystallizes":true,"await_type":"timer","await_id":"run-1","timeout":3600000000000,"waiters":["b","a"],"holder":"h","source_formula":"f","source_location":"steps[2]","hook_bead":"hb","role_bead":"rb","agent_state":"working","last_activity":"2026-03-04T17:20:03.000000001Z","role_type":"crew","rig":"beads","mol_type":"swarm","work_type":"mutex","event_kind":"patrol.muted","actor":"a","target":"t","payload":"{\"a\":1}","zz_future":{"b":2, "a":[ 1 ]},"esc\u0041ped":null,"ünï":"\ud83d\udc1b"}"#

  /// What `repair` leaves alone although rare: a tombstone with its closing time and an agent's own fields.
  static let classicAgent =
    #"{"id":"gt-x","title":"","status":"tombstone","priority":4,"issue_type":"agent","created_at":"2025-12-31T23:59:59.999999999-00:30","updated_at":"2026-01-01T00:00:00Z","closed_at":"2025-12-31T00:00:00Z","deleted_at":"2026-01-01T00:00:00Z","deleted_by":"li","delete_reason":"batch delete","original_type":"agent","agent_state":"idle","role_type":"polecat","rig":"gastown"}"#

  static let oddButLegal =
    #"{"id":"Ünï-1","title":"t","status":"waiting","priority":-1,"issue_type":"invented","created_at":"0001-01-01T00:00:00Z","updated_at":"9999-12-31T23:59:59.999999999Z","metadata":"text","original_size":-5,"quality_score":1e-7}"#

  /// The examples of the contract.
  static let bug =
    #"{"id":"demo-3fk","title":"Retry uploads on 503","description":"Uploads die when the proxy restarts.","acceptance_criteria":"Three retries with back-off","status":"in_progress","priority":1,"issue_type":"bug","assignee":"rosa","owner":"rosa@example.org","estimated_minutes":90,"created_at":"2026-03-02T09:15:41.120355Z","created_by":"rosa","updated_at":"2026-03-04T17:20:03Z","external_ref":"gh-412","labels":["network","p1"],"dependencies":[{"issue_id":"demo-3fk","depends_on_id":"demo-9zq","type":"blocks","created_at":"2026-03-02T09:16:10Z","created_by":"rosa"},{"issue_id":"demo-3fk","depends_on_id":"demo-k2a","type":"parent-child","created_at":"2026-03-02T09:15:41Z","created_by":"rosa"}],"comments":[{"id":4,"issue_id":"demo-3fk","author":"li","text":"Seen again today","created_at":"2026-03-03T08:00:00Z"}]}"#

  static let tombstone =
    #"{"id":"demo-7wd","title":"Old spike","status":"tombstone","priority":3,"issue_type":"task","created_at":"2026-01-20T10:00:00Z","created_by":"li","updated_at":"2026-02-11T12:00:00Z","deleted_at":"2026-02-11T12:00:00Z","deleted_by":"li","delete_reason":"delete","original_type":"task"}"#

  static let gate =
    #"{"id":"demo-k2a.1","title":"Gate: timer","status":"open","priority":2,"issue_type":"gate","created_at":"2026-03-02T09:20:00Z","updated_at":"2026-03-02T09:20:00Z","dependencies":[{"issue_id":"demo-k2a.1","depends_on_id":"demo-k2a","type":"parent-child","created_at":"2026-03-02T09:20:00Z","created_by":"rosa"}],"await_type":"timer","timeout":3600000000000}"#

  /// Terminal controls, bidirectional overrides, zero-width and private characters, script tags, formulas.
  static let hostile =
    #"{"id":"x-1","title":"\u001b]0;owned\u0007\u001b[2J=cmd|' /C calc'!A0","description":"‮abc​‏\#u{E000}�\#u{7F}\#u{85}","notes":"\u003c/script\u003e\u003cscript\u003ealert(1)\u003c/script\u003e %s %n ${HOME} `id` $(id) ../../etc/passwd","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","labels":["'; DROP TABLE issues; --"]}"#

  /// The issue on a line, or nil when the line is refused or holds something else.
  static func decode(_ line: [UInt8]) -> Issue? {
    let record = line.withUnsafeBufferPointer { try? IssueDecoder().decode($0) }
    guard case .issue(let issue) = record else { return nil }
    return issue
  }

  static func decode(_ line: String) -> Issue? { decode(Array(line.utf8)) }
}
