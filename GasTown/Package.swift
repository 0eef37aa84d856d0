// swift-tools-version: 6.2
import PackageDescription

// Gas Town, on top of BeadsKit: GasTownKit is the library, `gt` the program.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// As in the package Beads: the program needs only libc where it is installed.
let standalone: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-Xclang-linker", "-static-libgcc",
      "-L\(Context.packageDirectory)/../BeadsKit/System/Static",
    ], .when(platforms: [.linux], configuration: .release))
]

let beads: [Target.Dependency] = [.product(name: "BeadsKit", package: "Beads")]
let commands: [Target.Dependency] = beads + [.product(name: "CommandKit", package: "Beads")]

let package = Package(
  name: "GasTown",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "GasTownKit", targets: ["GasTownKit"]),
    .executable(name: "gt", targets: ["gt"]),
  ],
  dependencies: [.package(name: "Beads", path: "..")],
  targets: [
    .systemLibrary(name: "CTownPlatform", path: "Platform"),
    .target(
      name: "GasTownKit", dependencies: beads + ["CTownPlatform"], path: "GasTownKit",
      swiftSettings: strict),
    .target(
      name: "GtCommands", dependencies: commands + ["GasTownKit"], path: "gt/Commands", swiftSettings: strict),
    .executableTarget(
      name: "gt", dependencies: commands + ["GtCommands"], path: "gt/Main", swiftSettings: strict,
      linkerSettings: standalone),
    .executableTarget(
      name: "gt-bench",
      dependencies: commands + [
        "GasTownKit", .product(name: "BeadsTesting", package: "Beads"),
        .product(name: "BenchmarkKit", package: "Beads"),
      ],
      path: "Tests/Benchmarks", swiftSettings: strict, linkerSettings: standalone),
    .testTarget(
      name: "GasTownKitTests",
      dependencies: beads + ["GasTownKit", "GtCommands", .product(name: "BeadsTesting", package: "Beads")],
      path: "Tests/GasTownKitTests",
      swiftSettings: strict),
    .testTarget(
      name: "gtTests",
      dependencies: commands + [
        "GasTownKit", "GtCommands", .product(name: "BeadsTesting", package: "Beads"),
      ],
      path: "Tests/gtTests", exclude: ["Screens", "Transcripts"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
