import BeadsKit
import GasTownKit
import Testing

@Suite("Agent addresses")
struct AgentAddressTests {
  @Test(
    "are read in every spelling and written in one",
    arguments: [
      ("mayor", "mayor", "hq-mayor"), ("mayor/", "mayor", "hq-mayor"), ("deacon", "deacon", "hq-deacon"),
      ("boot", "deacon-boot", "hq-boot"), ("deacon/boot", "deacon-boot", "hq-boot"),
      ("deacon/dogs/alpha", "deacon/dogs/alpha", "hq-dog-alpha"),
      ("app/witness", "app/witness", "ap-witness"),
      ("app/refinery/", "app/refinery", "ap-refinery"), ("app/crew/max", "app/crew/max", "ap-crew-max"),
      ("app/polecats/nux", "app/polecats/nux", "ap-nux"), ("app/polecat/nux", "app/polecats/nux", "ap-nux"),
      ("human", "overseer", "hq-overseer"),
    ])
  func spellings(text: String, full: String, session: String) throws {
    let address = try #require(AgentAddress(text))
    #expect(address.text == full)
    #expect(AgentAddress(address.text) == address)
    #expect(address.sessionName(prefix: address.role.hasRig ? try Prefix("ap") : nil) == session)
  }

  @Test(
    "that name nobody are refused",
    arguments: [
      "", "/", "app", "app/nux", "app/polecats", "app/polecats/", "app/polecats/../x", "app/crew/a b",
      "hq/witness",
      "a-b/witness", "app/polecats/nux/x", "deacon/dogs/", "app/polecats/-x", "../crew/x",
    ])
  func nobody(text: String) { #expect(AgentAddress(text) == nil) }
}
