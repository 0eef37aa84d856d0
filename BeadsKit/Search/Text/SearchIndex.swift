import BeadsFormats
import BeadsModel
import BeadsSystem

/// Says which issues may contain a text, so that a search reads those and not the whole store.
///
/// Searches promise substrings of any text. What they cost is reading the issues, so a row of this index is a page
/// with the signatures of sixteen issues, see `TextSignature`: a quarter of a kilobyte instead of one or more. What
/// it finds is looked at again, so that it may find too much and must not miss anything:
/// - Triggers mark an issue whose text is new, whoever wrote it; marked issues are looked at by every search.
/// - Each transaction brings the index up to date before it commits. Should that fail, the marks stay.
/// - What is missing or damaged counts as full: all bits are set.
/// - Texts below three bytes, and those that much of the store may contain, are searched without it.
///
/// Why not FTS5, measured on 10,000 issues: only its trigram index knows substrings. It adds 350 to 650 ms to an
/// import whose budget is 500, 0.4 ms to a write with peaks of 60 ms when segments merge, and 2 to 14 MB. An index
/// of words adds 80 ms, and needs another one of the words themselves to find parts of them. This one adds 50 ms to
/// the import, 0.3 ms to a write of new text, nothing to others, and 2.6 MB. Rank and excerpt come from the texts
/// that are found, where FTS5 needs positions or a second copy of them.
struct SearchIndex {
  let connection: Connection

  private static let slots = 16
  private static let blockSize = slots * TextSignature.size

  /// Databases made before there was an index get it with their next change.
  static let schema = """
    CREATE TABLE IF NOT EXISTS search_signatures (block INTEGER PRIMARY KEY, signatures BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS search_pending (seq INTEGER PRIMARY KEY);
    CREATE TRIGGER IF NOT EXISTS search_new_text AFTER INSERT ON issues BEGIN
      INSERT OR IGNORE INTO search_pending (seq) VALUES (NEW.seq);
    END;
    CREATE TRIGGER IF NOT EXISTS search_other_text AFTER UPDATE OF \(columns) ON issues
    WHEN OLD.title IS NOT NEW.title OR OLD.description IS NOT NEW.description OR OLD.id IS NOT NEW.id
      OR OLD.external_ref IS NOT NEW.external_ref
    BEGIN
      INSERT OR IGNORE INTO search_pending (seq) VALUES (NEW.seq);
    END;
    """

  private static let columns = "id, title, description, external_ref"
  static let names = ["search_signatures", "search_pending", "search_new_text", "search_other_text"]

  /// Takes the index away from a database that lives too short to need one.
  func remove() throws(BeadsError) {
    try connection.executeScript(
      """
      DROP TRIGGER search_new_text; DROP TRIGGER search_other_text;
      DROP TABLE search_pending; DROP TABLE search_signatures;
      """)
  }

  // MARK: Writing

  /// Brings the index up to date, inside a transaction; one that is missing or cannot be written is made anew.
  ///
  /// A failure is none of the change's: marks stay, and searches look at what is marked.
  /// - Throws: What has ended the whole transaction, such as a full disk.
  func refresh() throws(BeadsError) {
    if (try? connection.int64("SELECT EXISTS (SELECT 1 FROM search_pending)")) == 0 { return }
    for isLost in [false, true] {
      do throws(BeadsError) {
        return try connection.transaction { () throws(BeadsError) in
          if isLost {
            try connection.executeScript(Self.schema)
            try markAll()
          }
          try indexPending()
        }
      } catch {
        if !connection.isInTransaction { throw error }
      }
    }
  }

  /// Marks every issue, for an index that cannot be trusted.
  func markAll() throws(BeadsError) {
    try connection.executeScript(
      """
      DELETE FROM search_signatures;
      INSERT OR IGNORE INTO search_pending (seq) SELECT seq FROM issues;
      """)
  }

  private func indexPending() throws(BeadsError) {
    var block = Block(number: -1)
    try eachText(of: "search_pending p CROSS JOIN issues i ON i.seq = p.seq ORDER BY p.seq") {
      seq, _, folded throws(BeadsError) in
      if block.number != Self.block(of: seq) {
        try save(block)
        block = try load(Self.block(of: seq))
      }
      block.set(folded, Self.slot(of: seq))
    }
    try save(block)
    try connection.execute("DELETE FROM search_pending")
  }

  // MARK: What is indexed

  /// Calls the body with the row number, the ID and all texts of each issue.
  private func eachText(
    of rows: String, _ body: (Int64, String, [UInt8]) throws(BeadsError) -> Void
  ) throws(BeadsError) {
    var folded: [UInt8] = []
    let hasSnapshots = try connection.int64(Self.snapshotsTable) != nil
    try connection.query(
      "SELECT i.seq, i.compaction_level, i.id, i.title, i.description, i.external_ref FROM \(rows)"
    ) { row throws(BeadsError) in
      folded.removeAll(keepingCapacity: true)
      for column in 2..<6 as Range<Int32> { row.withText(column) { folded.appendPart($0) } }
      if hasSnapshots, row.int64(1) > 0 { try addSnapshots(of: row.text(2), to: &folded) }
      try body(row.int64(0), row.text(2), folded)
    }
  }

