extension Program {
  /// A completion for bash, to be sourced: command names, options, files and fixed words; also for
  /// the other names of the executable.
  var completion: String {
    let function = "_" + name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    let names = commands.map(\.name) + ["help", "manual", "completion"]
    return """
      \(function)() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
        local command=${COMP_WORDS[1]} first=2
        COMPREPLY=()
        case "${COMP_WORDS[0]##*/}" in
      \(aliases.map { "    \($0.alias)) command=\($0.command) first=1 ;;" }.joined(separator: "\n"))
        esac
        if [ "$COMP_CWORD" -lt "$first" ]; then
          COMPREPLY=($(compgen -W "\(names.joined(separator: " "))" -- "$word"))
          return
        fi
        case "$command $before" in
      \(commands.flatMap(valueCases).joined(separator: "\n"))
        esac
        case "$command" in
      \(commands.map(optionCase).joined(separator: "\n"))
          help | manual) COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " "))" -- "$word")) ;;
        esac
      }
      complete -F \(function) \(([name] + aliases.map(\.alias)).joined(separator: " "))

      """
  }

  /// The other names of the executable, and the command that each is.
  private var aliases: [(alias: String, command: String)] {
    commands.flatMap { command in command.aliases.map { ($0, command.name) } }
  }

  private func valueCases(_ command: Command) -> [String] {
    command.options.compactMap { option in
      let patterns = option.names.map { "'\(command.name) \($0)'" }.joined(separator: " | ")
      return switch option.value {
      case .none, .words: nil
      case .file: "    \(patterns)) COMPREPLY=($(compgen -f -- \"$word\")); return ;;"
      case .choice(_, let words):
        "    \(patterns)) COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\""
          + " -- \"$word\")); return ;;"
      case .text, .integer, .decimal: "    \(patterns)) return ;;"
      }
    }
  }

  private func optionCase(_ command: Command) -> String {
    let words = command.options.flatMap(\.names).joined(separator: " ")
    let files = command.operands.isEmpty ? "" : " -f"
    return "    \(command.name)) COMPREPLY=($(compgen\(files) -W \"\(words)\" -- \"$word\")) ;;"
  }
}
