import BeadsTesting
import BenchmarkKit

/// One command that is measured and what it may cost.
///
/// Words in braces stand for what differs from run to run: `{issue}` a rich issue, `{leaf}` an open issue without
/// edges, `{open}` another one each time, `{title}` a title, `{file}` the tracker, `{ours}` and `{theirs}` its
/// edited copies, `{out}` a file to write.
struct Probe: Sendable {
  /// What is done before each run without being measured.
  enum Preparation: Sendable { case none, emptyStore, removedDatabase }

  let name: String
  let arguments: [String]
  var preparation = Preparation.none
  /// Whether it takes long enough at scale that a fifth of the rounds must do.
  var isSlow = false
  /// Whether the command works without a store, so that one size says all.
  var needsStore = true
  /// The most milliseconds the median may take, up to that many issues.
  var milliseconds: [Int: Double] = [:]
  /// The most memory one run may take, in MB, up to that many issues.
  var megabytes: [Int: Double] = [:]

  init(
    _ name: String, _ arguments: String..., preparation: Preparation = .none, isSlow: Bool = false,
    needsStore: Bool = true, milliseconds: [Int: Double] = [:], megabytes: [Int: Double] = [:]
  ) {
    self.name = name
    self.arguments = arguments
    self.preparation = preparation
    self.isSlow = isSlow
    self.needsStore = needsStore
    self.milliseconds = milliseconds
    self.megabytes = megabytes
  }

  /// Whether the command needs an issue to work on.
  var needsIssues: Bool { arguments.contains { ["{issue}", "{open}", "{leaf}"].contains($0) } }

  /// The budgets of DESIGN.md section 6; a budget holds for smaller trackers too.
  static let all: [Probe] = [
    Probe("version", "version", needsStore: false, milliseconds: [.max: 3], megabytes: [.max: 25]),
    Probe("help", "--help", needsStore: false, milliseconds: [.max: 3], megabytes: [.max: 25]),
    Probe("show", "show", "{issue}", "--json", milliseconds: [100_000: 6], megabytes: [100_000: 25]),
    Probe("list", "list", "--json", "--limit", "50", milliseconds: [10_000: 8], megabytes: [100_000: 25]),
    Probe(
      "ready", "ready", "--json", "--limit", "100", milliseconds: [10_000: 10, 100_000: 40],
      megabytes: [100_000: 25]),
    Probe(
      "search", "search", TrackerGenerator.rareWord, "--json", milliseconds: [10_000: 12],
      megabytes: [100_000: 25]),
    Probe("search common", "search", "token", "--json", milliseconds: [10_000: 12], megabytes: [100_000: 25]),
    Probe("find duplicates", "find-duplicates", "--status", "all", "--json", isSlow: true),
    Probe("similar", "similar", "{issue}", "--json"),
    Probe(
      "create", "create", "{title}", "--json", milliseconds: [100_000: 15], megabytes: [100_000: 25]),
    Probe(
      "update", "update", "{open}", "--title", "{title}", "--json", milliseconds: [100_000: 15],
      megabytes: [100_000: 25]),
    Probe(
      "claim", "update", "{open}", "--claim", "--json", milliseconds: [100_000: 15], megabytes: [100_000: 25]),
    Probe("dep add", "dep", "add", "{open}", "{leaf}", milliseconds: [100_000: 15], megabytes: [100_000: 25]),
    Probe(
      "close", "close", "{open}", "--reason", "Measured", "--json", milliseconds: [100_000: 15],
      megabytes: [100_000: 25]),
    Probe("export", "export", "--output", "{out}", isSlow: true, milliseconds: [10_000: 80]),
    Probe(
      "import", "import", "{file}", preparation: .emptyStore, isSlow: true,
      milliseconds: [10_000: 500, 100_000: 6000], megabytes: [100_000: 300]),
    Probe(
      "rebuild", "ready", "--json", "--limit", "1", preparation: .removedDatabase, isSlow: true,
      milliseconds: [10_000: 600]),
    Probe("fsck", "fsck", "--json", isSlow: true),
    Probe(
      "merge", "merge", "{out}", "{file}", "{ours}", "{theirs}", isSlow: true, milliseconds: [10_000: 250]),
  ]

  /// What is to be filled in for a contender.
  func row(size: Int, contender: String) -> Measurement {
    Measurement(
      name, size: needsStore ? size : nil, contender: contender,
      limit: Self.limit(milliseconds, at: size), memoryLimit: Self.limit(megabytes, at: size))
  }

  /// The tightest budget that covers a tracker of that size, or nil when none does.
  static func limit(_ budgets: [Int: Double], at size: Int) -> Double? {
    budgets.keys.filter { $0 >= size }.min().flatMap { budgets[$0] }
  }
}

/// What 30 processes at once may cost.
enum RaceBudget {
  static let processes = 30
  /// The 99th percentile of a whole `bd ... --claim` process, in milliseconds.
  static let claimMilliseconds = 100.0
}
