import BeadsFormats
import Testing

@Suite struct YAMLEditTests {
  private static func set(_ text: String, _ key: String, _ value: String) throws -> String {
    var document = try YAMLDocument(Array(text.utf8))
    try document.set(key, to: value)
    return String(decoding: document.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    // Replacing.
    ("a: 1 # c\nb: 2\n", "a", "x", "a: x # c\nb: 2\n"), ("a: 'x'", "a", "y", "a: y"),
    ("a: \"x\" ", "a", "y", "a: y "),
    ("a:\nb: 2\n", "a", "x", "a: x\nb: 2\n"), ("a: # c\n", "a", "x", "a: x # c\n"),
    ("a: ~\n", "a", "x", "a: x\n"),
    ("s:\n  b: 1\n  c: 2\n", "s.b", "x", "s:\n  b: x\n  c: 2\n"), ("s.b: 1\n", "s.b", "x", "s.b: x\n"),
    ("s: {b: 1, c: 2}\n", "s.c", "x, y", "s: {b: 1, c: \"x, y\"}\n"), ("s: {b}\n", "s.b", "x", "s: {b: x}\n"),
    ("a: # c\n  - 1\n  # d\n  - 2\nb: 3\n", "a", "x", "a: x # c\nb: 3\n"),
    ("a: [1,\n 2]\nb: 3\n", "a", "x", "a: x\nb: 3\n"),
    ("a: 1\r\nb: 2\r\n", "a", "x", "a: x\r\nb: 2\r\n"),
    // Activating a template.
    ("# head\n# a: false  # what it does\nb: 2\n", "a", "true", "# head\na: true  # what it does\nb: 2\n"),
    ("#a:\n", "a", "x", "a: x\n"), ("s:\n  # b: 1\n  c: 2\n", "s.b", "x", "s:\n  b: x\n  c: 2\n"),
    ("s:\n  c: 2\n#   b: 1\n", "s.b", "x", "s:\n  c: 2\n  b: x\n"), ("# s.b: 1\n", "s.b", "x", "s.b: x\n"),
    ("s:\n# b: 1\n  c: 2\n", "b", "x", "s:\n# b: 1\n  c: 2\nb: x\n"),
    ("# a: see below: it matters\n", "a", "x", "# a: see below: it matters\na: x\n"),
    ("# ab: 1\n", "a", "x", "# ab: 1\na: x\n"), ("# a: 1\r\nb: 2\r\n", "a", "x", "a: x\r\nb: 2\r\n"),
    // Adding.
    ("", "a", "x", "a: x\n"), ("b: 2", "a", "x", "b: 2\na: x\n"),
    ("b: 2\n# end\n", "a", "x", "b: 2\n# end\na: x\n"),
    ("s:\n    b: 1\n\n# next\nt: 2\n", "s.a", "x", "s:\n    b: 1\n    a: x\n\n# next\nt: 2\n"),
    ("s:\nt: 1\n", "s.a", "x", "s:\n  a: x\nt: 1\n"), ("s: {}\n", "s.a", "x", "s: {a: x}\n"),
    ("s: {b: 1} # c\n", "s.a.d", "x", "s: {b: 1, a.d: x} # c\n"),
    ("s:\n  t:\n    u: 1\n", "s.t.a", "x", "s:\n  t:\n    u: 1\n    a: x\n"),
    ("s:\n  t:\n    u: 1\n", "s.a", "x", "s:\n  t:\n    u: 1\n  a: x\n"),
    ("s: 1\n", "s.a", "x", "s: 1\ns.a: x\n"),
    ("  b: 1\n", "a", "x", "  b: 1\n  a: x\n"), ("b: 1\r\n", "a", "x", "b: 1\r\na: x\r\n"),
  ])
  func setTouchesOneLine(before: String, key: String, value: String, after: String) throws {
    #expect(try Self.set(before, key, value) == after)
  }

  @Test(arguments: [
    ("x", "x"), ("", "\"\""), ("a b", "a b"), ("true", "true"), ("null", "\"null\""), ("~", "\"~\""),
    ("-1", "-1"),
    ("- x", "\"- x\""), ("a: b", "\"a: b\""), ("a:", "\"a:\""), ("a #b", "\"a #b\""), ("a#b", "a#b"),
    (" a", "\" a\""),
    ("ä€😀", "ä€😀"), ("a\nb\t\"\\\u{1B}", #""a\nb\t\"\\\u001b""#), ("\u{85}\u{FEFF}", #""\u0085\ufeff""#),
    ("#", "\"#\""),
    ("{a}", "\"{a}\""), ("a,b", "a,b"), ("~/x", "~/x"), ("'", "\"'\""), ("it's", "it's"), ("@x", "\"@x\""),
  ])
  func valuesAreQuotedOnlyWhenNeeded(value: String, written: String) throws {
    let after = try Self.set("a: 1\n", "a", value)
    #expect(after == "a: \(written)\n")
    #expect(try YAMLDocument(Array(after.utf8)).string("a") == value)
  }

  @Test func listsAreSetOnOneLine() throws {
    var document = try YAMLDocument(Array("# c\nl:\n  - 1\nb: 2\n".utf8))
    try document.set("l", to: ["a", "b, c", ""])
    #expect(String(decoding: document.bytes, as: UTF8.self) == "# c\nl: [a, \"b, c\", \"\"]\nb: 2\n")
    #expect(document.list("l") == ["a", "b, c", ""])
  }

  @Test(arguments: [
    ("a: 1\nb: 2\n", "a", "b: 2\n"), ("# c\na:\n  - 1\n  - 2\n# d\nb: 2", "a", "# c\n# d\nb: 2"),
    ("s:\n  a: 1\n  b: 2\n", "s.a", "s:\n  b: 2\n"), ("s:\n  a: 1\nt: 2\n", "s.a", "s:\nt: 2\n"),
    ("s: {a: 1, b: 2} # c\n", "s.a", "s: {b: 2} # c\n"), ("s.a: 1\ns:\n  a: 2\n", "s.a", "s:\n"),
    ("a: 1", "a", ""),
    ("b: 1\n", "a", "b: 1\n"), ("a:\nb: 1\n", "a", "a:\nb: 1\n"),
  ])
  func unsetRemovesOnlyTheKey(before: String, key: String, after: String) throws {
    var document = try YAMLDocument(Array(before.utf8))
    #expect(try document.unset(key) == (before != after))
    #expect(String(decoding: document.bytes, as: UTF8.self) == after)
    #expect(document[key] == nil)
  }

  @Test func groupsAreNeitherSetNorRemoved() throws {
    for text in ["s:\n  a: 1\n", "s: {a: 1}\n"] {
      var document = try YAMLDocument(Array(text.utf8))
      #expect(throws: YAMLError.self) { try document.set("s", to: "x") }
      #expect(throws: YAMLError.self) { try document.unset("s") }
      #expect(throws: YAMLError.self) { try document.set("", to: "x") }
      #expect(document.bytes == Array(text.utf8))
    }
  }
}
