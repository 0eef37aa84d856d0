import BeadsKit

/// What the commit of a merged branch says, and whose work it is.
///
/// A branch of one commit keeps that commit's message. One of several is named after its merge request and lists them,
/// unless it brings in a whole epic, whose commits stay.
/// The author is who made most of the commits; the others are named as co-authors, as forges do and understand.
struct MergeMessage {
  let author: GitPerson
  let text: String

  init(
    _ candidate: MergeCandidate, since base: GitID, in repository: borrowing GitRepository
  ) throws(BeadsError) {
    var commits: [(text: GitCommitText, message: String)] = []
    for id in try repository.commits(of: candidate.head, notIn: [base]).reversed() {
      // What was merged into the branch on its way is not its work.
      guard try repository.commit(id).parents.count < 2 else { continue }
      commits.append((try repository.text(of: id), try repository.message(of: id)))
    }
    if commits.isEmpty {
      commits = [(try repository.text(of: candidate.head), try repository.message(of: candidate.head))]
    }
    let people = Self.people(commits.map(\.text))
    author = people[0]
    var trailers = Self.coauthors(people.dropFirst(), commits.map(\.message), besides: author)
    if let issue = candidate.issue { trailers.append("Bead: \(issue)") }
    trailers.append("Merge-Request: \(candidate.id)")
    if candidate.isLanding {
      text = Self.adding(trailers, to: candidate.title)
    } else if commits.count == 1 {
      text = Self.adding(trailers, to: commits[0].message)
    } else {
      // What was committed for an agent says nothing, unless there is nothing else.
      let own = commits.filter { !$0.message.contains("\nGas-Town: auto-save") }
      let list = (own.isEmpty ? commits : own).map { "- \($0.text.summary)" }
      text = Self.adding(trailers, to: ([candidate.title, ""] + list).joined(separator: "\n"))
    }
  }

  /// The authors, first who made most commits, then in the order of their first ones.
  private static func people(_ commits: [GitCommitText]) -> [GitPerson] {
    var counts: [(person: GitPerson, count: Int)] = []
    for commit in commits {
      if let place = counts.firstIndex(where: { $0.person.mail == commit.mail }) {
        counts[place].count += 1
      } else {
        counts.append((GitPerson(name: commit.author, mail: commit.mail), 1))
      }
    }
    let most = counts.map(\.count).max() ?? 0
    let first = counts.firstIndex { $0.count == most } ?? 0
    return [counts[first].person] + counts.indices.filter { $0 != first }.map { counts[$0].person }
  }

  private static let coauthor = "Co-authored-by: "

  /// The lines that name everybody else, those that the commits name included, each once.
  private static func coauthors(
    _ others: some Sequence<GitPerson>, _ messages: [String], besides author: GitPerson
  ) -> [String] {
    var lines = others.map { "\(coauthor)\($0.name) <\($0.mail)>" }
    for line in messages.flatMap({ $0.split(separator: "\n") }) where isTrailer(line, named: coauthor) {
      lines.append(coauthor + line.dropFirst(coauthor.count))
    }
    var seen: Set<String> = [author.mail.lowercased()]
    return lines.filter { line in
      let mail = line.split(separator: "<").last?.split(separator: ">").first ?? ""
      return seen.insert(mail.lowercased()).inserted
    }
  }

  private static func isTrailer(_ line: Substring, named key: String) -> Bool {
    line.prefix(key.count).lowercased() == key.lowercased()
  }

  /// The message with the trailers in its last paragraph: git takes only that for trailers.
  private static func adding(_ trailers: [String], to message: String) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    // Co-authors are named again, at one place.
    while let last = lines.last, isTrailer(last, named: coauthor) { lines.removeLast() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    let end = lines.lastIndex { $0.isEmpty }
    let isAfterTrailers = end.map { lines[lines.index(after: $0)...].allSatisfy(isTrailer) } ?? false
    return (lines.map(String.init) + (isAfterTrailers ? [] : [""]) + trailers).joined(separator: "\n") + "\n"
  }

  /// Whether a line is `Some-Key: value`.
  private static func isTrailer(_ line: Substring) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    let key = line[..<colon]
    return !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
      && line[line.index(after: colon)...].hasPrefix(" ")
  }
}
