import BeadsFormats
import BeadsModel
import BeadsSystem

/// The files of a new `.beads` directory; those that exist stay as they are, but for missing lines in
/// `.gitignore`.
struct InitFiles {
  private let options: WorkspaceInit.Options
  private let environment: Environment

  init(_ options: WorkspaceInit.Options, _ environment: Environment) {
    self.options = options
    self.environment = environment
  }

  /// Writes what is missing and returns the paths.
  func write(to directory: String, _ database: String, _ prefix: Prefix) throws(BeadsError) -> [String] {
    try FileSystem.makeDirectory(directory, mode: 0o700)
    var written: [String] = []
    let add = { (name: String, mode: UInt32, text: [UInt8]) throws(BeadsError) in
      let path = Path.join(directory, name)
      if FileSystem.exists(path) { return }
      try FileSystem.replace(path, with: text, mode: mode)
      written.append(path)
    }
    try add("config.yaml", 0o600, try configuration(prefix))
    try add(WorkspaceMetadata.fileName, 0o600, metadata(database))
    try add("README.md", 0o644, Array(Self.readme.utf8))
    try add("interactions.jsonl", 0o644, [])
    if try Self.completeIgnore(Path.join(directory, ".gitignore")) {
      written.append(Path.join(directory, ".gitignore"))
    }
    return written
  }

  private func configuration(_ prefix: Prefix) throws(BeadsError) -> [UInt8] {
    var file = try ConfigurationFile(template: ConfigurationTemplate.text)
    try file.set("issue-prefix", to: prefix.rawValue, isList: false)
    if options.isStealth { try file.set("no-git-ops", to: "true", isList: false) }
    return file.document.bytes
  }

  private func metadata(_ database: String) -> [UInt8] {
    var metadata = WorkspaceMetadata(projectID: randomID())
    metadata.database = database
    return metadata.text
  }

  /// A random UUID (version 4).
  private func randomID() -> String {
    let high = environment.entropy() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = environment.entropy() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = Self.hex(high) + Self.hex(low)
    var parts: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Adds the lines that an older or other tool did not know; returns whether there were any.
  static func completeIgnore(_ path: String) throws(BeadsError) -> Bool {
    guard FileSystem.exists(path) else {
      try FileSystem.replace(path, with: Array(ignore.utf8), mode: 0o644)
      return true
    }
    let missing = missingIgnores(among: SharedFile.lines(path))
    if missing.isEmpty { return false }
    let lines = missing.map { $0 + "\n" }.joined()
    try SharedFile.append(SharedFile.fitting(lines, path), to: path)
    return true
  }

  /// The patterns that are not among the lines of a `.gitignore`.
  static func missingIgnores(among lines: [String]) -> [String] {
    let present = Set(lines)
    return ignore.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("#") && !present.contains($0)
    }
  }

  static let ignore = """
    # What belongs to this clone alone. Git shares the rest, above all issues.jsonl.

    # The database and copies of it
    *.db
    *.db?*
    backup/

    # Locks and files being written
    .write.lock
    .jsonl.lock
    .sync.lock
    .*.tmp

    # Settings and state of this machine
    config.local.yaml
    local.jsonl
    .env
    redirect
    last-touched
    .local_version
    manifest.json
    hooks.log

    # Merging and exporting
    beads.base.jsonl
    beads.left.jsonl
    beads.right.jsonl
    beads.base.meta.json
    beads.left.meta.json
    beads.right.meta.json
    sync_base.jsonl
    export-state.json
    export-state/

    # Left by older versions
    bd.sock
    daemon.pid
    daemon.lock
    daemon.log
    *.startlock

    """

  static let readme = """
    # Beads

    This directory holds the issues of the project. They live beside the code and travel with it through git.

    - `issues.jsonl`: one issue a line, shared. Merged field by field, so let `bd` change it.
    - `config.yaml`: settings of the project, each explained in the file.
    - `metadata.json`: the names of the files and the identity of the project.
    - `interactions.jsonl`: a log that tools may append to.
    - `beads.db`: a database of this clone, made from `issues.jsonl` whenever it is missing.

    Some commands to begin with:

        bd ready                          what can be worked on now
        bd create "Fix the login" -p 1    a new issue
        bd update ID --claim              take it
        bd close ID --reason "Done"       finish it
        bd help                           everything else

    """
}
