import BeadsFormats
import Testing

@Suite struct YAMLParseTests {
  private func document(_ text: String) throws -> YAMLDocument { try YAMLDocument(Array(text.utf8)) }

  @Test(arguments: [
    ("k: v", "v"), ("k:   v  ", "v"), ("k: v # c", "v"), ("k: v#c", "v#c"), ("k: 'it''s'", "it's"),
    ("k: ''", ""),
    (#"k: "a\tb\n\"\\\u00e4\x41\U0001F600""#, "a\tb\n\"\\ä\u{41}😀"), ("k: \"a # b\" # c", "a # b"),
    ("k: http://x:80/y", "http://x:80/y"), ("k: a:b", "a:b"), ("\"k\": v", "v"), ("'k' : v", "v"),
    ("k : v", "v"),
    ("k: -1", "-1"), ("k: -x", "-x"), ("k: a, b [c]", "a, b [c]"), ("k: true", "true"), ("---\nk: v", "v"),
    ("\u{FEFF}k: v", "v"), ("# c\r\n\r\nk: v\r\nl: w\r\n", "v"), ("  k: v\n  l: w", "v"), ("k:\tv", "v"),
    ("k: v\n\t# c", "v"), ("\t\nk: v", "v"), ("k: ä ö", "ä ö"),
  ])
  func scalars(text: String, value: String) throws {
    #expect(try document(text).string("k") == value)
  }

  @Test(arguments: [
    "k:", "k: ~", "k: null", "k: # c", "", "# k: v", "j: v", "k:\nj: v", "k: {}", "k: [a]", "---",
  ])
  func unsetKeysHaveNoString(text: String) throws {
    #expect(try document(text).string("k") == nil)
  }

  @Test(arguments: [
    "k:\n  - a\n  - 'b c'", "k:\n- a\n- b c # x", "k: [a, b c]", "k: [\n  a, # x\n  \"b c\",\n]",
    "k:\n\n  # x\n  - a\n\n  - b c",
  ])
  func lists(text: String) throws {
    let parsed = try document(text + "\nj: v")
    #expect(parsed["k"] == .list([.scalar("a"), .scalar("b c")]))
    #expect(parsed.list("k") == ["a", "b c"])
    #expect(parsed.string("j") == "v")
  }

  @Test func everyEscapeIsRead() throws {
    let text = try document(#"k: "\0\a\b\t\n\v\f\r\e\N\_\L\P\ \"\/\\""#).string("k")
    #expect(text == "\0\u{7}\u{8}\t\n\u{B}\u{C}\r\u{1B}\u{85}\u{A0}\u{2028}\u{2029} \"/\\")
  }

  @Test func commaSeparatedTextIsAList() throws {
    #expect(try document("k: a, b,, c ").list("k") == ["a", "b", "c"])
    #expect(try document("k: {a: b}").list("k") == nil)
  }

  @Test(arguments: [
    "sync.branch: x", "sync:\n  branch: x", "sync: {branch: x, mode: y}",
    "sync:\n\n    mode: y\n    # c\n    branch: x",
    "sync.branch:\nsync:\n  branch: x", "sync: {\"branch\":x}",
    "sync:\n  branch: x\n  mode: {a: b}\nother: 1",
  ])
  func dottedKeysFindBothSpellings(text: String) throws {
    let parsed = try document(text)
    #expect(parsed.string("sync.branch") == "x")
    #expect(parsed["sync-branch"] == nil)
    #expect(parsed["sync.bran"] == nil)
    #expect(parsed["branch"] == nil)
  }

  @Test func literalKeyWinsAndDotsMayBeInsideKeys() throws {
    #expect(try document("a:\n  b: nested\na.b: literal").string("a.b") == "literal")
    let labels = try document("directory.labels:\n  packages/a.b: x\ndirectory:\n  labels:\n    c: y")
    #expect(labels.string("directory.labels.packages/a.b") == "x")
    #expect(labels.string("directory.labels.c") == "y")
    #expect(labels.leaves.map(\.key) == ["directory.labels.packages/a.b", "directory.labels.c"])
  }

  @Test func typedAccess() throws {
    let parsed = try document("t: Yes\nf: \"off\"\nn: -12\nbad: maybe\nl: [1]")
    #expect(try parsed.bool("t") == true)
    #expect(try parsed.bool("f") == false)
    #expect(try parsed.bool("none") == nil)
    #expect(try parsed.int("n") == -12)
    for key in ["bad", "l"] {
      #expect(throws: YAMLError.self) { try parsed.bool(key) }
      #expect(throws: YAMLError.self) { try parsed.int(key) }
    }
    let error = #expect(throws: YAMLError.self) { try parsed.bool("bad") }
    #expect(error?.description == "line 4, column 6: bad must be true or false")
  }

  @Test(arguments: [
    ("k", "line 1, column 2: expected `:` behind the key"),
    ("a: 1\n\tb: 2", "line 2, column 1: a tab cannot indent; use spaces"),
    ("a: 1\n  b: 2", "line 2, column 3: unexpected indentation"),
    ("a:\n    b: 1\n  c: 2", "line 3, column 3: unexpected indentation"),
    ("a: 1\na: 2", "line 2, column 1: the key a appears twice"),
    ("a: {b: 1, b: 2}", "line 1, column 11: the key b appears twice"),
    ("a: 'x", "line 1, column 4: the quotes are not closed on this line"),
    ("ä: \"x\\q\"", "line 1, column 6: unknown escape in double quotes"),
    ("a: [b", "line 1, column 6: the collection is not closed"),
    ("a: [b c: d]", "line 1, column 8: expected `,` or `]`"),
    ("a: b: c", "line 1, column 5: a `:` here needs quotes around the value"),
    ("a: 'x' y", "line 1, column 8: unexpected text behind the value"),
    ("a: |\n  x", "line 1, column 4: text over several lines is not supported"),
    ("a: &x 1", "line 1, column 4: anchors and aliases are not supported; use quotes"),
    ("a: !!str 1", "line 1, column 4: tags are not supported; use quotes"),
    ("- a", "line 1, column 1: expected `key: value`"),
    ("  a: 1\nb: 2", "line 2, column 1: less indented than the first key"),
    ("a: 1\n---\nb: 2", "line 2, column 1: a second document or directive is not supported"),
    ("a: 1\n- b", "line 2, column 1: a list item where a key is expected"),
    ("a:\n  - b: c", "line 2, column 6: a `:` here needs quotes around the value"),
    ("a:\n  -\n    - c", "line 3, column 5: nested lists and maps in lists are not supported"),
    ("a: @x", "line 1, column 4: text that begins so needs quotes"),
    ("a: \"\\ud800\"", "line 1, column 7: expected 4 hexadecimal digits of a character"),
  ])
  func errorsNameThePlace(text: String, description: String) {
    let error = #expect(throws: YAMLError.self) { try document(text) }
    #expect(error?.description == description)
  }

  @Test func deepNestingIsRefusedNotOverflowed() {
    let blocks = (0..<5000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(throws: YAMLError.self) { try document(blocks) }
    #expect(throws: YAMLError.self) { try document("a: " + String(repeating: "[", count: 5000)) }
    #expect(throws: YAMLError.self) { try document("a: " + String(repeating: "{a: ", count: 5000)) }
  }
}
