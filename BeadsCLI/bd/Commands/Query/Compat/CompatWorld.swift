import BeadsFormats
import BeadsKit
import CommandKit

/// A store with issues of every kind, of which each check gets a copy of its own.
struct CompatWorld {
  /// What the clock of the checks says: an hour after the store was made.
  static let now: Int64 = 1_772_442_000 + 3600

  private let files: [(name: String, bytes: [UInt8])]

  /// Makes the store in an empty directory.
  /// - Throws: `unsupported` when a command that prepares it fails.
  init(in environment: Environment) throws(BeadsError) {
    let directory = environment.currentDirectory
    try Self.makeRepository(directory)
    let file = Path.join(directory, "world.jsonl")
    try FileSystem.append(Array(Self.lines.utf8), to: file)
    for words in Self.setup + [["import", file]] + Self.later {
      let output = Output.captured()
      guard BdProgram.run(words, output: output, environment: environment) == 0 else {
        throw BeadsError(
          .unsupported, "bd \(words.joined(separator: " ")): \(output.standardError.captured)")
      }
    }
    let beads = Path.join(directory, ".beads")
    var files: [(String, [UInt8])] = []
    for name in try FileSystem.list(beads).sorted() {
      let path = Path.join(beads, name)
      if !FileSystem.isDirectory(path) { files.append((name, try FileSystem.read(path))) }
    }
    self.files = files
  }

  /// Makes the least that git takes for a repository, so that nothing outside is taken for the project.
  private static func makeRepository(_ directory: String) throws(BeadsError) {
    for name in [".git", ".git/objects", ".git/refs", ".git/refs/heads"] {
      try FileSystem.makeDirectory(Path.join(directory, name))
    }
    let files = [
      (".git/HEAD", "ref: refs/heads/main\n"), (".git/config", "[core]\n\trepositoryformatversion = 0\n"),
    ]
    for (name, text) in files { try FileSystem.append(Array(text.utf8), to: Path.join(directory, name)) }
  }

  /// Puts a copy of the store into an empty directory, in a repository of its own.
  func copy(to directory: String) throws(BeadsError) {
    try Self.makeRepository(directory)
    try FileSystem.makeDirectory(Path.join(directory, ".beads"))
    for file in files {
      try FileSystem.append(file.bytes, to: Path.join(directory, ".beads/" + file.name))
    }
  }

  /// As Gas Town prepares a store.
  private static let setup = [
    ["init", "--prefix", "t", "--quiet"],
    [
      "config", "set", "types.custom",
      "agent,role,rig,convoy,slot,queue,event,message,molecule,gate,merge-request",
    ],
    ["config", "set", "status.custom", "review:wip,icebox:frozen,shipped:done"],
    ["config", "set", "allowed_prefixes", "hq,hq-cv"],
  ]

  private static let later = [
    ["create", "A wisp", "--id", "t-wisp", "--ephemeral", "--wisp-type", "patrol", "-d", "x"],
    ["create", "No history", "--id", "t-nohis", "--no-history", "-l", "local", "-d", "x"],
    ["dep", "add", "t-wisp", "t-one", "--type", "blocks"],
    ["comment", "t-wisp", "local word"],
    ["comment", "t-one", "Second\nthought"],
    ["kv", "set", "color", "blue"],
    ["update", "t-one", "--set-metadata", "convoy=7"],
  ]

