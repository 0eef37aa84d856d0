import BeadsKit
import BeadsTesting
import CommandKit

/// The files of a generated tracker and what of it the probes use.
struct Tracker: Sendable {
  let size: Int
  let directory: String
  /// An issue with many edges and comments.
  let richIssue: String
  /// Open issues without edges, the first of which is kept for edges to point to.
  let openIssues: [String]

  var file: String { Path.join(directory, "base.jsonl") }
  var ours: String { Path.join(directory, "ours.jsonl") }
  var theirs: String { Path.join(directory, "theirs.jsonl") }
  var output: String { Path.join(directory, "out.jsonl") }

  /// Writes the files in a process of its own: Linux counts the memory of a parent as the memory of its children.
  init(size: Int, in directory: String, sample: Int) throws(BeadsError) {
    self.size = size
    self.directory = directory
    try FileSystem.makeDirectory(directory)
    let request = Subprocess([
      CommandLine.arguments.first ?? "bd-bench", "generate", String(size), "--output",
      Path.join(directory, "base.jsonl"),
      "--edits", "--sample", String(sample),
    ])
    let run = try ObservedProgram(request).wait()
    guard run.status == 0 else { throw BeadsError(.io, "cannot generate a tracker: \(run.errorText)") }
    let words = run.text.split(separator: "\n").map(String.init)
    richIssue = words.first ?? ""
    openIssues = Array(words.dropFirst())
  }
}

/// `bd-bench generate`: a tracker of any size, the same for the same arguments.
enum GenerateCommand {
  static func run(
    _ generator: TrackerGenerator, path: String?, writesEdits: Bool, sample: Int, output: Output
  ) throws(BeadsError) {
    let issues = generator.issues()
    guard let path else { return output.write(lines(issues)) }
    try write(issues, path)
    if writesEdits {
      let directory = Path.directory(of: path)
      try write(edited(issues, by: "ours", every: 40), Path.join(directory, "ours.jsonl"))
      try write(edited(issues, by: "theirs", every: 60), Path.join(directory, "theirs.jsonl"))
    }
    if sample > 0 {
      output.write("\(issues.max { weight($0) < weight($1) }?.id.rawValue ?? "")\n")
      let free = issues.filter {
        $0.status == .open && $0.type != .epic && $0.dependencies.isEmpty && $0.assignee.isEmpty
      }
      let step = max(1, free.count / sample)
      for index in stride(from: 0, to: free.count, by: step).prefix(sample) {
        output.write("\(free[index].id)\n")
      }
    }
  }

  private static func write(_ issues: [Issue], _ path: String) throws(BeadsError) {
    try FileSystem.remove(path)
    try File(path, .create(mode: 0o644)).write(lines(issues))
  }

  private static func lines(_ issues: [Issue]) -> [UInt8] {
    var writer = JSONWriter()
    for issue in issues {
      writer.issue(issue, edges: .raw)
      writer.newline()
    }
    return writer.bytes
  }

  /// What a branch may do to a tracker: changes to some issues and a few new ones.
  ///
  /// Two branches with different steps change some issues both.
  private static func edited(_ issues: [Issue], by side: String, every step: Int) -> [Issue] {
    var result = issues
    for index in stride(from: step / 2, to: issues.count, by: step) {
      result[index].title = "\(side): \(issues[index].title)".prefix(400).description
      result[index].priority = step % 5
      result[index].labels = (result[index].labels + [side]).sorted()
      result[index].updatedAt = result[index].updatedAt.adding(seconds: Int64(step))
      if index % 3 == 0 {
        var copy = result[index]
        copy.id = IssueID(unchecked: "bench-\(side)\(index)")
        copy.dependencies = []
        copy.comments = []
        result.append(copy)
      }
    }
    return result.sorted { $0.id < $1.id }
  }

  private static func weight(_ issue: Issue) -> Int { issue.dependencies.count + 2 * issue.comments.count }
}
