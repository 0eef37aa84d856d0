public import BeadsKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Watcher {
  /// Has each rig with something to merge merge it, in a process of its own.
  func startMerging() throws(BeadsError) {
    endEngines(inRigs: Set(holds.rigs.keys))
    if try collectEngines() { looks.generations["merge"] = nil }
    let hasChanged = trackersHaveChanged("merge")
    let ledgers = self.ledgers()
    defer { ledgers.close() }
    for rig in holds.open where merging[rig.name] == nil && !isStopping() {
      // What a queue waits for is looked at again from time to time, though nothing here tells that it has happened.
      let hold = try database.mergeHold(rig: rig.name)
      let isNew = (hasRigChanged(rig) || hasChanged) && (hold == nil || hold?.broken != nil)
      let isAwaited = looks.reviewAt[rig.name].map { now >= $0 } == true
      guard isNew || isAwaited || hold.map({ now >= $0.retryAt }) == true else { continue }
      guard now >= mergeRest[rig.name] ?? 0 else {
        // What has changed meanwhile is looked at afterwards.
        looks.generations["merge"] = nil
        continue
      }
      let policy = try MergePolicy(RigSettings.load(rig))
      let queue = MergeQueue(rig, ledgers, policy: policy)
      let entries = try queue.entries()
      // What people merge on the origin is not told here.
      let isReviewed = policy.requiresReview && entries.contains { $0.state == .needsApproval }
      let isClaimed = entries.contains { $0.state == .claimed }
      looks.reviewAt[rig.name] = isReviewed || isClaimed ? now + nanoseconds(policy.pollInterval) : nil
      let isBegun = try !database.unfinishedMerges(rig: rig.name).isEmpty
      let isStranded = try !queue.stranded(entries).isEmpty
      let isToBeTested =
        policy.requiresReview && !policy.gates.isEmpty && entries.contains(where: \.isToBeTested)
      let hasWork =
        isStranded || isToBeTested || (isAwaited && isReviewed)
        || entries.contains { $0.state == .ready || $0.state == .merging }
      let lands = try IntegrationBranches(rig, ledgers).mayLand()
      guard isBegun || hasWork || lands, queue.pause == nil else {
        if hold != nil { mergeRest[rig.name] = now + 30 * Self.second }
        continue
      }
      try startEngine(rig.name)
    }
  }

  /// Whether the rig's settings, or the pause of its queue, have changed since this was last asked.
  private func hasRigChanged(_ rig: Rig) -> Bool {
    let stamps = ["settings/config.json", "refinery/paused.json"].map { name in
      (try? FileSystem.stamp(rig.path(name))) ?? nil
    }
    return looks.mergeSettings.updateValue(stamps, forKey: rig.name) != stamps
  }

  private func startEngine(_ rig: RigName) throws(BeadsError) {
    let engine = Subprocess(
      [program, "mq", "run", rig.rawValue], directory: town.root,
      variables: town.environment.variables.merging([
        "GT_ROLE": "\(rig)/refinery", "GT_TOWN_ROOT": town.root,
      ]) { $1 })
    let child = try engine.startDetached()
    // An engine that cannot do its work is not started again at once.
    mergeRest[rig] = now + 2 * Self.second
    guard let process = ProcessIdentity(child) else { return }
    merging[rig] = process
    try database.noteEngine(process, of: rig)
    log("\(rig): merging")
  }

  /// Forgets the engines that have ended; returns whether there were any.
  private func collectEngines() throws(BeadsError) -> Bool {
    var hasEnded = false
    for (rig, process) in merging where !process.isAlive {
      // A child that is not collected stays behind as a zombie.
      _ = waitpid(process.pid, nil, WNOHANG)
      merging[rig] = nil
      try database.noteEngine(nil, of: rig)
      hasEnded = true
    }
    return hasEnded
  }

  /// Asks engines to put down what they do, in these rigs or in all: it is taken up again later.
  func endEngines(inRigs rigs: Set<RigName>?) {
    for (rig, process) in merging where rigs?.contains(rig) ?? true {
      guard process.isAlive else { continue }
      if vigil.told.insert(process).inserted { _ = kill(process.pid, SIGTERM) }
    }
  }

  /// Ends every engine, for good.
  ///
  /// What it tested is tested again later; what it pushed is found on the target.
  public func endAllEngines(grace: Duration) {
    endEngines(inRigs: nil)
    let deadline = monotonicNanoseconds() &+ nanoseconds(grace)
    for process in merging.values {
      while process.isAlive, monotonicNanoseconds() < deadline { pause(nanoseconds: 5_000_000) }
      if process.isAlive { _ = kill(process.pid, SIGKILL) }
      _ = waitpid(process.pid, nil, WNOHANG)
    }
    for rig in merging.keys { try? database.noteEngine(nil, of: rig) }
    merging = [:]
  }
}

extension TownDatabase {
  private static let enginePrefix = "engine."

  /// Remembers which process merges for a rig.
  func noteEngine(_ process: ProcessIdentity?, of rig: RigName) throws(BeadsError) {
    try setFact(Self.enginePrefix + rig.rawValue, process.map { "\($0.pid) \($0.start)" })
  }

  /// The processes that merge, and still run.
  public func engines() throws(BeadsError) -> [RigName: ProcessIdentity] {
    var engines: [RigName: ProcessIdentity] = [:]
    try connection.query("SELECT key, value FROM facts WHERE key >= 'engine.' AND key < 'engine/'") {
      row throws(BeadsError) in
      let words = row.text(1).split(separator: " ").map(String.init)
      guard let rig = RigName(rawValue: String(row.text(0).dropFirst(Self.enginePrefix.count))),
        words.count == 2, let pid = Int32(words[0])
      else { return }
      let process = ProcessIdentity(pid: pid, start: words[1])
      if process.isAlive { engines[rig] = process }
    }
    return engines
  }
}
