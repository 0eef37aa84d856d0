import BeadsSystem
import Testing

@testable import BeadsModel

@Suite struct IdentityGeneratorTests {
  let bd = Prefix(directoryName: "bd")

  private func candidates(_ length: Int, kind: IssueIDKind = .issue) -> [String] {
    IssueIDGenerator(prefix: bd, kind: kind).candidates(
      title: "First <b> & issue", description: "desc", creator: "alice",
      createdAt: Timestamp(unixNanoseconds: 1_795_371_981_234_621_330), length: length
    ).map(\.rawValue)
  }

  /// The check vectors published with the contract.
  @Test(arguments: [(3, "bd-33n"), (4, "bd-m1z8")])
  func publishedVectors(_ length: Int, _ id: String) { #expect(candidates(length).first == id) }

  @Test func triesTenNoncesAtEveryLengthUpToEight() {
    let ids = candidates(3)
    #expect(ids.count == 60)
    for (index, id) in ids.enumerated() { #expect(id.utf8.count == 3 + 3 + index / 10) }
    #expect(Set(ids).count == 60)
    #expect(candidates(8).count == 10)
    #expect(candidates(99) == candidates(8))
    #expect(candidates(-1) == candidates(3))
  }

  @Test func suffixTakesTheLeastSignificantDigits() {
    let digest = SHA256Digest(0xFFFF_FFFF_FFFF_FFFF, 0, 0, 0)
    let expected = [
      (3, 0xFFFF), (4, 0xFF_FFFF), (5, 0xFFFF_FFFF), (6, 0xFFFF_FFFF), (7, 0xFF_FFFF_FFFF),
      (8, 0xFF_FFFF_FFFF),
    ]
    for (length, value) in expected {
      let digits = String(UInt64(value), radix: 36)
      let padded = String(repeating: "0", count: max(0, length - digits.count)) + digits
      #expect(IssueIDCandidates.suffix(digest, length: length) == String(padded.suffix(length)))
    }
    #expect(IssueIDCandidates.suffix(SHA256Digest(0, 0, 0, 0), length: 6) == "000000")
  }

  @Test func infixesTellTheKind() throws {
    let wisp = try IssueID(#require(candidates(4, kind: .wisp).first))
    let step = try IssueID(#require(candidates(4, kind: .molecule).first))
    #expect(wisp.rawValue == "bd-wisp-m1z8" && wisp.isWisp && !wisp.isMolecule)
    #expect(step.rawValue == "bd-mol-m1z8" && step.isMolecule && !step.isWisp)
    #expect(bd.mergeSlotID.rawValue == "bd-merge-slot")
  }

  /// P(n,3) passes 25 % between 163 and 164 issues, and so on (contract 2.3).
  @Test(arguments: [
    (0, 3), (163, 3), (164, 4), (983, 4), (984, 5), (5_898, 5), (5_899, 6), (35_389, 6), (35_390, 7),
    (100_000_000, 8),
  ])
  func lengthFollowsTheBirthdayBound(_ count: Int, _ length: Int) {
    #expect(IDLength().length(count: count) == length)
  }

  @Test func lengthObeysItsLimits() {
    #expect(IDLength(minimum: 5).length(count: 0) == 5)
    #expect(IDLength(maximum: 4).length(count: 1_000_000) == 4)
    #expect(IDLength(minimum: 7, maximum: 4).length(count: 0) == 7)
    #expect(IDLength(minimum: -3, maximum: 99).length(count: 1_000_000_000) == 8)
    #expect(IDLength(threshold: 0.01).length(count: 100) == 4)
    #expect(IDLength().length(count: nil) == 6)
    #expect(IDLength.collisionProbability(count: 1000, length: 8) > 0)
  }

  @Test func countersReadTheirOwnNumbersOnly() throws {
    let generator = IssueIDGenerator(prefix: bd)
    #expect(generator.id(number: 17).rawValue == "bd-17")
    let cases: [(String, Int?)] = [
      ("bd-17", 17), ("bd-0", 0), ("bd-017", nil), ("bd-17.1", nil), ("bd-a17", nil), ("bd-", nil),
      ("bdx-17", nil),
      ("web-17", nil), ("bd-99999999999999999999", nil),
    ]
    for (text, number) in cases { #expect(generator.number(of: try IssueID(text)) == number, "\(text)") }
  }

  @Test(
    arguments: [
      ("bd-a3f8", 0, nil, nil), ("bd-a3f8.1", 1, "bd-a3f8", 1), ("bd-a3f8.1.22", 2, "bd-a3f8.1", 22),
      ("my.app-a3f8", 0, nil, nil), ("my.app-a3f8.3", 1, "my.app-a3f8", 3), ("bd-v1.2-fix", 0, nil, nil),
      ("bd-a3f8.01", 0, nil, nil), ("bd-a3f8.", 0, nil, nil), (".1", 0, nil, nil), ("bd-a..1", 1, "bd-a.", 1),
    ] as [(String, Int, String?, Int?)])
  func childNumbers(_ text: String, _ depth: Int, _ parent: String?, _ number: Int?) throws {
    let id = try IssueID(text)
    #expect(id.depth == depth)
    #expect(id.parentAndNumber?.parent.rawValue == parent)
    #expect(id.parentAndNumber?.number == number)
  }

  @Test func childrenNestThreeDeep() throws {
    var id = try IssueID("bd-a3f8")
    for number in 1...3 { id = try id.child(number) }
    #expect(id.rawValue == "bd-a3f8.1.2.3")
    let deep = id
    let error = #expect(throws: BeadsError.self) { try deep.child(1) }
    #expect(error?.message == "maximum hierarchy depth (3) exceeded for parent bd-a3f8.1.2.3")
    #expect(try deep.child(1, maximumDepth: 4).depth == 4)
  }
}
