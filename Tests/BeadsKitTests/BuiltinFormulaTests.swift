import BeadsKit
import Foundation
import Testing

/// The formulas that every program carries, as texts.
@Suite struct BuiltinFormulaTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Formulas")

  /// What is embedded is the folder: no file is forgotten, none is old.
  @Test func embeddedIsTheFolder() throws {
    let suffix = ".formula.toml"
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    #expect(BuiltinFormulas.all.map { $0.name } == files.sorted())
    for (name, bytes) in BuiltinFormulas.all {
      let file = try Data(contentsOf: Self.folder.appendingPathComponent(name + suffix))
      #expect(bytes == [UInt8](file), "\(name)")
    }
  }

  /// Lines that fit a terminal, no control characters.
  @Test(arguments: BuiltinFormulas.all.map { $0.name })
  func textIsPlain(_ name: String) throws {
    let bytes = try #require(BuiltinFormulas.all.first { $0.name == name }).bytes
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      #expect(line.count <= 120 && !line.contains { $0 < 0x20 }, "\(String(decoding: line, as: UTF8.self))")
    }
  }
}
