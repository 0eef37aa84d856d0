import Testing

@testable import BeadsModel

@Suite struct CodecFuzzTests {
  /// Whatever decodes is written as a line that decodes to the same, before and after repair.
  @Test(arguments: 0..<4)
  func mutatedLinesNeverCrashAndSettleAtOnce(_ seed: UInt64) throws {
    let samples = CodecSamples.all.map { Array($0.utf8) }
    let now = Timestamp(seconds: 1_800_000_000)
    var random = TestRandom(seed: seed)
    var decoded = 0
    for _ in 0..<1500 {
      let line = CodecMutation.mutated(samples[Int.random(in: 0..<samples.count, using: &random)], &random)
      guard var issue = CodecSamples.decode(line) else { continue }
      decoded += 1
      let written = issue.jsonLine
      #expect(!written.utf8.contains(0x0A))
      #expect(CodecSamples.decode(written)?.jsonLine == written)
      issue.repair(now: now)
      let repaired = issue.jsonLine
      var again = try #require(CodecSamples.decode(repaired))
      again.repair(now: now)
      #expect(again.jsonLine == repaired)
    }
    #expect(decoded > 100)
  }
}

/// Damage as torn writes, editors and foreign tools do it.
enum CodecMutation {
  private static let pieces: [[UInt8]] =
    [
      "\"", "\\", #"\u00e9"#, #"\ud83d"#, "{", "}", "[", "]", ":", ",", "null", "true", "-0", "1e400",
      "\u{2028}",
      "\n", "\r", " ", #""labels":["z","a","a",""],"#, #""metadata":{ "a":[1,2]},"#, #""metadata":null,"#,
      #""dependencies":[{"depends_on_id":"x-1"},{"depends_on_id":"x-1"}],"#, #""comments":[{"id":"007"}],"#,
      #""deleted_at":"2026-01-01T00:00:00Z","#, #""status":"closed","#, #""status":"deleted","#,
      #""x\u0041":1,"#,
      #""quality_score":1e-7,"#, #""timeout":-5,"#, #""wisp":true,"#, #""replies_to":"y-1","#, #""é":null,"#,
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80]]

  static func mutated(_ original: [UInt8], _ random: inout TestRandom) -> [UInt8] {
    var line = original
    for _ in 0..<Int.random(in: 1...3, using: &random) where !line.isEmpty {
      let place = Int.random(in: 0..<line.count, using: &random)
      let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
      switch Int.random(in: 0..<7, using: &random) {
      case 0: line[place] = UInt8.random(in: 0...255, using: &random)
      case 1: line.remove(at: place)
      case 2: line.insert(UInt8.random(in: 32...126, using: &random), at: place)
      case 3: line.insert(contentsOf: piece, at: place)
      case 4: line.removeSubrange(place..<min(line.count, place + 20))
      case 5: line.removeLast(line.count - place)
      default:
        let commas = line.indices.filter { line[$0] == UInt8(ascii: ",") }
        if let comma = commas.randomElement(using: &random) { line.insert(contentsOf: piece, at: comma + 1) }
      }
    }
    return line
  }
}
