import BeadsKit
import BeadsTesting
import Testing

/// The generated tracker that benchmark and demo use, through a whole `bd`.
@Suite struct StressTrackerTests {
  @Test func sameArgumentsGiveTheSameBytes() {
    let bytes = TrackerGenerator(count: 50).jsonLines()
    #expect(TrackerGenerator(count: 50).jsonLines() == bytes)
    #expect(TrackerGenerator(count: 50, seed: 2).jsonLines() != bytes)
  }

  @Test func shapeIsThatOfRealTrackers() {
    let generator = TrackerGenerator(count: 2000)
    let issues = generator.issues()
    let closed = issues.count { $0.status == .closed }
    #expect((1500...1700).contains(closed))
    #expect((700...1100).contains(generator.jsonLines().count / issues.count))
    #expect(Set(issues.map { $0.id.rawValue.split(separator: ".").count }) == [1, 2, 3])
    #expect(issues.count { $0.description.contains(TrackerGenerator.rareWord) } < 40)
    let ids = Set(issues.map(\.id))
    #expect(ids.count == issues.count)
    #expect(issues.allSatisfy { issue in issue.dependencies.allSatisfy { ids.contains($0.dependsOnID) } })
  }

  @Test func importAndExportKeepEveryByte() throws {
    let stress = try StressProject()
    let bytes = TrackerGenerator(count: 500, prefix: "t").jsonLines()
    let path = Path.join(stress.project.directory, "tracker.jsonl")
    try File(path, .create(mode: 0o644)).write(bytes)
    let run = try stress.run("import", path)
    #expect(run.status == 0, "\(run.errorText)")
    #expect(try stress.checkedIssues().count == 500)
    #expect(stress.project.exportedText == String(decoding: bytes, as: UTF8.self))
    #expect(try stress.run("export").output == bytes)
  }
}
