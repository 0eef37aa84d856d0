import BeadsKit
import CommandKit

/// `bd heartbeat`: the holder of a lease is alive.
enum HeartbeatCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "heartbeat", summary: "Renew the lease of a claim", section: CommandTree.Section.coordination,
      discussion: """
        A claim with a lease ends by itself, and the issue is ready work again, unless its holder renews it in time: by \
        the length it was taken for, or by --lease. Whoever no longer has the issue is told so.
        """,
      examples: ["bd heartbeat bd-a3f8", "bd heartbeat bd-a3f8 --lease 30m --json"], flags: [LeaseFlag.flag],
      positionals: [.issue()]
    ) { arguments, context in
      let seconds = try LeaseFlag.read(arguments, with: nil)
      let id = try context.resolve(arguments.positionals[0])
      try context.change("heartbeat") { transaction throws(BeadsError) in
        transaction.summary = id.rawValue
        try transaction.renewLease(of: id, seconds: seconds)
      }
      guard let issue = try context.store().issue(id), let lease = issue.lease else { return }
      if !context.isJSON {
        return context.print("✓ \(try context.named(issue)): yours until \("\(lease.until)")")
      }
      context.object {
        $0.member("issue_id", issue.id.rawValue)
        $0.member("holder", lease.holder)
        $0.member("until", lease.until)
        $0.member("seconds", Int(lease.seconds))
      }
    }
  }
}

/// `--lease`: after how long a claim ends by itself.
enum LeaseFlag {
  static var flag: Flag {
    .string(
      "lease", placeholder: "DURATION", help: "The claim ends by itself after this long, for example 10m")
  }

  /// The seconds, at least one; nil when the flag is not given.
  /// - Parameter missing: The flag it belongs to, when that is not given.
  static func read(_ arguments: Arguments, with missing: String?) throws(BeadsError) -> Int64? {
    guard let text = arguments.string("lease") else { return nil }
    if let missing {
      throw BeadsError(
        .invalid, "--lease says how long to --\(missing), which is not given", hint: "add --\(missing)")
    }
    let nanoseconds = try GoDuration.nanoseconds(text)
    guard nanoseconds >= 1_000_000_000 else {
      throw BeadsError(
        .invalid, "--lease: \(quoted(text)) is shorter than a second", hint: "for example 10m, or 1h30m")
    }
    return nanoseconds / 1_000_000_000
  }
}
