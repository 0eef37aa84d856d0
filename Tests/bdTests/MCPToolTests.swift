import BeadsFormats
import BeadsKit
import CommandKit
import Testing

@testable import BdCommands

/// The tools against the command tree, and against what they may cost.
@Suite struct MCPToolTests {
  @Test func fewToolsAndFewTokens() throws {
    #expect(MCPTool.all.count <= 8)
    #expect(Set(MCPTool.all.map(\.name)).count == MCPTool.all.count)
    // Three and a half bytes a token is a careful guess for JSON.
    #expect(Double(MCPTool.listing.utf8.count) / 3.5 < 2000)
    let listed = try #require(JSONValue(parsing: MCPTool.listing)?["tools"]?.arrayValue)
    #expect(listed.map { $0["name"]?.stringValue } == MCPTool.all.map(\.name))
    for tool in listed {
      #expect(tool["inputSchema"]?["type"]?.stringValue == "object")
      #expect(tool["description"]?.stringValue?.isEmpty == false)
    }
  }

  struct Mapping: CustomTestStringConvertible {
    let tool: MCPTool
    let form: MCPTool.Form
    var testDescription: String { "\(tool.name): \(form.command.joined(separator: " "))" }
  }

  static let mappings = MCPTool.all.flatMap { tool in
    tool.forms.filter { !$0.command.isEmpty }.map { Mapping(tool: tool, form: $0) }
  }

  /// Every flag that a tool uses is one of the command, is not hidden and takes what the schema says.
  @Test(arguments: mappings) func flagsExist(_ mapping: Mapping) throws {
    let output = Output.captured()
    let status = CommandRunner(CommandTree.root).run(
      arguments: ["help"] + mapping.form.command + ["--json"], output: output
    ) { _ in throw BeadsError(.invalid, "help runs no command") }
    #expect(status == 0)
    let page = try #require(JSONValue(parsing: output.standardOutput.captured))
    let flags = try #require(page["flags"]?.arrayValue)
    for parameter in mapping.tool.parameters {
      guard case .flags(let usual) = parameter.place else { continue }
      for name in mapping.form.flags[parameter.name] ?? usual {
        let flag = try #require(flags.first { $0["name"]?.stringValue == name }, "--\(name)")
        let type = flag["type"]?.stringValue
        if !parameter.values.isEmpty {
          #expect(flag["values"]?.arrayValue == parameter.values.map { .string($0) }, "--\(name)")
        }
        switch parameter.kind {
        case .bool: #expect(type == "bool", "--\(name)")
        case .number: #expect(type != "bool", "--\(name)")
        case .texts: #expect(type == "list", "--\(name)")
        case .text: #expect(type == "string" || type == "list", "--\(name)")
        }
      }
    }
  }

  /// All arguments of a tool at once make a line that the parser understands.
  @Test(arguments: mappings) func linesParse(_ mapping: Mapping) throws {
    var given: [JSONValue.Member] = []
    for parameter in mapping.tool.parameters where mapping.form.flags[parameter.name] != [] {
      let value: JSONValue =
        switch parameter.kind {
        case .bool: .bool(true)
        case .number: .number("7")
        case .texts: .array([.string("--x"), .string("y")])
        case .text: .string(parameter.values.first ?? "-1")
        }
      given.append(.init(key: parameter.name, value: value))
    }
    if let choice = mapping.form.choice, let value = choice.value {
      given.removeAll { $0.key == choice.parameter }
      given.append(.init(key: choice.parameter, value: .string(value)))
    }
    if ["list", "tree"].contains(mapping.form.command.last) {
      given.removeAll { $0.key == "depends_on_id" }
    }
    let call = try mapping.tool.call(given)
    let parsed = try CommandRunner(CommandTree.root).parse(call.line)
    #expect(Array(parsed.commandPath.dropFirst()) == mapping.form.command)
  }

  /// The examples of the tool that runs every other command.
  @Test func examplesExist() throws {
    let words = try #require(MCPTool.all.last).help.matches(of: /\["([a-z]+)"/).map { String($0.1) }
    #expect(words.count > 4)
    for word in words {
      do throws(UsageError) { _ = try CommandRunner(CommandTree.root).parse([word]) } catch {
        // Missing arguments are fine, an unknown command is not.
        #expect(!error.message.hasPrefix("unknown command"), "bd \(word)")
      }
    }
  }
}
