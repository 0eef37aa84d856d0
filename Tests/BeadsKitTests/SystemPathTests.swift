import BeadsSystem
import Testing

@Suite struct SystemPathTests {
  @Test(arguments: [
    ("a", "b", "a/b"), ("a/", "b", "a/b"), ("a", "/b", "/b"), ("", "b", "b"), ("a", "", "a"),
    ("/", "b", "/b"),
  ])
  func join(base: String, part: String, joined: String) {
    #expect(Path.join(base, part) == joined)
  }

  @Test(arguments: [
    ("a/b", "a", "b"), ("a/b/", "a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("/", "/", "/"), ("", ".", ""),
    ("a//b", "a", "b"), ("//", "/", "/"), ("/ä/ö", "/ä", "ö"),
  ])
  func directoryAndName(path: String, directory: String, name: String) {
    #expect(Path.directory(of: path) == directory)
    #expect(Path.name(of: path) == name)
  }

  @Test(arguments: [
    ("/a/./b/../c", "/a/c"), ("/..", "/"), ("/../a", "/a"), ("a/..", "."), ("../a", "../a"),
    ("a/../../b", "../b"),
    ("", "."), ("//a//", "/a"), ("./a", "a"), ("../..", "../.."),
  ])
  func normalized(path: String, result: String) {
    #expect(Path.normalized(path) == result)
    #expect(Path.normalized(result) == result)
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a", "/a/b", ".."), ("/a", "/a", "."), ("/a/b", "/c/d", "../../a/b"),
    ("/", "/a", ".."),
    ("/ab", "/a", "../ab"),
  ])
  func relative(target: String, directory: String, result: String) {
    #expect(Path.relative(target, to: directory) == result)
    #expect(Path.absolute(result, in: directory) == target)
  }

  @Test func insideComparesWholeComponents() {
    #expect(Path.isInside("/a/b", "/a"))
    #expect(Path.isInside("/a", "/a"))
    #expect(!Path.isInside("/ab", "/a"))
    #expect(!Path.isInside("/a/../b", "/a"))
  }

  @Test func homeIsExpandedOnlyAtTheStart() {
    let environment = Environment(variables: [:], currentDirectory: "/", homeDirectory: "/h", userName: "u")
    #expect(Path.expandingHome("~/x", environment) == "/h/x")
    #expect(Path.expandingHome("~", environment) == "/h")
    #expect(Path.expandingHome("~x", environment) == "~x")
    #expect(Path.expandingHome("a/~", environment) == "a/~")
  }
}
