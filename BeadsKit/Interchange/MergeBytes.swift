// Scans over file bytes, eight at a time where files are large.

extension UnsafeBufferPointer<UInt8> {
  /// The index of the next line feed, or the end.
  func lineEnd(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = start
    let base = UnsafeRawPointer(baseAddress)
    while let base, index + 8 <= count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let feed = word ^ (ones &* 0x0A)
      let hits = (feed &- ones) & ~feed & (ones &* 0x80)
      if hits != 0 { return index + hits.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count, self[index] != 0x0A { index += 1 }
    return index
  }

  /// Whether both hold the same bytes.
  func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard let a = UnsafeRawPointer(baseAddress), let b = UnsafeRawPointer(other.baseAddress) else {
      return true
    }
    var index = 0
    while index + 8 <= count {
      let word = a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if word != b.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
      index += 8
    }
    while index < count, self[index] == other[index] { index += 1 }
    return index == count
  }

  /// Whether the word occurs.
  func contains(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard length > 0, count >= length else { return length == 0 }
    return (0...count - length).contains { start in
      self[start] == word.utf8Start[0] && (1..<length).allSatisfy { self[start + $0] == word.utf8Start[$0] }
    }
  }

  /// Where a word begins, or nil.
  func firstIndex(of word: String) -> Int? {
    var word = word
    return word.withUTF8 { word in
      guard let first = word.first, count >= word.count else { return nil }
      var index = 0
      while index <= count - word.count {
        if self[index] == first,
          UnsafeBufferPointer(rebasing: self[index..<index + word.count]).isSame(as: word)
        {
          return index
        }
        index += 1
      }
      return nil
    }
  }

  /// Without white space at the end, such as the carriage return of a Windows file.
  var trimmed: UnsafeBufferPointer<UInt8> {
    var end = count
    while end > 0, self[end - 1] <= 0x20 { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[..<end])
  }

  /// The character of which git's conflict marker on this line consists, and how often it stands there: seven times,
  /// and more often where a conflict lies in the ancestor of another.
  var conflictMark: (character: UInt8, length: Int)? {
    guard count >= 7, let mark = first, "<|=>".utf8.contains(mark) else { return nil }
    let length = prefix { $0 == mark }.count
    guard length >= 7, count == length || self[length] == 0x20 else { return nil }
    return (mark, length)
  }
}
