extension CompletionModel {
  /// A script for zsh, to be sourced or put on `fpath`.
  var zshScript: String {
    let f = functionName
    return """
      #compdef \(program)
      # zsh completion for \(program)

      # Goes from command $path_ to the one that word $1 names below it.
      \(f)_enter() {
        case "$path_ $1" in
      \(nodes.dropFirst().map(enterCase).joined(separator: "\n"))
          *) return 1 ;;
        esac
      }

      # Whether flag $1 of command $path_ takes a value; sets the known ones.
      \(f)_values() {
        values=()
        case "$path_ $1" in
      \(nodes.flatMap(valueCases).joined(separator: "\n"))
          *)
            case "$1" in
      \(globalFlags.filter(\.takesValue).map { valueCase($0.spellings, $0.values, indent: 8) }.joined(separator: "\n"))
              *) return 1 ;;
            esac ;;
        esac
      }

      # Sets what command $path_ takes.
      \(f)_offers() {
        case "$path_" in
      \(nodes.map(offerCase).joined(separator: "\n"))
        esac
        flags+=(\(globalFlags.flatMap(described).joined(separator: " ")))
      }

      \(f)() {
        local path_=\(shellQuoted(program)) word only i=2
        local -a commands flags values offers
        while ((i < CURRENT)); do
          word="${words[i]}"
          if [[ $only != words && $word == -- ]]; then
            only=words
          elif [[ $only != words && $word == -* ]]; then
            if [[ $word != *=* ]] && \(f)_values "$word"; then
              if ((i + 1 == CURRENT)); then
                (($#values)) && compadd -a values || _files
                return
              fi
              ((i += 1))
            fi
          elif [[ -z $only ]]; then
            \(f)_enter "$word" || only=flags
          fi
          ((i += 1))
        done
        \(f)_offers
        if [[ $only != words && $PREFIX == --*=* ]]; then
          \(f)_values "${PREFIX%%=*}"
          compset -P '*='
          (($#values)) && compadd -a values || _files
        elif [[ $only != words && $PREFIX == -* ]]; then
          _describe -o flag flags
        elif [[ -z $only ]] && (($#commands)); then
          _describe command commands
          (($#offers)) && compadd -a offers
        elif (($#offers)); then
          compadd -a offers
        else
          _files
        fi
      }

      if [[ $funcstack[1] == \(f) ]]; then
        \(f) "$@"
      else
        compdef \(f) \(program)
      fi

      """
  }

  private func enterCase(_ node: Node) -> String {
    let patterns = node.spellings.map(shellQuoted).joined(separator: " | ")
    return "    \(patterns)) path_=\(shellQuoted(node.path)) ;;"
  }

  private func valueCases(_ node: Node) -> [String] {
    node.flags.filter(\.takesValue).map { flag in
      valueCase(flag.spellings.map { node.path + " " + $0 }, flag.values, indent: 4)
    }
  }

  private func valueCase(_ spellings: [String], _ values: [String], indent: Int) -> String {
    let patterns = spellings.map(shellQuoted).joined(separator: " | ")
    let set = values.isEmpty ? "" : " values=(\(values.map(shellQuoted).joined(separator: " ")))"
    return String(repeating: " ", count: indent) + patterns + ")" + set + " ;;"
  }

  private func offerCase(_ node: Node) -> String {
    var sets: [String] = []
    let commands = node.subcommands.map { entry($0.name, $0.summary) }
    let flags = node.flags.flatMap(described)
    if !commands.isEmpty { sets.append("commands=(\(commands.joined(separator: " ")))") }
    if !flags.isEmpty { sets.append("flags=(\(flags.joined(separator: " ")))") }
    if !node.words.isEmpty { sets.append("offers=(\(node.words.map(shellQuoted).joined(separator: " ")))") }
    return "    \(shellQuoted(node.path))) \(sets.joined(separator: " ")) ;;"
  }

  private func described(_ flag: Flag) -> [String] { flag.offered.map { entry($0, flag.help) } }

  private func entry(_ word: String, _ description: String) -> String {
    shellQuoted(word + ":" + description)
  }
}
