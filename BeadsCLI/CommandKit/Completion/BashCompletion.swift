extension CompletionModel {
  /// A script for bash 3.2 or later that needs no helper package.
  var bashScript: String {
    let f = functionName
    return """
      # bash completion for \(program)

      # Goes from command $path to the one that word $1 names below it.
      \(f)_enter() {
        case "$path $1" in
      \(nodes.dropFirst().map(enterCase).joined(separator: "\n"))
          *) return 1 ;;
        esac
      }

      # Whether flag $1 of command $path takes a value; sets the known ones.
      \(f)_values() {
        values=
        case "$path $1" in
      \(nodes.flatMap(valueCases).joined(separator: "\n"))
          *)
            case "$1" in
      \(globalFlags.filter(\.takesValue).map { valueCase($0.spellings, $0.values, indent: 8) }.joined(separator: "\n"))
              *) return 1 ;;
            esac ;;
        esac
      }

      # Sets what command $path takes.
      \(f)_offers() {
        case "$path" in
      \(nodes.map(offerCase).joined(separator: "\n"))
        esac
        flags="$flags \(globalFlags.flatMap(\.offered).joined(separator: " "))"
      }

      \(f)() {
        local path=\(shellQuoted(program)) commands= flags= words= values= word= only= i=1
        local cur="${COMP_WORDS[COMP_CWORD]}"
        while ((i < COMP_CWORD)); do
          word="${COMP_WORDS[i]}"
          if [[ $only != words && $word == -- ]]; then
            only=words
          elif [[ $only != words && $word == -* ]]; then
            # Bash makes "=" a word of its own.
            if [[ ${COMP_WORDS[i + 1]} == = ]]; then
              ((i + 1 == COMP_CWORD)) && cur=
              ((i += 1))
            fi
            if ((i + 1 >= COMP_CWORD)); then
              if \(f)_values "$word"; then
                COMPREPLY=($(compgen -W "$values" -- "$cur"))
                return
              fi
            elif [[ ${COMP_WORDS[i]} == = ]] || \(f)_values "$word"; then
              ((i += 1))
            fi
          elif [[ -z $only ]]; then
            \(f)_enter "$word" || only=flags
          fi
          ((i += 1))
        done
        \(f)_offers
        if [[ $cur == -* && $only != words ]]; then
          COMPREPLY=($(compgen -W "$flags" -- "$cur"))
        elif [[ -n $only ]]; then
          COMPREPLY=($(compgen -W "$words" -- "$cur"))
        else
          COMPREPLY=($(compgen -W "$commands $words" -- "$cur"))
        fi
      }

      complete -o default -F \(f) \(program)

      """
  }

  private func enterCase(_ node: Node) -> String {
    let patterns = node.spellings.map(shellQuoted).joined(separator: " | ")
    return "    \(patterns)) path=\(shellQuoted(node.path)) ;;"
  }

  private func valueCases(_ node: Node) -> [String] {
    node.flags.filter(\.takesValue).map { flag in
      valueCase(flag.spellings.map { node.path + " " + $0 }, flag.values, indent: 4)
    }
  }

  private func valueCase(_ spellings: [String], _ values: [String], indent: Int) -> String {
    let patterns = spellings.map(shellQuoted).joined(separator: " | ")
    let set = values.isEmpty ? "" : " values=" + shellQuoted(values.joined(separator: " "))
    return String(repeating: " ", count: indent) + patterns + ")" + set + " ;;"
  }

  private func offerCase(_ node: Node) -> String {
    func quoted(_ words: [String]) -> String { shellQuoted(words.joined(separator: " ")) }
    var sets: [String] = []
    if !node.subcommands.isEmpty { sets.append("commands=" + quoted(node.subcommands.map(\.name))) }
    if !node.flags.isEmpty { sets.append("flags=" + quoted(node.flags.flatMap(\.offered))) }
    if !node.words.isEmpty { sets.append("words=" + quoted(node.words)) }
    return "    \(shellQuoted(node.path))) \(sets.joined(separator: " ")) ;;"
  }
}