  private static let snapshotsTable = "SELECT 1 FROM sqlite_master WHERE name = 'compaction_snapshots'"

  /// Compacted issues are found by the descriptions that they had, too.
  private func addSnapshots(of id: String, to folded: inout [UInt8]) throws(BeadsError) {
    try connection.query(
      "SELECT json_extract(snapshot_json, '$.description') FROM compaction_snapshots WHERE issue_id = ?1", id
    ) { row in row.withText(0) { folded.appendPart($0) } }
  }

  // MARK: Blocks

  /// The signatures of sixteen issues.
  private struct Block {
    let number: Int64
    var bytes = [UInt8](repeating: 0xFF, count: SearchIndex.blockSize)

    mutating func set(_ folded: [UInt8], _ slot: Int) {
      let start = slot * TextSignature.size
      bytes.withUnsafeMutableBufferPointer { bytes in
        for index in start..<start + TextSignature.size { bytes[index] = 0 }
        folded.withUnsafeBufferPointer { text in
          TextSignature.forEachBit(text) { bytes[start + $0 >> 3] |= 1 << UInt8($0 & 7) }
        }
      }
    }

    func has(_ folded: [UInt8], _ slot: Int) -> Bool {
      let start = slot * TextSignature.size
      var hasAll = true
      folded.withUnsafeBufferPointer { text in
        TextSignature.forEachBit(text) {
          hasAll = hasAll && bytes[start + $0 >> 3] & (1 << UInt8($0 & 7)) != 0
        }
      }
      return hasAll
    }
  }

  private static func block(of seq: Int64) -> Int64 { seq >> 4 }
  private static func slot(of seq: Int64) -> Int { Int(seq & 15) }

  private func load(_ number: Int64) throws(BeadsError) -> Block {
    var block = Block(number: number)
    try connection.query("SELECT signatures FROM search_signatures WHERE block = ?1", number) { row in
      let bytes = row.blob(0)
      if bytes.count == Self.blockSize { block.bytes = bytes }
    }
    return block
  }

  private func save(_ block: Block) throws(BeadsError) {
    if block.number < 0 { return }
    try connection.execute(
      "INSERT OR REPLACE INTO search_signatures (block, signatures) VALUES (?1, ?2)", block.number,
      block.bytes)
  }

  // MARK: Searching

  /// The row numbers of the issues that may have all the texts in what is indexed, or nil when the index is no help.
  func candidates(_ texts: [String]) -> [Int64]? {
    let bits = TextSignature.bits(of: texts)
    return bits.isEmpty ? nil : try? matching(bits)
  }

  private func matching(_ bits: [Int]) throws(BeadsError) -> [Int64]? {
    guard let last = try connection.int64("SELECT max(seq) FROM issues") else { return nil }
    // Beyond that, reading the issues in the order of their status is as fast.
    let limit = max(64, Int(last) / 5)
    var found = try connection.all("SELECT seq FROM search_pending LIMIT ?1", limit + 1) { $0.int64(0) }
    var next: Int64 = 0
    try connection.withStatement(
      "SELECT block, signatures FROM search_signatures WHERE block BETWEEN 0 AND ?1 ORDER BY block"
    ) { statement throws(BeadsError) in
      statement.bind(Self.block(of: last), at: 1)
      while found.count <= limit, try statement.step() {
        let block = statement.row.int64(0)
        found.append(contentsOf: next << 4..<block << 4)
        next = block + 1
        statement.row.withBlob(1) { Self.add($0, of: block, bits, to: &found) }
      }
    }
    if found.count <= limit, next << 4 <= last { found.append(contentsOf: next << 4...last) }
    return found.count > limit ? nil : found
  }

  private static func add(
    _ signatures: UnsafeBufferPointer<UInt8>, of block: Int64, _ bits: [Int], to found: inout [Int64]
  ) {
    let isWhole = signatures.count == blockSize
    for slot in 0..<slots {
      if isWhole, let base = signatures.baseAddress,
        !TextSignature.has(bits, base + slot * TextSignature.size)
      {
        continue
      }
      found.append(block << 4 + Int64(slot))
    }
  }

  // MARK: Checking

  /// The issues that searches would miss, because bits are not set that they need.
  func hiddenIssues() throws(BeadsError) -> [String] {
    let tables = "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('search_signatures', 'search_pending')"
    guard try connection.int64(tables) == 2 else { return [] }
    var hidden: [String] = []
    var block = Block(number: -1)
    try eachText(of: "issues i WHERE i.seq NOT IN (SELECT seq FROM search_pending) ORDER BY i.seq") {
      seq, id, folded throws(BeadsError) in
      if block.number != Self.block(of: seq) { block = try load(Self.block(of: seq)) }
      if !block.has(folded, Self.slot(of: seq)) { hidden.append(id) }
    }
    return hidden
  }
}

extension [UInt8] {
  /// Adds a text in lower case, and an end that no text has, so that no part spans two texts.
  fileprivate mutating func appendPart(_ text: UnsafeBufferPointer<UInt8>?) {
    guard let text, !text.isEmpty else { return }
    appendFolded(text)
    append(contentsOf: [0xFF, 0xFF])
  }
}
