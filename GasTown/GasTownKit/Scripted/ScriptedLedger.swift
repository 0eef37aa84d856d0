import BeadsKit

/// What a scripted agent did, one JSON object a line, in the file that `GT_SCRIPTED_LEDGER` names.
///
/// The file is not the town's: whoever wants to know whether something was lost compares it with what is there. A line
/// is written once the thing is done, so that everything in it must be found.
struct ScriptedLedger {
  private let path: String
  private let environment: Environment
  private let process = ProcessIdentity.own

  /// Nil when nobody asks for one.
  init?(_ environment: Environment) {
    guard let path = environment["GT_SCRIPTED_LEDGER"], !path.isEmpty else { return nil }
    self.path = path
    self.environment = environment
  }

  /// Adds a line.
  func note(_ what: String, bead: String, _ members: [(String, String)] = []) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("do", what)
      writer.member("at", Int(environment.clock()))
      writer.member("pid", Int(process?.pid ?? 0))
      for (key, value) in [
        ("started", process?.start ?? ""), ("agent", environment["GT_ROLE"] ?? ""),
        ("session", environment["GT_SESSION"] ?? ""), ("bead", bead),
      ] + members {
        writer.key(key)
        writer.string(value)
      }
    }
    try? FileSystem.append(Array((writer.text + "\n").utf8), to: path)
  }
}
