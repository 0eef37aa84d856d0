// swift-tools-version: 6.2
import PackageDescription

// The rooms of DESIGN.md, grouped into a few modules so that a release build is incremental:
// `import BeadsKit` gives a user all of them.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Programs that carry the Swift runtime, SQLite and the C++ library in them: they start in 1.8 ms, against 2.7
/// with the Swift runtime alone and 4.0 with nothing, and need only libc where they are installed.
let standalone: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-Xclang-linker", "-static-libgcc",
      "-L\(Context.packageDirectory)/BeadsKit/System/Static",
    ], .when(platforms: [.linux], configuration: .release))
]

/// The rooms of BeadsKit: each module takes some and leaves the others.
let rooms = [
  "System", "Model", "Identity", "Formats", "Interchange", "Graph", "SQLite", "Store", "Git", "Workspace",
  "Sync", "Search", "Formulas", "Molecules", "Gates", "Planning", "Activity", "Compaction",
  "Mail", "Exports", "Testing",
]

/// The built-in formulas, each a file of the folder Formulas.
let formulas = [
  "code-review", "design", "mol-bug-fix", "mol-deacon-patrol", "mol-feature", "mol-idea-to-plan",
  "mol-plan-review", "mol-polecat-code-review", "mol-polecat-conflict-resolve", "mol-polecat-work",
  "mol-polecat-work-tdd", "mol-refactor", "mol-refinery-patrol", "mol-release", "mol-shutdown-dance",
  "mol-witness-patrol", "rule-of-five", "security-audit", "shiny", "shiny-enterprise", "shiny-secure",
  "tdd-cycle", "towers-of-hanoi",
]

func module(_ name: String, rooms taken: [String], dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "BeadsKit", exclude: rooms.filter { !taken.contains($0) },
    sources: taken, swiftSettings: strict)
}

let package = Package(
  name: "Beads",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "BeadsKit", targets: ["BeadsKit"]),
    .library(name: "CommandKit", targets: ["CommandKit"]),
    .library(name: "BeadsTesting", targets: ["BeadsTesting"]),
    .library(name: "BenchmarkKit", targets: ["BenchmarkKit"]),
    .executable(name: "bd", targets: ["bd"]),
  ],
  targets: [
    .systemLibrary(
      name: "CSQLite", path: "BeadsKit/System/CSQLite",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
    // Headers only: libgit2 is loaded when a git command first needs it (5 ms that reads never pay).
    .systemLibrary(
      name: "CGit2", path: "BeadsKit/System/CGit2",
      providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
    .systemLibrary(name: "CPlatform", path: "BeadsKit/System/CPlatform"),

    .target(
      name: "BeadsSystem", dependencies: ["CPlatform"], path: "BeadsKit/System/Host",
      swiftSettings: strict),
    .target(name: "BeadsFormats", path: "BeadsKit/Formats", swiftSettings: strict),
    module(
      "BeadsModel", rooms: ["Model", "Identity", "Interchange", "Graph"],
      dependencies: ["BeadsFormats", "BeadsSystem"]),
    module(
      "BeadsStore", rooms: ["SQLite", "Store", "Git", "Workspace", "Sync", "Search"],
      dependencies: ["BeadsModel", "BeadsFormats", "BeadsSystem", "CSQLite", "CGit2", "CPlatform"]),
    .target(
      name: "BeadsBuiltins", path: "Formulas",
      resources: formulas.map { .embedInCode("\($0).formula.toml") }, swiftSettings: strict),
    .target(
      name: "BeadsFormulas", dependencies: ["BeadsBuiltins", "BeadsModel", "BeadsFormats", "BeadsSystem"],
      path: "BeadsKit/Formulas", swiftSettings: strict),
    module(
      "BeadsWork", rooms: ["Molecules", "Gates", "Planning", "Activity", "Compaction", "Mail"],
      dependencies: ["BeadsStore", "BeadsFormulas", "BeadsModel", "BeadsFormats", "BeadsSystem"]),
    .target(
      name: "BeadsKit",
      dependencies: [
        "BeadsWork", "BeadsBuiltins", "BeadsFormulas", "BeadsStore", "BeadsModel", "BeadsFormats",
        "BeadsSystem",
      ],
      path: "BeadsKit/Exports", swiftSettings: strict),
    .target(
      name: "BeadsTesting", dependencies: ["BeadsKit"], path: "BeadsKit/Testing",
      swiftSettings: strict),

    .target(name: "CommandKit", path: "BeadsCLI/CommandKit", swiftSettings: strict),
    .target(
      name: "BdCommands", dependencies: ["BeadsKit", "CommandKit"], path: "BeadsCLI/bd/Commands",
      swiftSettings: strict),
    .executableTarget(
      name: "bd", dependencies: ["BdCommands"], path: "BeadsCLI/bd/Main",
      swiftSettings: strict, linkerSettings: standalone),

    .testTarget(
      name: "BeadsKitTests", dependencies: ["BeadsKit", "BeadsTesting", "CSQLite"],
      path: "Tests/BeadsKitTests", swiftSettings: strict),
    .testTarget(
      name: "CommandKitTests", dependencies: ["CommandKit"], path: "Tests/CommandKitTests",
      swiftSettings: strict),
    .testTarget(
      name: "bdTests", dependencies: ["BdCommands", "BeadsKit", "BeadsTesting", "CommandKit"],
      path: "Tests/bdTests", exclude: ["Transcripts"], swiftSettings: strict),
    .target(
      name: "BenchmarkKit", dependencies: ["BeadsKit", "BeadsTesting", "CommandKit"],
      path: "Tests/BenchmarkKit", swiftSettings: strict),
    .executableTarget(
      name: "bd-bench", dependencies: ["BenchmarkKit", "BeadsKit", "BeadsTesting", "CommandKit"],
      path: "Tests/Benchmarks",
      swiftSettings: strict, linkerSettings: standalone),
  ],
  swiftLanguageModes: [.v6]
)
