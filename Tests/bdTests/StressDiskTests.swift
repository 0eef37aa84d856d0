import BeadsKit
import BeadsTesting
import Foundation
import Testing

/// A disk that is really full, under whole processes: a small file system of their own.
@Suite struct StressDiskTests {
  /// Runs a script as root of a name space of its own, where it may mount things; status 77 when that is not allowed.
  private static let mounting = """
    mount -t tmpfs -o size=1m tmpfs "$2" || exit 77
    cd "$2" && mkdir home && export HOME="$2/home" BD_ACTOR=alice
    """

  @Test func nothingAcknowledgedIsLostOnAFullDisk() throws {
    let stress = try StressProject()
    let (mount, kept) = (
      Path.join(stress.project.directory, "small"), Path.join(stress.project.directory, "kept")
    )
    try FileSystem.makeDirectory(mount)
    let script =
      Self.mounting + """

        "$1" init --prefix t -q || exit 1
        head -c 640000 /dev/zero > filler
        number=0 refused=0
        while [ $refused -lt 3 ] && [ $number -lt 300 ]; do
          number=$((number + 1))
          if "$1" q "Number $number" 2>>errors; then :; else refused=$((refused + 1)); fi
        done
        "$1" count >/dev/null || exit 2
        cp errors "$3.errors"
        rm filler
        "$1" q "Afterwards" || exit 3
        cp -r .beads "$3"
        """
    let request = Subprocess(
      ["unshare", "-rm", "/bin/sh", "-c", script, "sh", try #require(StressProject.program), mount, kept],
      directory: stress.project.directory, variables: stress.project.environment.variables)
    guard let run = try? ObservedProgram(request).wait(), run.status != 77, run.status != 127,
      !run.errorText.contains("unshare")
    else { return }
    #expect(run.status == 0, "\(run.errorText)")
    let acknowledged = run.text.split(separator: "\n").map(String.init)
    #expect(acknowledged.count > 20 && acknowledged.count < 300)
    let errors = try FileSystem.readText(kept + ".errors")
    #expect(errors.contains("cannot write \(mount)/.beads/beads.db: the disk is full"), "\(errors)")
    #expect(errors.contains("issues.jsonl: the disk is full"))
    let store = try Store.open(at: StoreLocation(directory: kept), environment: stress.project.environment)
    for id in acknowledged { #expect(try store.exists(try IssueID(id))) }
    #expect(
      try FileSystem.readText(Path.join(kept, "issues.jsonl")).split(separator: "\n").count
        == acknowledged.count)
    store.closeConnection()
  }
}
