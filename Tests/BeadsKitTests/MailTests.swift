import BeadsKit
import BeadsTesting
import Testing

@Suite struct MailTests {
  private let project: TestProject
  private let store: Store

  init() throws {
    project = try TestProject()
    store = try project.makeStore()
  }

  private func send(_ subject: String, _ body: String = "", to: String = "bob", priority: Int = 2) throws
    -> IssueID
  {
    var draft = MessageDraft(to: to, subject: subject, body: body)
    draft.priority = priority
    let message = draft
    return try store.write("send") { tx throws(BeadsError) in try tx.send(message, from: "alice").id }
  }

  private func unread(_ name: String) throws -> [String] {
    try store.messages(MessageFilter(.received(name))).map(\.title)
  }

  @Test func urgentFirstThenTheLatestAndOnlyOnesOwn() throws {
    _ = try send("one")
    _ = try send("two")
    _ = try send("now", priority: 0)
    _ = try send("for carol", to: "carol")
    #expect(try unread("bob") == ["now", "two", "one"])
    #expect(try unread("carol") == ["for carol"])
    #expect(try unread("Bob").isEmpty && unread("%").isEmpty)
    #expect(try store.messages(MessageFilter(.sent("alice")), limit: 2).map(\.title) == ["for carol", "now"])
  }

  @Test(arguments: [
    "$(rm -rf /)", "--force", "\u{1B}[31mred\u{7}", "a' OR '1'='1", "{\"id\":1}", "\u{202E}kcab", "%_*?[",
  ])
  func subjectsAndTextsAreData(_ text: String) throws {
    let id = try send(text, text + "\n" + text, to: text)
    let message = try store.message(id)
    #expect(message.title == text && message.description == text + "\n" + text && message.assignee == text)
    #expect(try unread(text) == [text] && unread("bob").isEmpty)
  }

  @Test func answersMakeOneConversationAndAreRead() throws {
    let first = try send("Question")
    var last = first
    for (index, name) in ["bob", "alice", "bob", "bob"].enumerated() {
      let place = last
      last = try store.write("reply") { tx throws(BeadsError) in
        try tx.answer(place, with: "Answer \(index)", from: name).id
      }
      let answer = try store.message(last)
      #expect(answer.title == "Re: Question" && answer.author == name && answer.isEphemeral)
      #expect(answer.assignee == (name == "bob" ? "alice" : "bob"))
      #expect(answer.answeredID == place && answer.dependencies.first?.threadID == first.rawValue)
    }
    let thread = try store.thread(of: last)
    #expect(thread.map(\.depth) == [0, 1, 2, 3, 4] && thread.first?.message.id == first)
    // The last answer of bob was to himself: it went where his own went.
    #expect(try unread("bob").isEmpty && unread("alice").count == 2)
  }

  @Test func onlyTheRecipientAcknowledgesAndReadMailIsSwept() throws {
    let id = try send("Hello")
    #expect(throws: BeadsError.self) {
      try store.write("ack") { tx throws(BeadsError) in _ = try tx.acknowledge(id, by: "carol") }
    }
    project.advance(seconds: 60)
    #expect(try store.cleanupPlan(Cleanup(.wisps)).deleted.isEmpty, "unread mail is never swept")
    for _ in 0..<2 { try store.write("ack") { tx throws(BeadsError) in try tx.acknowledge(id, by: "bob") } }
    #expect(try unread("bob").isEmpty)
    project.advance(seconds: 60)
    #expect(try store.cleanupPlan(Cleanup(.wisps)).deleted == [id])
    try store.flush(force: true)
    #expect(project.exportedText.isEmpty, "mail stays in this clone")
  }

  @Test func readMailStaysUntilItIsPutAway() throws {
    let id = try send("Hello")
    func mailbox(_ extent: MessageFilter.Extent) throws -> [IssueID] {
      var filter = MessageFilter(.received("robert"))
      filter.aliases = ["bob"]
      filter.extent = extent
      return try store.messages(filter).map(\.id)
    }
    #expect(
      try store.unreadCount(of: "robert", aliases: ["bob"]) == 1 && store.unreadCount(of: "robert") == 0)
    for _ in 0..<2 { try store.write("read") { tx throws(BeadsError) in _ = try tx.markRead(id) } }
    #expect(try mailbox(.unread).isEmpty && mailbox(.kept) == [id])
    #expect(try store.message(id).isRead && store.unreadCount(of: "bob") == 0)
    try store.write("ack") { tx throws(BeadsError) in _ = try tx.acknowledge(id, by: "bob") }
    #expect(try mailbox(.kept).isEmpty && mailbox(.all) == [id])
    try store.write("unread") { tx throws(BeadsError) in _ = try tx.markUnread(id) }
    #expect(try mailbox(.unread) == [id] && unread("bob") == ["Hello"])
  }

  @Test func draftsCarryLabelsMetadataAndWhatTheyAnswer() throws {
    let first = try send("Question")
    var draft = MessageDraft(to: "alice", subject: "Answer")
    draft.labels = ["urgent"]
    draft.metadata = #"{"a":1}"#
    draft.isPinned = true
    draft.answeredID = first
    let wanted = draft
    let answer = try store.write("send") { tx throws(BeadsError) in try tx.send(wanted, from: "bob") }
    #expect(answer.labels == ["urgent"] && answer.metadata == #"{"a":1}"# && answer.isPinned)
    #expect(answer.answeredID == first && answer.threadID == first)
    #expect(try store.message(first).threadID == first && !store.message(first).isRead)
  }

  @Test func refusals() throws {
    #expect(throws: BeadsError.self) { try send(" ") }
    #expect(throws: BeadsError.self) { try send("Hello", to: "\n") }
    #expect(throws: BeadsError.self) { try send(String(repeating: "x", count: 501)) }
    #expect(try store.count() == 0)
  }
}
