public import BeadsModel
import BeadsStore
public import BeadsSystem

/// The summarizer that needs no model: it takes out the first sentences, the decisions and how it ended.
///
/// The same issue always has the same summary, so that clones which compact it agree.
public struct ExtractiveSummarizer: Summarizer {
  /// Makes one.
  public init() {}

  /// The summary; nil when it would not be a good deal shorter than the texts.
  ///
  /// Linear in their size.
  public func summary(of issue: Issue, tier: CompactionTier) throws(BeadsError) -> String? {
    let text = tier == .first ? long(issue) : short(issue)
    return text.isEmpty || text.utf8.count * 10 > issue.textSize * 8 ? nil : text
  }

  private static let label = "**Summary:** "

  private func long(_ issue: Issue) -> String {
    let share = issue.textSize / 4
    var parts: [String] = []
    let opening = Prose(issue.description).opening(min(400, max(120, share)))
    if !opening.isEmpty { parts.append(Self.label + opening) }
    let decisions = decisions(issue, besides: opening, limit: min(600, max(160, share)))
    if !decisions.isEmpty {
      parts.append("**Key decisions:**\n" + decisions.map { "- " + $0 }.joined(separator: "\n"))
    }
    if let resolution = resolution(issue, limit: 300) { parts.append("**Resolution:** " + resolution) }
    return parts.joined(separator: "\n\n")
  }

  /// What was decided, the design first; without words that tell, the beginning of the design.
  private func decisions(_ issue: Issue, besides opening: String, limit: Int) -> [String] {
    let texts = [issue.design, issue.notes, issue.description, issue.acceptanceCriteria]
    var (chosen, size): ([String], Int) = ([], 0)
    for sentence in texts.flatMap({ Prose($0).decisions })
    where !chosen.contains(sentence) && !opening.contains(sentence) {
      size += sentence.utf8.count
      if size > limit, !chosen.isEmpty { break }
      chosen.append(sentence)
    }
    if !chosen.isEmpty { return chosen }
    let design = Prose(issue.design.isEmpty ? issue.notes : issue.design).opening(min(limit, 200))
    return design.isEmpty ? [] : [design]
  }

  private func short(_ issue: Issue) -> String {
    // The first tier may have been ours.
    let text = issue.description.split(separator: "\n\n", maxSplits: 1).first.map(String.init) ?? ""
    let opening = Prose(text.hasPrefix(Self.label) ? String(text.dropFirst(Self.label.count)) : text)
      .opening(160)
    guard let resolution = resolution(issue, limit: 120) else { return opening }
    return opening.isEmpty ? resolution : opening + "\nResolution: " + resolution
  }

  private func resolution(_ issue: Issue, limit: Int) -> String? {
    let reason = Prose(issue.closeReason).opening(limit)
    return reason.isEmpty || reason == "Closed" ? nil : reason
  }
}

/// Text as sentences, without code, headings and marks of lists.
private struct Prose {
  private let sentences: [String]

  init(_ text: String) {
    var (lines, isCode): ([Substring], Bool) = ([], false)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = line.trimmingBlanks
      if line.hasPrefix("```") { isCode.toggle() } else if !isCode, line.first != "#" { lines.append(line) }
    }
    sentences = lines.flatMap(Self.sentences)
  }

  /// The first sentences, as far as they fit; the first one is cut when it does not.
  func opening(_ limit: Int) -> String {
    var text = ""
    for sentence in sentences {
      if text.isEmpty {
        text = sentence.utf8.count > limit ? Self.cut(sentence, limit) : sentence
      } else if text.utf8.count + 1 + sentence.utf8.count <= limit {
        text += " " + sentence
      } else {
        break
      }
    }
    return text
  }

  /// Sentences that say what was decided and why.
  var decisions: [String] {
    sentences.filter { sentence in
      let words = " " + sentence.lowercased() + " "
      return Self.marks.contains { words.contains($0) }
    }.map { Self.cut($0, 160) }
  }

  private static let marks = [
    "decided", "decision", " chose ", " chosen ", " instead of ", " because ", " we use ", " must ",
    " never ", " rather than ", " root cause", " rejected ",
  ]

  private static func sentences(_ line: Substring) -> [String] {
    var rest = line
    if let mark = rest.first, "-*+".contains(mark), rest.dropFirst().first == " " {
      rest = rest.dropFirst(2).trimmingBlanks
    }
    var found: [String] = []
    while !rest.isEmpty {
      let end = end(ofSentence: rest)
      let sentence = rest[..<end].trimmingBlanks
      if !sentence.isEmpty {
        found.append(sentence.split(whereSeparator: \.isWhitespace).joined(separator: " "))
      }
      rest = rest[end...].trimmingBlanks
    }
    return found
  }

  /// Behind the first full stop or the like that a blank follows.
  private static func end(ofSentence text: Substring) -> Substring.Index {
    var place = text.startIndex
    while place < text.endIndex {
      let next = text.index(after: place)
      if ".!?".contains(text[place]), next == text.endIndex || text[next].isWhitespace { return next }
      place = next
    }
    return text.endIndex
  }

  private static func cut(_ text: String, _ limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    var end = text.startIndex
    for index in text.indices {
      if text.utf8.distance(from: text.startIndex, to: index) > limit - 3 { break }
      end = index
    }
    return text[..<end] + "…"
  }
}