  /// The file: moments with offsets and up to nine digits, an unknown key, every reserved kind of row.
  private static let lines = """
    {"id":"t-one","title":"First <one> & \\"only\\"","description":"A\\nB \\u001b[31mred","design":"d","acceptance_criteria":"a","notes":"n","status":"open","priority":1,"issue_type":"bug","assignee":"bob","owner":"bob@example.org","estimated_minutes":30,"created_at":"2026-02-01T10:00:00.123456789+01:00","created_by":"bob","updated_at":"2026-02-02T10:00:00.5-08:00","due_at":"2026-06-01T12:00:00Z","defer_until":"2026-02-03T00:00:00Z","external_ref":"gh-1","metadata":{"k":[1,2.50]},"labels":["api","backend"],"comments":[{"id":1,"issue_id":"t-one","author":"eve","text":"hm","created_at":"2026-02-02T10:00:00.25+11:00"}],"future_key":{"a":null}}
    {"id":"t-two","title":"Second","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","labels":["api"],"dependencies":[{"issue_id":"t-two","depends_on_id":"t-one","type":"blocks","created_at":"2026-02-01T10:00:00Z","created_by":"bob"},{"issue_id":"t-two","depends_on_id":"t-one","type":"tracks","created_at":"2026-02-01T10:00:00Z"},{"issue_id":"t-two","depends_on_id":"t-done","type":"discovered-from","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-done","title":"Done","status":"closed","priority":3,"issue_type":"chore","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-05T10:00:00Z","closed_at":"2026-02-05T10:00:00Z","close_reason":"Fixed"}
    {"id":"t-work","title":"Started","status":"in_progress","priority":0,"issue_type":"feature","assignee":"bob","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","started_at":"2026-02-01T11:00:00Z"}
    {"id":"t-later","title":"Later","status":"open","priority":4,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","defer_until":"2099-01-01T00:00:00Z"}
    {"id":"t-ice","title":"On ice","status":"deferred","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-gone","title":"Gone","status":"tombstone","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-05T10:00:00Z","deleted_at":"2026-02-05T10:00:00Z","deleted_by":"bob","delete_reason":"delete","original_type":"task"}
    {"id":"t-proto","title":"Template","status":"open","priority":2,"issue_type":"epic","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","is_template":true}
    {"id":"t-pin","title":"Pinned","status":"pinned","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","pinned":true}
    {"id":"t-hook","title":"Hooked","status":"hooked","priority":2,"issue_type":"task","assignee":"rig/polecats/nux","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-rev","title":"In review","status":"review","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-hold","title":"Marked blocked","status":"blocked","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-epic","title":"Epic","status":"open","priority":1,"issue_type":"epic","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-epic.1","title":"Open child","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","dependencies":[{"issue_id":"t-epic.1","depends_on_id":"t-epic","type":"parent-child","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-epic.2","title":"Closed child","status":"closed","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T12:00:00Z","closed_at":"2026-02-01T12:00:00Z","close_reason":"failed","dependencies":[{"issue_id":"t-epic.2","depends_on_id":"t-epic","type":"parent-child","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-full","title":"Finished epic","status":"open","priority":2,"issue_type":"epic","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z"}
    {"id":"t-full.1","title":"Its child","status":"closed","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T12:00:00Z","closed_at":"2026-02-01T12:00:00Z","dependencies":[{"issue_id":"t-full.1","depends_on_id":"t-full","type":"parent-child","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-wait","title":"Waits for children","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","dependencies":[{"issue_id":"t-wait","depends_on_id":"t-epic","type":"waits-for","created_at":"2026-02-01T10:00:00Z","metadata":"{\\"gate\\":\\"all-children\\"}"}]}
    {"id":"t-cond","title":"If that failed","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","dependencies":[{"issue_id":"t-cond","depends_on_id":"t-epic.2","type":"conditional-blocks","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-ext","title":"Waits for another project","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","dependencies":[{"issue_id":"t-ext","depends_on_id":"external:other:cap","type":"blocks","created_at":"2026-02-01T10:00:00Z"}]}
    {"id":"t-gate","title":"A gate","status":"open","priority":2,"issue_type":"gate","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","await_type":"timer","await_id":"run-1","timeout":3600000000000,"waiters":["rig/witness"]}
    {"id":"t-nux","title":"An agent","status":"open","priority":2,"issue_type":"agent","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","labels":["gt:agent"],"hook_bead":"t-hook","role_bead":"hq-role","agent_state":"working","last_activity":"2026-02-01T10:30:00Z","role_type":"polecat","rig":"rig"}
    {"id":"t-mail","title":"Hello","description":"Mail","status":"open","priority":2,"issue_type":"message","assignee":"rig/witness","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","sender":"mayor/","labels":["read"]}
    {"id":"t-evt","title":"An event","status":"open","priority":2,"issue_type":"event","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","event_kind":"patrol.muted","actor":"x","target":"y","payload":"{\\"a\\":1}"}
    {"id":"t-mol","title":"A molecule","status":"open","priority":2,"issue_type":"molecule","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","mol_type":"patrol","bonded_from":[{"source_id":"t-proto","bond_type":"sequential"}]}
    {"id":"t-comp","title":"Compacted","description":"short","status":"closed","priority":2,"issue_type":"task","created_at":"2025-02-01T10:00:00Z","updated_at":"2025-02-05T10:00:00Z","closed_at":"2025-02-05T10:00:00Z","compaction_level":1,"compacted_at":"2025-06-01T10:00:00Z","compacted_at_commit":"abc1234","original_size":4096,"quality_score":0.5}
    {"id":"hq-mayor","title":"From another prefix","status":"open","priority":2,"issue_type":"task","created_at":"2026-02-01T10:00:00Z","updated_at":"2026-02-01T10:00:00Z","dependencies":[{"issue_id":"hq-mayor","depends_on_id":"t-two","type":"related","created_at":"2026-02-01T10:00:00Z"}]}

    """
}
