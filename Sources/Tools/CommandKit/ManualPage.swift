extension Program {
  /// The manual page of the program itself, in troff's man macros.
  var manualPage: String {
    var page = heading(name, summary)
    page += ".SH SYNOPSIS\n.B \(troff(name))\n.I COMMAND\n[options]\n.SH COMMANDS\n"
    for command in commands {
      page += ".TP\n.B \(troff(command.name))\n\(troff(command.summary)); see\n"
      page += ".BR \(troff("\(name)-\(command.name)")) (1).\n"
    }
    if !documents.isEmpty { page += ".SH SEE ALSO\n" }
    for document in documents { page += ".BR \(troff(document.name)) (\(document.section))\n" }
    return page
  }

  /// The manual page of a command, in troff's man macros.
  func manualPage(_ command: Command) -> String {
    var page = heading("\(name)-\(command.name)", command.summary)
    page += ".SH SYNOPSIS\n\(troff(command.synopsis(called: "\(name) \(command.name)")))\n"
    if !command.about.isEmpty { page += ".SH DESCRIPTION\n" }
    page += command.about.map { troff($0) + "\n" }.joined(separator: ".PP\n")
    page += ".SH OPTIONS\n"
    for group in command.groups {
      page += ".SS \(troff(group.title))\n"
      for option in group.options {
        page += ".TP\n.B \(troff(option.heading))\n\(troff(option.summary))\n"
      }
    }
    if !command.statuses.isEmpty { page += ".SH EXIT STATUS\n" }
    for row in command.statuses { page += ".TP\n.B \(row.status)\n\(troff(row.meaning))\n" }
    return page + ".SH SEE ALSO\n.BR \(troff(name)) (1)\n"
  }

  /// The manual page about a file.
  func manualPage(_ document: Document) -> String {
    var page = heading(document.name, document.summary, section: document.section)
    page += ".SH DESCRIPTION\n"
    page += document.about.map { troff($0) + "\n" }.joined(separator: ".PP\n")
    page += ".SH \(document.title)\n"
    for row in document.rows { page += ".TP\n.B \(troff(row.heading))\n\(troff(row.text))\n" }
    return page + ".SH SEE ALSO\n.BR \(troff(name)) (1)\n"
  }

  private func heading(_ title: String, _ summary: String, section: Int = 1) -> String {
    ".TH \(troff(title.uppercased())) \(section) \"\" \"\(troff("\(name) \(version)"))\"\n"
      + ".SH NAME\n\(troff(title)) \\- \(troff(summary))\n"
  }

  /// `text` as troff prints it: hyphens that can be copied, no line that looks like a request.
  private func troff(_ text: String) -> String {
    var result = text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return result
  }
}
