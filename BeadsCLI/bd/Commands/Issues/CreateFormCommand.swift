import BeadsKit
import CommandKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `bd create-form`: makes an issue from a form that a person fills in, or that a program writes.
enum CreateFormCommand {
  static var command: CommandTree.BdCommand {
    CommandTree.BdCommand(
      "create-form", summary: "Create an issue from a form", section: CommandTree.Section.issues,
      discussion: """
        Asks for one field after the other on a terminal. Otherwise it reads the form from standard input: lines such \
        as `Title: Fix login`, an empty line, and the description. The fields are title, type, priority, assignee, \
        labels, dependencies, external-ref, acceptance, design and description; only the title must be there.
        """,
      examples: ["bd create-form", "bd create-form --parent bd-a3f8 < form.txt"],
      flags: [.string("parent", placeholder: "ID", help: "Make it a child of this issue").namingSubject]
    ) { arguments, context in
      let form =
        try isatty(STDIN_FILENO) == 1
        ? ask(context) : IssueForm(parsing: InputText.read("-", context.environment))
      let request = try CreateRequest(form, parent: arguments.string("parent"), context)
      try DescriptionCheck(context, isStrict: false).check([request.draft])
      let id = try context.change("create") { transaction throws(BeadsError) in
        let id = try request.make(&transaction)
        transaction.summary = id.rawValue
        return id
      }
      LastTouched.write(id, context)
      try CreateCommand.show(id, context)
    }
  }

  private static func ask(_ context: BdContext) throws(BeadsError) -> IssueForm {
    var form = IssueForm()
    for field in IssueForm.Field.allCases {
      context.output.note("\(field.question):")
      var answer = readLine() ?? ""
      if field == .description, !answer.isEmpty {
        while let line = readLine(), !line.isEmpty { answer += "\n" + line }
      }
      form[field] = answer
      if field == .title, form[field] == nil {
        throw BeadsError(.invalid, "an issue needs a title", hint: "nothing was created")
      }
    }
    return form
  }
}
