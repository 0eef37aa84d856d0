extension CommandRunner {
  /// Help as the result of a run: text, or an object in JSON mode.
  func printHelp(for invocation: Invocation, _ output: Output) {
    let page = invocation.command.page(
      path: invocation.arguments.commandPath, scope: invocation.arguments.scope)
    if output.isJSON {
      output.write(page.json.document)
    } else {
      output.print(page.help(width: output.width))
    }
  }

  /// The `help` command.
  func runHelp(_ arguments: Arguments, _ output: Output) throws(UsageError) {
    var parser = ArgumentParser(root.definition)
    let target = try parser.parse(arguments.positionals + ["--help"])
    let path = target.arguments.commandPath
    var reference: Reference { Reference(root.definition.allPages().filter { $0.path.starts(with: path) }) }
    if arguments.bool("list") {
      let names = reference.names
      output.write(
        output.isJSON ? JSONText.strings(names).document : names.map { $0 + "\n" }.joined())
    } else if arguments.bool("doc") {
      output.write(reference.markdown)
    } else if !arguments.bool("all") {
      printHelp(for: target, output)
    } else if output.isJSON {
      output.write(JSONText.array(reference.pages.map(\.json)).document)
    } else {
      output.print(reference.overview(width: output.width))
    }
  }

  /// The `completion` command.
  func runCompletion(_ arguments: Arguments, _ output: Output) throws(UsageError) {
    let name = arguments.positionals[0]
    guard let shell = CompletionShell(rawValue: name) else {
      let known = CompletionShell.allCases.map(\.rawValue)
      throw UsageError(
        "no completion for shell \"\(name)\"", hint: "Known shells: \(known.joined(separator: ", ")).")
    }
    output.write(shell.script(for: root.definition.allPages()))
  }
}
