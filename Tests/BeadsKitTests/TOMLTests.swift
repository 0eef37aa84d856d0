import Testing

@testable import BeadsFormats

@Suite struct TOMLTests {
  /// The document in one line: tables in braces, moments as they are written in RFC 3339.
  private static func flat(_ value: TOMLValue) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .integer(let number): "\(number)"
    case .float(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .dateTime(let moment): "@\(moment)"
    case .array(let items): "[" + items.map { flat($0.value) }.joined(separator: " ") + "]"
    case .table(let table):
      "{" + table.entries.map { "\($0.key)=\(flat($0.node.value))" }.joined(separator: " ") + "}"
    }
  }

  private static func flat(_ text: String) throws -> String { flat(.table(try TOMLDocument(text).root)) }

  @Test(arguments: [
    ("", "{}"), ("\u{FEFF}a = 1", "{a=1}"), ("# only a remark\r\n\r\n", "{}"),
    ("a = 1 # one\nb=2", "{a=1 b=2}"),
    ("bare-key_1 = true\n\"\" = 2\n'quo.ted' = 3", "{bare-key_1=true =2 quo.ted=3}"),
    ("a . b.'c d' = 1\na.e = 2", "{a={b={c d=1} e=2}}"), ("1.2 = 3", "{1={2=3}}"),
  ])
  func keys(text: String, expected: String) throws { #expect(try Self.flat(text) == expected) }

  @Test(arguments: [
    (#"a = "tab\t quote\" slash\\ \u00e9 \U0001F600""#, "tab\t quote\" slash\\ é 😀"),
    (#"a = 'no \escapes'"#, #"no \escapes"#), ("a = \"\"\"\nfirst\nsecond\"\"\"", "first\nsecond"),
    ("a = \"\"\"joined \\\n\n    here\"\"\"", "joined here"),
    ("a = \"\"\"two \"\" and five \"\"\"\"\"", "two \"\" and five \"\""),
    ("a = '''\r\nraw \\n\r\n'''", "raw \\n\n"), ("a = ''''quoted''''", "'quoted'"), ("a = \"\"", ""),
  ])
  func strings(text: String, expected: String) throws {
    #expect(try TOMLDocument(text).root["a"] == .string(expected))
  }

  @Test(
    arguments: [
      ("+99", .integer(99)), ("-0", .integer(0)), ("1_000", .integer(1000)),
      ("0xDEAD_beef", .integer(0xDEAD_BEEF)),
      ("0o755", .integer(0o755)), ("0b1101", .integer(13)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("3.14", .float(3.14)), ("-0.0", .float(-0.0)),
      ("5e+22", .float(5e22)),
      ("6.626e-34", .float(6.626e-34)), ("1e06", .float(1e6)), ("224_617.445_991", .float(224617.445991)),
      ("-inf", .float(-.infinity)), ("true", .boolean(true)),
    ] as [(String, TOMLValue)])
  func numbers(text: String, expected: TOMLValue) throws {
    #expect(try TOMLDocument("a = \(text)").root["a"] == expected)
  }

  @Test(arguments: [
    ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"),
    ("1979-05-27 00:32:00.5-07:00", "1979-05-27T00:32:00.5-07:00"),
    ("1979-05-27t07:32:00.9999999999z", "1979-05-27T07:32:00.999999999Z"),
    ("1979-05-27T07:32:00", "1979-05-27T07:32:00"),
    ("2024-02-29", "2024-02-29"), ("23:59:60", "23:59:60"), ("00:32:00.999", "00:32:00.999"),
  ])
  func moments(text: String, expected: String) throws {
    guard case .dateTime(let moment) = try TOMLDocument("a = \(text) # c").root["a"] else {
      Issue.record("\(text) is no moment")
      return
    }
    #expect(moment.description == expected)
  }

  @Test(arguments: [
    ("a = [ 1, 2, # two\n 3, ]", "{a=[1 2 3]}"), ("a = [[1], ['x', {b = 2}]]", "{a=[[1] [\"x\" {b=2}]]}"),
    ("a = { b = 1, c.d = 2, c.e = {} }", "{a={b=1 c={d=2 e={}}}}"),
    ("[a]\nb = 1\n[a.c]\nd = 2", "{a={b=1 c={d=2}}}"),
    ("[x.y.z]\n[x]\nw = 1", "{x={y={z={}} w=1}}"),
    ("[[p]]\nn = 1\n[[p]]\n[p.q]\nm = 2", "{p=[{n=1} {q={m=2}}]}"),
    ("[[f]]\n[[f.v]]\nn=1\n[[f.v]]\nn=2", "{f=[{v=[{n=1} {n=2}]}]}"),
    (
      "[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true",
      "{fruit={apple={color=1 texture={smooth=true}}}}"
    ),
  ])
  func tables(text: String, expected: String) throws { #expect(try Self.flat(text) == expected) }

  @Test(arguments: [
    ("a", "line 1, column 2: expected `=` behind the key"), ("a = ", "line 1, column 5: expected a value"),
    ("é = 1", "line 1, column 1: expected a key"),
    ("x = 'é' y", "line 1, column 9: expected the end of the line"),
    ("a = word", "line 1, column 5: expected a value; text needs quotes"),
    ("a = 1\na = 2", "line 2, column 1: `a` is defined already"),
    ("a = 01", "line 1, column 5: no number: 01"),
    ("a = 1__0", "line 1, column 5: no number: 1__0"),
    ("a = .5", "line 1, column 5: expected a value; text needs quotes"),
    ("a = 1.", "line 1, column 5: no number: 1."), ("a = +0x1", "line 1, column 5: no number: +0x1"),
    ("a = 9223372036854775808", "line 1, column 5: 9223372036854775808 does not fit into 64 bits"),
    ("a = 2023-02-29", "line 1, column 5: no such date or time: 2023-02-29"),
    ("a = 24:00:00", "line 1, column 5: no such date or time: 24:00:00"),
    ("a = \"open", "line 1, column 10: a string that does not end"),
    ("a = \"open\nb = 1", "line 1, column 10: a string that does not end on its line"),
    ("a = \"\"\"\nopen", "line 1, column 5: a string that does not end"),
    (#"a = "\x41""#, #"line 1, column 6: an unknown escape; a backslash itself is written \\"#),
    (#"a = "\ud800""#, "line 1, column 6: no character has that code"),
    ("a = \"\u{1}\"", "line 1, column 6: a control character"),
    ("# \u{7F}", "line 1, column 3: a control character"),
    ("a = 1\rb = 2", "line 1, column 6: a carriage return without a line feed"),
    ("[a]\n[a]", "line 2, column 2: `a` is defined already"),
    ("a = 1\n[a.b]", "line 2, column 2: `a` is a value already"),
    ("a = []\n[[a]]", "line 2, column 3: `a` is defined already, and is no array of tables"),
    ("[[a]]\n[a]", "line 2, column 2: `a` is defined already"),
    ("[a", "line 1, column 3: expected `]` behind the table's name"),
    ("[[a]", "line 1, column 5: expected `]]` behind the table's name"),
    ("[]", "line 1, column 2: expected a key"),
    ("a = {b = 1}\na.c = 2", "line 2, column 1: `a` is defined already"),
    ("a = {b = 1}\n[a.c]", "line 2, column 2: `a` is a value already"),
    ("[a.b]\n[a]\nb.c = 1", "line 3, column 1: `b` is defined already"),
    ("a.b = 1\n[a]", "line 2, column 2: `a` is defined already"),
    ("a = {b = 1,}", "line 1, column 12: expected a key"),
    ("a = {b = 1\n}", "line 1, column 11: expected `,` or `}` in the inline table"),
    ("a = [1 2]", "line 1, column 8: expected `,` or `]` in the array"),
    ("\"\"\"a\"\"\" = 1", "line 1, column 1: a key cannot have several lines"),
  ])
  func errorsNameThePlace(text: String, expected: String) {
    do {
      let document = try TOMLDocument(text)
      Issue.record("parsed as \(Self.flat(.table(document.root)))")
    } catch {
      #expect("\(error)" == expected)
    }
  }

  @Test func bytesThatAreNoUTF8AreNamed() {
    #expect(throws: TOMLError.self) { try TOMLDocument(Array("a = 'x'\nb = '".utf8) + [0xFF, 0x27]) }
    do { _ = try TOMLDocument(Array("a = 'x'\nb = '".utf8) + [0xFF, 0x27]) } catch {
      #expect("\(error)" == "line 2, column 6: not UTF-8")
    }
  }

  @Test(arguments: [
    "a=" + String(repeating: "[", count: 50_000), String(repeating: "a.", count: 50_000) + "a=1",
    "a=" + String(repeating: "{b=", count: 50_000), "[" + String(repeating: "a.", count: 50_000) + "a]",
  ])
  func deepNestingIsRefused(text: String) {
    do {
      _ = try TOMLDocument(text)
      Issue.record("parsed")
    } catch {
      #expect(error.reason == "nested too deeply")
    }
  }

  @Test func placesOfValuesAreKnown() throws {
    let document = try TOMLDocument("[[steps]]\nid = 'a'\nneeds = ['ü', 'b']\n")
    guard case .array(let steps) = document.root["steps"], case .table(let step) = steps[0].value,
      let needs = step.entry("needs"), case .array(let items) = needs.node.value
    else {
      Issue.record("not the shape")
      return
    }
    #expect(document.position(of: needs.keyOffset).description == "line 3, column 1")
    #expect(document.position(of: items[1].offset).description == "line 3, column 15")
    #expect(document.position(of: steps[0].offset).description == "line 1, column 3")
  }

  /// Whatever is changed in a document, reading it ends with a table or an error inside the text.
  @Test func mutatedDocumentsEndInATableOrAnError() throws {
    let sample = Array(
      """
      title = "x\\u00e9" # remark
      list = [1, 2.5, true, 1979-05-27T07:32:00Z, "a", 'b']
      [owner.name]
      a.b = { c = [{ d = 1 }], "e" = \"\"\"f
      g\"\"\" }
      [[steps]]
      id = 1
      """.utf8)
    let alphabet = Array("[]{}=.,\"'\\#\n\r\t -+_:TZ09axé\u{0}".utf8)
    var random = TestRandom(seed: 7)
    var accepted = 0
    for _ in 0..<3000 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        }
      }
      do {
        _ = try TOMLDocument(bytes)
        accepted += 1
      } catch {
        #expect(error.position.line <= 10 && error.position.column >= 1)
      }
    }
    #expect(100..<2000 ~= accepted)
  }
}
