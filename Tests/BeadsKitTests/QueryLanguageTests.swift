import BeadsFormats
import BeadsKit
import BeadsModel
import BeadsTesting
import Testing

@testable import BeadsStore

/// The language of `bd query`: what it finds, what it means, and what it says of mistakes.
@Suite struct QueryLanguageTests {
  // MARK: Meaning

  @Test(arguments: [1, 2, 3] as [UInt64]) func randomExpressionsAgreeWithTheModel(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed + 500)
    var matches = 0
    for _ in 0..<150 {
      let text = world.expression(depth: 3)
      let expression = try world.store.expression(text)
      for isAll in [false, true] {
        let filter = IssueFilter(expression, includesFinished: isAll)
        let found = try world.store.issues(matching: filter, order: IssueOrder(.id)).map(\.id)
        #expect(found == world.expected(expression, includesFinished: isAll), "\(text)")
        #expect(try world.store.count(filter) == found.count, "\(text)")
        matches += found.count
      }
    }
    #expect(matches > 1000)
  }

  /// One condition at a time, in the order of lists too, which is read along an index.
  @Test func eachConditionAgreesWithTheModel() throws {
    let world = try QueryWorld(seed: 900, count: 160)
    let texts = QueryWorld.conditions.flatMap { field, value in
      (0..<8).map { _ in "\(field)=\(value(world))" }
    }
    let ordered = QueryWorld.momentFields.flatMap { field in ["1d", "5d", "+1d"].map { "\(field)<\($0)" } }
    var matches: [String: Int] = [:]
    for text in texts + ordered {
      for text in [text, "NOT \(text)"] {
        let expression = try world.store.expression(text)
        let filter = IssueFilter(expression, includesFinished: true)
        let found = try world.store.issues(matching: filter)
        #expect(found.map(\.id).sorted() == world.expected(expression, includesFinished: true), "\(text)")
        matches[String(text.prefix { $0 != "=" && $0 != "<" }), default: 0] += found.count
      }
    }
    #expect(
      matches.filter { $0.value == 0 }.keys.sorted() == ["owner", "started"].filter { matches[$0] == 0 })
  }

  /// What is printed is read back as the same.
  @Test func descriptionsMeanTheSame() throws {
    let world = try QueryWorld(seed: 7)
    for _ in 0..<200 {
      let expression = try world.store.expression(world.expression(depth: 4))
      #expect(try world.store.expression("\(expression)") == expression, "\(expression)")
      var writer = JSONWriter()
      writer.query(expression)
      #expect(JSONValue(parsing: writer.text) != nil)
    }
  }

  @Test(arguments: [
    ("type=bug AND type=task OR priority=1", "(type=bug AND type=task) OR priority=1"),
    ("NOT type=bug AND priority=1", "NOT type=bug AND priority=1"),
    ("not (type=bug or (priority>=1))", "NOT (type=bug OR priority>=1)"),
    ("NOT NOT type!=bug", "NOT NOT NOT type=bug"), ("TYPE = bug", "type=bug"),
    ("title=and AND notes=or", "title=and AND notes=or"), ("NOT(pinned=yes)", "NOT pinned=true"),
    ("labels=a,\"b c\",none", "label=a,\"b c\",none"), ("assignee=\"none\"", "assignee=\"none\""),
    ("title=a,b", "title=\"a,b\""), ("title='it\\'s'", "title=\"it's\""), ("priority=P0,2", "priority=0,2"),
    ("metadata.Team=a=b", "metadata.Team=\"a=b\""), ("desc=NONE", "description=none"),
    ("status=closed", "status=closed"), ("assignee=''", "assignee=none"), ("issue_type=task", "type=task"),
    ("(type=bug)AND(type=task)", "type=bug AND type=task"),
    ("created>2026-01-31T10:00:00Z", "created>2026-01-31T10:00:00Z"), ("closed!=none", "NOT closed=none"),
  ]) func textsAreUnderstoodAs(text: String, meaning: String) throws {
    let store = try TestProject().makeStore()
    #expect("\(try store.expression(text))" == meaning)
  }

  @Test func timesCountBackwardsAndWhatIsDueForwards() throws {
    let project = try TestProject(step: 0)
    let store = try project.makeStore()
    for (text, days) in [
      ("updated>7d", -7), ("updated>+7d", 7), ("due<7d", 7), ("defer<-7d", -7), ("created<1w", -7),
    ] {
      guard case .term(let term) = try store.expression(text), case .moment(let moment) = term.value else {
        Issue.record("\(text)")
        continue
      }
      #expect(moment == store.now.adding(seconds: Int64(days) * 86_400), "\(text)")
    }
  }

  // MARK: Mistakes

  /// The text with the place of the mistake marked by ‸, and words of the message.
  static let mistakes: [(String, String)] = [
    ("‸foo=1", "unknown field"),
    ("status=open AND ‸foo=1", "unknown field"),
    ("status‸", "operator"), ("status ‸open", "operator"), ("status‸==open", "operator"),
    ("title‸~x", "operator"),
    ("status=‸", "missing"), ("status= ‸", "missing"), ("(status=‸)", "missing"),
    ("status=‸nosuch", "nosuch"),
    ("status=open,‸nosuch", "nosuch"), ("type=‸nosuch", "nosuch"), ("priority=‸5", "priority"),
    ("priority=‸none", "priority"), ("priority>‸1,2", "priority"), ("priority=‸-1", "priority"),
    ("title‸>x", "order"), ("label‸<=x", "order"), ("title=‸\"\"", "empty"), ("title=‸\"open", "quote"),
    ("‸(status=open", "parenthesis"), ("status=open‸)", "parenthesis"), ("‸)", "missing before"),
    ("status=open ‸status=closed", "AND or OR"), ("(status=open ‸status=closed)", "AND, OR"),
    ("title=auth ‸bug", "AND or OR"), ("status=open AND‸", "missing"),
    ("status=open AND ‸AND type=bug", "missing"),
    ("NOT‸", "missing"), ("‸AND type=bug", "missing"), ("created>‸nonsense", "time"),
    ("closed<‸none", "time"),
    ("pinned=‸maybe", "true"), ("metadata.‸=x", "metadata key"), ("has_metadata_key=‸a\"b", "metadata key"),
    ("mol_type=‸nosuch", "molecule"), ("parent=‸t-none", "t-none"), ("id=‸''", "empty"), ("‸=open", "field"),
    ("status=open ‸&& type=bug", "AND or OR"), ("‸💥", "field"), ("title=x ‸💥", "AND or OR"),
  ]

  @Test(arguments: mistakes) func mistakesAreShown(marked: String, word: String) throws {
    let store = try TestProject().makeStore()
    let text = marked.replacing("‸", with: "")
    let place = marked.unicodeScalars.prefix { $0 != "‸" }.count
    do throws(BeadsError) {
      _ = try store.expression(text)
      Issue.record("\(text) is no mistake")
    } catch {
      #expect(error.code == .invalid && error.message.contains(word), "\(error.message)")
      #expect(error.message.contains("(character \(place + 1))"), "\(error.message)")
      #expect(error.details == [text, String(repeating: " ", count: place) + "^"])
    }
  }

  @Test func longTextsAreShownInPart() throws {
    let store = try TestProject().makeStore()
    let text =
      String(repeating: "title=x AND\n", count: 20) + "foo=1" + String(repeating: " AND title=x", count: 20)
    let error = #expect(throws: BeadsError.self) { try store.expression(text) }
    let details = try #require(error?.details)
    let (line, caret) = (Array(details[0]), Array(details[1]))
    #expect(line.count <= 102 && line.first == "…" && line.last == "…" && !line.contains("\n"))
    #expect(String(line[(caret.count - 1)...]).hasPrefix("foo=1"))
  }

  @Test func limitsAreErrorsAndNotCrashes() throws {
    let store = try TestProject().makeStore()
    let terms = { (count: Int, word: String) in
      Array(repeating: "title=x", count: count).joined(separator: " \(word) ")
    }
    for word in ["AND", "OR"] {
      _ = try store.count(IssueFilter(store.expression(terms(QueryParser.maximumTerms, word))))
      #expect(throws: BeadsError.self) { try store.expression(terms(QueryParser.maximumTerms + 1, word)) }
    }
    let nested = { (depth: Int, open: String, close: String) in
      String(repeating: open, count: depth) + "title=x" + String(repeating: close, count: depth)
    }
    for (open, close) in [
      ("(", ")"), ("NOT ", ""), ("NOT (title=y OR ", ")"),
      ("title=y OR (title=z AND (metadata.k!=y OR ", "))"),
      ("NOT (metadata.k!=y AND (metadata.k=y OR ", "))"),
    ] {
      let levels = open.count { $0 == "(" } + (open.hasPrefix("NOT") ? 1 : 0)
      let deepest = QueryParser.maximumDepth / levels
      _ = try store.count(IssueFilter(store.expression(nested(deepest, open, close))))
      #expect(throws: BeadsError.self) { try store.expression(nested(deepest + 1, open, close)) }
      #expect(throws: BeadsError.self) { try store.expression(nested(1000, open, close)) }
    }
    let longest = "title=" + String(repeating: "*[%", count: 5000)
    _ = try store.count(IssueFilter(store.expression(longest)))
    _ = try store.count(IssueFilter(store.expression(longest.replacing("title", with: "id"))))
    #expect(throws: BeadsError.self) { try store.expression(longest + longest) }
    for text in ["", " \n"] {
      #expect(throws: BeadsError.self) { try store.expression(text) }
    }
  }

  /// Whatever is typed is understood or is one clear error; what is understood can be asked.
  @Test(arguments: [11, 12, 13] as [UInt64]) func randomTextsNeverCrash(seed: UInt64) throws {
    let world = try QueryWorld(seed: seed, count: 20)
    let pieces = [
      "status", "=", "!=", ">", "<=", "open", "AND", "OR", "NOT", "(", ")", "\"", "'", "\\", ",", " ", "none",
      "7d",
      "priority", "2", "metadata.", "a", "💥", "é", "\u{301}", "\0", "\n", "*", "[", "title", "id", "parent",
      "created",
    ]
    var understood = 0
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0...9, using: &world.random)).map { _ in world.pick(pieces) }.joined()
      do throws(BeadsError) {
        _ = try world.store.count(IssueFilter(world.store.expression(text)))
        understood += 1
      } catch {
        #expect(error.code == .invalid && !error.message.isEmpty, "\(text): \(error)")
        let isBlank = text.allSatisfy(\.isWhitespace)
        #expect(error.details.count == (isBlank ? 0 : 2) && !error.details.joined().contains("\n"), "\(text)")
      }
    }
    // Small damage to sound expressions reaches deeper.
    for _ in 0..<1000 {
      var scalars = Array(world.expression(depth: 2).unicodeScalars)
      let place = Int.random(in: 0..<scalars.count, using: &world.random)
      switch Int.random(in: 0..<3, using: &world.random) {
      case 0: scalars.remove(at: place)
      case 1: scalars.insert(contentsOf: world.pick(pieces).unicodeScalars, at: place)
      default: scalars[place] = world.pick(pieces).unicodeScalars.first ?? "x"
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      do throws(BeadsError) {
        _ = try world.store.count(IssueFilter(world.store.expression(text)))
        understood += 1
      } catch { #expect(error.code == .invalid, "\(text): \(error)") }
    }
    #expect(understood > 100)
  }
}
