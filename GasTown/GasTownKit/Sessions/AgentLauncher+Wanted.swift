public import BeadsKit

extension AgentLauncher {
  /// What an agent is told first, when nothing else is to be said.
  public static let firstPrompt = "Run `gt prime` and follow what it says."

  /// Notes that an agent shall run, and starts it.
  /// - Parameters:
  ///   - runtime: The runtime it is to have from now on; nil for the one it has.
  ///   - prompt: The first instruction.
  @discardableResult
  public func bringUp(
    _ address: AgentAddress, runtime: String? = nil, prompt: String = firstPrompt
  ) throws(BeadsError) -> SessionSnapshot {
    if let runtime {
      let rig = try address.rig.map { rig throws(BeadsError) in try town.rig(rig.rawValue) }
      let name = runtime.split(separator: " ").first.map(String.init) ?? ""
      _ = try RuntimeRegistry.load(town, rig).runtime(named: name)
    }
    let old = try database.agent(address)
    var record = old ?? AgentRecord(address)
    record.isWanted = true
    if let runtime { record.runtime = runtime }
    if old?.isWanted != true || runtime != nil { try database.save(record) }
    do throws(BeadsError) { return try start(address, prompt: prompt) } catch {
      // Who hears that it cannot be started does not expect it to be tried again. What runs already stays wanted.
      if error.code != .exists {
        if let old { try database.save(old) } else { try database.forget(address) }
      }
      throw error
    }
  }

  /// Notes that an agent shall not run, and ends its session.
  /// - Returns: Whether it ran.
  @discardableResult
  public func bringDown(_ address: AgentAddress, reason: String) throws(BeadsError) -> Bool {
    if var record = try database.agent(address), record.isWanted {
      record.isWanted = false
      try database.save(record)
    }
    return try stop(address, reason: reason)
  }

  /// Types a text into an agent's session as it is, without a sender.
  /// - Returns: Whether it was seen to be taken.
  /// - Throws: `refused` when the agent does not run.
  public func inject(_ text: String, into address: AgentAddress) throws(BeadsError) -> Bool {
    let name = try town.sessionName(address)
    return try withSessionLock(name) { () throws(BeadsError) in
      guard let open = try database.openSession(of: address) else {
        throw BeadsError(.refused, "\(address) does not run; nothing was typed")
      }
      let prompt = try? RuntimeRegistry.load(town).runtime(named: open.runtime).readyPrompt
      return try sessions.send(TypedMessage(text, process: open.process, prompt: prompt), to: name)
    }
  }

  /// What an agent's session shows, or showed last.
  public func peek(_ address: AgentAddress, lines: Int) throws(BeadsError) -> String {
    let name = try town.sessionName(address)
    if try database.openSession(of: address) == nil,
      try !sessions.inventory().contains(where: { $0.name == name })
    {
      throw BeadsError(
        .notFound, "\(address) has no session", hint: "`gt session start \(address)` starts one")
    }
    return try sessions.capture(name, lines: lines)
  }
}
