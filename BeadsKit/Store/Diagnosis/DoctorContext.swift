import BeadsModel
import BeadsSystem

/// What the checks look at; each thing is opened or read once, when the first check wants it.
final class DoctorContext {
  let environment: Environment
  let workspace: Workspace?
  /// Why there is no project.
  let absence: BeadsError?
  /// The project's settings.
  let configuration: Configuration
  private let start: String

  init(environment: Environment, databasePath: String?, directory: String?) {
    var moved = environment
    if let directory {
      moved.currentDirectory = Path.absolute(
        Path.expandingHome(directory, environment), in: environment.currentDirectory)
    }
    self.environment = moved
    start = moved.currentDirectory
    do throws(BeadsError) {
      workspace = try Workspace.locate(
        environment: environment, databasePath: databasePath, directory: directory)
      absence = nil
    } catch {
      workspace = nil
      absence = error
    }
    configuration = Configuration(environment: environment, workspace: workspace)
  }

  /// The directory that is examined.
  var path: String { workspace?.projectDirectory ?? start }
  var now: Timestamp { Timestamp(unixNanoseconds: environment.clock()) }

  // MARK: The store

  private var opened: Result<Store?, BeadsError>?

  /// The database, opened for reading; nil when there is none.
  /// - Throws: Why it cannot be opened.
  func store() throws(BeadsError) -> Store? {
    if let opened { return try opened.get() }
    let result: Result<Store?, BeadsError>
    do throws(BeadsError) { result = .success(try open(.readOnly)) } catch { result = .failure(error) }
    opened = result
    return try result.get()
  }

  /// Opens the database.
  func open(_ access: Store.Access) throws(BeadsError) -> Store? {
    guard let workspace, !usesFileAlone, FileSystem.exists(workspace.databasePath) else { return nil }
    let configuration = configuration
    var options = StoreOptions(
      command: "bd doctor", fallback: { key throws(BeadsError) in try? configuration.string(key) })
    if let depth = try? configuration.int("hierarchy.max-depth") { options.maximumDepth = depth }
    let actor = (try? configuration.actor(option: nil).name) ?? "doctor"
    return try Store.open(
      at: StoreLocation(workspace), actor: actor, access: access, environment: environment, options: options)
  }

  /// Whether the project wants no database.
  var usesFileAlone: Bool { (try? configuration.bool("no-db")) ?? false }

  func close() {
    if case .success(let store?)? = opened { store.closeConnection() }
    opened = nil
  }

  private var proven: Result<FsckReport?, BeadsError>?

  /// What `fsck` says without git's history; nil without a database.
  func proof() throws(BeadsError) -> FsckReport? {
    if let proven { return try proven.get() }
    let result: Result<FsckReport?, BeadsError>
    do throws(BeadsError) { result = .success(try store()?.fsck()) } catch { result = .failure(error) }
    proven = result
    return try result.get()
  }

  // MARK: Files

  private var examined: Result<FileExamination?, BeadsError>?

  /// What is in the issue file; nil when there is none.
  func file() throws(BeadsError) -> FileExamination? {
    if let examined { return try examined.get() }
    let result: Result<FileExamination?, BeadsError>
    do throws(BeadsError) {
      guard let path = workspace?.jsonlPath, FileSystem.exists(path) else {
        examined = .success(nil)
        return nil
      }
      result = .success(try Store.examineFile(path))
    } catch { result = .failure(error) }
    examined = result
    return try result.get()
  }

  /// The names in `.beads`.
  lazy var names: [String] = workspace.flatMap { try? FileSystem.list($0.beadsDirectory) } ?? []

  // MARK: Git

  fileprivate var committedPaths: Result<Set<String>?, BeadsError>?
  private var asked: Result<SyncStatus, BeadsError>?

  /// What git shares and does not share yet; nil outside a repository.
  func sync() throws(BeadsError) -> SyncStatus? {
    guard let workspace, workspace.repository != nil else { return nil }
    if let asked { return try asked.get() }
    let result: Result<SyncStatus, BeadsError>
    do throws(BeadsError) {
      result = .success(try GitSync.status(nil, in: workspace, configuration))
    } catch { result = .failure(error) }
    asked = result
    return try result.get()
  }

  /// Whether git does not see `.beads`, as the user wanted.
  func isHidden(_ repository: GitLocation) -> Bool {
    guard let workspace else { return false }
    let registrar = Registrar(workspace: workspace, repository: repository, environment: environment)
    guard let line = registrar.excludeLine else { return true }
    let exclude = Path.join(repository.commonDirectory, "info/exclude")
    return SharedFile.lines(exclude).contains(line)
  }

  // MARK: Settings

  /// The settings in the database; none without one.
  lazy var stored: [String: String] = {
    guard let pairs = try? store()?.allConfig() else { return [:] }
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) })
  }()

  /// The checks that the project leaves out.
  var suppressed: Set<String> {
    let prefix = "doctor.suppress."
    return Set(
      stored.filter { $0.key.hasPrefix(prefix) && ConfigurationKey.boolean($0.value) != false }
        .map { HealthVerdict.slug(String($0.key.dropFirst(prefix.count))) })
  }
}

extension DoctorContext {
  /// The paths below `.beads` in the last commit; nil outside a repository and before the first one.
  func committed() throws(BeadsError) -> Set<String>? {
    if let known = committedPaths { return try known.get() }
    let result: Result<Set<String>?, BeadsError>
    do throws(BeadsError) { result = .success(try lookUpCommitted()) } catch { result = .failure(error) }
    committedPaths = result
    return try result.get()
  }

  private func lookUpCommitted() throws(BeadsError) -> Set<String>? {
    guard let workspace, let location = workspace.repository,
      Path.isInside(workspace.beadsDirectory, location.workTree)
    else { return nil }
    let repository = try GitRepository(location)
    guard let commit = try repository.head().flatMap({ GitID($0.commit) }) else { return nil }
    let prefix = Path.relative(workspace.beadsDirectory, to: location.workTree)
    guard let entry = try repository.entry(prefix, in: try repository.tree(of: commit)), entry.isTree else {
      return []
    }
    return Set(try repository.files(below: entry.id).keys)
  }
}
