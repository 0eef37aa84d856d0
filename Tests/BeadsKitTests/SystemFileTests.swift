import BeadsSystem
import Foundation
import Testing

@Suite struct SystemFileTests {
  @Test func readReturnsWhatReplaceWrote() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "f")
      for size in [0, 1, 4096, 300_000] {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let stamp = try FileSystem.replace(path, with: bytes, durable: true)
        #expect(try FileSystem.read(path) == bytes)
        #expect(try FileSystem.withContents(of: path) { $0.count } == size)
        #expect(try FileSystem.stamp(path) == stamp)
      }
      #expect(try FileSystem.list(directory) == ["f"])
    }
  }

  @Test func readFollowsGrowthOfFilesWithoutSize() throws {
    #expect(try !FileSystem.read("/proc/self/status").isEmpty)
  }

  @Test func replaceKeepsModeUnlessGiven() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "f")
      try FileSystem.replace(path, with: [1], mode: 0o600)
      try FileSystem.replace(path, with: [2])
      #expect(try FileSystem.status(path)?.mode == 0o600)
      try FileSystem.replace(path, with: [3], mode: 0o666)
      #expect(try FileSystem.status(path)?.mode == 0o666)
    }
  }

  @Test func replaceFollowsLinks() throws {
    try withScratchDirectory { directory throws in
      let (link, target) = (Path.join(directory, "link"), Path.join(directory, "sub/target"))
      try FileSystem.makeDirectory(Path.directory(of: target))
      try FileSystem.makeLink(link, to: "sub/target")
      for content: [UInt8] in [[1], [2]] {
        try FileSystem.replace(link, with: content)
        #expect(try FileSystem.read(target) == content)
        #expect(try FileSystem.status(link, followLinks: false)?.kind == .symbolicLink)
      }
    }
  }

  @Test func failedReplaceLeavesNothingBehind() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "f")
      try FileSystem.replace(path, with: [1])
      let error = thrownError { () throws(BeadsError) in
        try FileSystem.replace(path) { file throws(BeadsError) in
          try file.write([2])
          throw BeadsError(.invalid, "stop")
        }
      }
      #expect(error?.code == .invalid)
      #expect(try FileSystem.read(path) == [1])
      #expect(try FileSystem.list(directory) == ["f"])
    }
  }

  @Test func fullDiskIsNamed() throws {
    let error = thrownError { () throws(BeadsError) in try FileSystem.append([1], to: "/dev/full") }
    #expect(error?.code == .io)
    #expect(error?.message == "cannot write /dev/full: the disk is full")
  }

  @Test func missingFilesAndDirectories() throws {
    try withScratchDirectory { directory throws in
      let path = Path.join(directory, "none")
      let error = thrownError { () throws(BeadsError) in try FileSystem.read(path) }
      #expect(error?.code == .notFound)
      #expect(error?.message == "cannot read \(path): no such file or directory")
      #expect(try FileSystem.status(path) == nil)
      #expect(try FileSystem.stamp(path + "/below") == nil)
      #expect(!FileSystem.exists(path))
      #expect(try !FileSystem.remove(path))
      let listing = thrownError { () throws(BeadsError) in try FileSystem.list(path) }
      #expect(listing?.code == .notFound)
      #expect(
        thrownError { () throws(BeadsError) in try FileSystem.replace(directory, with: []) }?.code == .io)
    }
  }

  @Test func directoriesAreMadeWithParentsAndListedInByteOrder() throws {
    try withScratchDirectory { directory throws in
      let deep = Path.join(directory, "a/b/c")
      try FileSystem.makeDirectory(deep, mode: 0o700)
      try FileSystem.makeDirectory(deep)
      #expect(FileSystem.isDirectory(deep))
      #expect(try FileSystem.status(deep)?.mode == 0o700)
      for name in ["b", "B", "ä", "a b"] { try FileSystem.replace(Path.join(deep, name), with: []) }
      #expect(try FileSystem.list(deep) == ["B", "a b", "b", "ä"])
      let file = Path.join(deep, "b")
      #expect(thrownError { () throws(BeadsError) in try FileSystem.makeDirectory(file) }?.code == .exists)
      try FileSystem.rename(file, to: Path.join(directory, "moved"))
      #expect(try FileSystem.remove(Path.join(directory, "moved")))
      #expect(!FileSystem.exists(file))
    }
  }

  @Test func linksAreResolved() throws {
    try withScratchDirectory { directory throws in
      try FileSystem.makeDirectory(Path.join(directory, "real"))
      try FileSystem.makeLink(Path.join(directory, "link"), to: "real")
      #expect(try FileSystem.realPath(Path.join(directory, "link/../link")) == Path.join(directory, "real"))
      #expect(
        thrownError { () throws(BeadsError) in try FileSystem.realPath(directory + "/x") }?.code == .notFound)
    }
  }

  @Test(arguments: [(0, 0), (0, 10), (5, 100_000), (199_999, 1)])
  func copyRangeCopiesExactly(offset: Int, length: Int) throws {
    try withScratchDirectory { directory throws in
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let source = Path.join(directory, "source")
      try FileSystem.replace(source, with: bytes)
      let input = try File(source, .read)
      let output = Path.join(directory, "output")
      try FileSystem.replace(output) { file throws(BeadsError) in
        try file.write([1, 2])
        try input.copyRange(offset: Int64(offset), length: Int64(length), to: file)
        try file.write([3])
      }
      #expect(try FileSystem.read(output) == [1, 2] + bytes[offset..<(offset + length)] + [3])
      let short = thrownError { () throws(BeadsError) in
        try FileSystem.replace(output) { file throws(BeadsError) in
          try input.copyRange(offset: 199_990, length: 11, to: file)
        }
      }
      #expect(short?.code == .corrupt)
    }
  }

  @Test func stampsRoundTrip() throws {
    let stamp = FileStamp(size: 1, modified: -5, inode: .max, device: 0)
    #expect(FileStamp(stamp.description) == stamp)
    for text in ["", "1:2:3", "1:2:3:4:5", "a:2:3:4", "1:2:-3:4"] { #expect(FileStamp(text) == nil) }
  }

  @Test func processEnvironmentIsTheRealOne() {
    let environment = Environment.process
    #expect(environment["PATH"] == ProcessInfo.processInfo.environment["PATH"])
    #expect(environment.currentDirectory == FileManager.default.currentDirectoryPath)
    #expect(environment.homeDirectory.hasPrefix("/"))
    #expect(environment.entropy() != environment.entropy())
    #expect(abs(Double(environment.clock()) / 1e9 - Date().timeIntervalSince1970) < 60)
  }
}
