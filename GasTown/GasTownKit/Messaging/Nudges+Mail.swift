import BeadsKit

extension Nudges {
  /// Tells an agent that has a session that mail has come: typed when it waits for input within the time of the setting
  /// `mail.idle_notify_timeout`, else queued for its next turn.
  ///
  /// The message is stored already, so whatever keeps the nudge from arriving is no failure.
  public func announce(_ mail: Mail, to address: AgentAddress) {
    let text = "New mail from \(mail.from): \(mail.subject) (gt mail read \(mail.id))"
    tell(address, text, urgent: mail.priority == 0, from: AgentAddress(mail.from) ?? .overseer)
  }

  /// Tells an agent something if it has a session; never waits long and never fails.
  public func tell(_ address: AgentAddress, _ text: String, urgent: Bool = false, from sender: AgentAddress) {
    guard address.role.hasSession, (try? database.openSession(of: address)) != nil,
      (try? send(to: address, from: sender, text: text, urgent: urgent, mode: .queue)) != nil
    else { return }
    let wait = nanoseconds(launcher.settings.operational("mail.idle_notify_timeout"))
    guard (try? waitUntilIdle(address, for: wait)) == true else { return }
    _ = try? deliver(to: address)
  }
}
