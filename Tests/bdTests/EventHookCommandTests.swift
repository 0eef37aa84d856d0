import BeadsKit
import BeadsTesting
import Testing

@Suite("Event hooks: called by bd")
struct EventHookCommandTests {
  /// A project whose hooks write a line into a pipe that the test reads.
  private struct World {
    let project: StressProject

    init() throws {
      project = try StressProject()
      try FileSystem.makeDirectory(path(".beads/hooks"))
      _ = try project.shell("mkfifo said gate")
      for event in ["create", "update", "close"] {
        let script = "#!/bin/sh\necho \"$1 $2 $(cat | grep -o '\"labels\":[^]]*]')\" > said\n"
        try FileSystem.replace(path(".beads/hooks/on_" + event), with: Array(script.utf8), mode: 0o755)
      }
    }

    func path(_ name: String) -> String { Path.join(project.project.directory, name) }

    /// The next lines that hooks write, whenever that is.
    func said(_ count: Int) throws -> [String] {
      let run = try project.shell("exec 3<>said; head -n \(count) <&3")
      return run.text.split(separator: "\n").map { $0.trimmingSuffix(" ") }
    }
  }

  @Test func eventsInOrder() throws {
    let world = try World()
    try world.project.run("create", "A", "--id", "t-a", "-l", "x,y")
    #expect(
      try world.said(3) == [
        "t-a create", #"t-a update "labels":["x"]"#, #"t-a update "labels":["x","y"]"#,
      ])
    try world.project.run("update", "t-a", "-p", "0")
    #expect(try world.said(1) == [#"t-a update "labels":["x","y"]"#])
    // One process makes the calls of one command, so they keep their order.
    try world.project.run("create", "B", "--id", "t-b")
    #expect(try world.said(1) == ["t-b create"])
    try world.project.run("close", "t-b", "t-a")
    #expect(try world.said(2) == ["t-b close", #"t-a close "labels":["x","y"]"#])
  }

  @Test(arguments: [
    "flag", "setting", "nothing changes", "it fails", "it is read", "dry run", "sandbox import",
  ])
  func silence(_ reason: String) throws {
    let world = try World()
    try world.project.run("create", "A", "--id", "t-a")
    #expect(try world.said(1) == ["t-a create"])
    switch reason {
    case "flag": _ = try world.project.shell("BD_NO_HOOKS=1 $1 update t-a -p 0")
    case "setting":
      try world.project.run("config", "set", "no-hooks", "true")
      try world.project.run("update", "t-a", "-p", "0")
      try world.project.run("config", "set", "no-hooks", "false")
    case "nothing changes": try world.project.run("update", "t-a", "-p", "2")
    case "it fails": try world.project.run("update", "t-a", "--title", "")
    case "it is read": try world.project.run("show", "t-a")
    case "dry run": try world.project.run("create", "B", "--dry-run")
    default: try world.project.run("import")
    }
    // The first that is heard is what comes afterwards.
    try world.project.run("close", "t-a")
    #expect(try world.said(1) == ["t-a close"])
  }

  /// The command has ended, and its output is closed, while the hook still waits.
  @Test func theCommandDoesNotWait() throws {
    let world = try World()
    let script = "#!/bin/sh\nread line < gate\necho \"$line\" > said\n"
    try FileSystem.replace(world.path(".beads/hooks/on_create"), with: Array(script.utf8), mode: 0o755)
    #expect(try world.project.run("create", "A").status == 0)
    _ = try world.project.shell("echo opened > gate")
    #expect(try world.said(1) == ["opened"])
  }

  /// A hook that changes issues does not call itself for ever.
  @Test func hooksDoNotCallHooks() throws {
    let world = try World()
    let bd = try #require(StressProject.program)
    let script = "#!/bin/sh\n\(bd) update \"$1\" --append-notes again >/dev/null && echo done > said\n"
    try FileSystem.replace(world.path(".beads/hooks/on_update"), with: Array(script.utf8), mode: 0o755)
    try world.project.run("create", "A", "--id", "t-a")
    #expect(try world.said(1) == ["t-a create"])
    try world.project.run("update", "t-a", "-p", "0")
    #expect(try world.said(1) == ["done"])
    try world.project.run("close", "t-a")
    #expect(try world.said(1) == ["t-a close"])
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ suffix: Character) -> String {
    var rest = self
    while rest.last == suffix { rest.removeLast() }
    return String(rest)
  }
}
