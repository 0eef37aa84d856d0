extension CompletionModel {
  /// A script for fish 3 or later.
  var fishScript: String {
    let f = "_" + functionName
    return """
      # fish completion for \(program)

      # Prints the command that word $argv[2] names below command $argv[1].
      function \(f)_enter
          switch "$argv[1] $argv[2]"
      \(nodes.dropFirst().map(enterCase).joined(separator: "\n"))
              case '*'
                  return 1
          end
      end

      # Whether flag $argv[2] of command $argv[1] takes a value; prints the known ones.
      function \(f)_values
          switch "$argv[1] $argv[2]"
      \(nodes.flatMap(valueCases).joined(separator: "\n"))
              case '*'
                  switch "$argv[2]"
      \(globalFlags.filter(\.takesValue).map { valueCase($0.spellings, $0.values, indent: 16) }.joined(separator: "\n"))
                      case '*'
                          return 1
                  end
          end
      end

      # Prints what command $argv[1] takes.
      function \(f)_offers
          switch "$argv[1]"
      \(nodes.map(offerCase).joined(separator: "\n"))
          end
          printf '%s\\t%s\\n' \(globalFlags.flatMap(described).joined(separator: " "))
      end

      function \(f)
          set -l path \(fishQuoted(program))
          set -l flag ''
          set -l only ''
          for word in (commandline -opc)[2..-1]
              if test -n "$flag"
                  set flag ''
              else if test "$only" = words
                  continue
              else if test "$word" = --
                  set only words
              else if string match -q -- '--*=*' $word
                  continue
              else if string match -q -- '-*' $word
                  \(f)_values "$path" $word >/dev/null; and set flag $word
              else if test -n "$only"
                  continue
              else if set -l next (\(f)_enter "$path" $word)
                  set path $next
              else
                  set only flags
              end
          end
          set -l current (commandline -ct)
          if test -n "$flag"
              \(f)_values "$path" $flag
              or __fish_complete_path $current
          else if string match -q -- '--*=*' $current
              set flag (string split -m 1 = -- $current)[1]
              for value in (\(f)_values "$path" $flag)
                  echo $flag=$value
              end
          else
              \(f)_offers "$path"
          end
      end

      complete -c \(program) -f -a '(\(f))'

      """
  }

  private func enterCase(_ node: Node) -> String {
    let patterns = node.spellings.map(fishQuoted).joined(separator: " ")
    return "        case \(patterns)\n            echo \(fishQuoted(node.path))"
  }

  private func valueCases(_ node: Node) -> [String] {
    node.flags.filter(\.takesValue).map { flag in
      valueCase(flag.spellings.map { node.path + " " + $0 }, flag.values, indent: 8)
    }
  }

  private func valueCase(_ spellings: [String], _ values: [String], indent: Int) -> String {
    let blank = String(repeating: " ", count: indent)
    let patterns = spellings.map(fishQuoted).joined(separator: " ")
    let words = values.map(fishQuoted).joined(separator: " ")
    let action = values.isEmpty ? "true" : "printf '%s\\n' \(words)"
    return "\(blank)case \(patterns)\n\(blank)    \(action)"
  }

  private func offerCase(_ node: Node) -> String {
    let pairs =
      node.subcommands.flatMap { [fishQuoted($0.name), fishQuoted($0.summary)] }
      + node.words.flatMap { [fishQuoted($0), "''"] } + node.flags.flatMap(described)
    let action = pairs.isEmpty ? "true" : "printf '%s\\t%s\\n' \(pairs.joined(separator: " "))"
    return "        case \(fishQuoted(node.path))\n            \(action)"
  }

  private func described(_ flag: Flag) -> [String] {
    flag.offered.flatMap { [fishQuoted($0), fishQuoted(flag.help)] }
  }

  /// A word in single quotes, in which fish knows `\'` and `\\`.
  private func fishQuoted(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "'"
  }
}
