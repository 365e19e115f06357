import CommandKit
import ConfigurationFile

/// The manual page of the configuration file, made from the table that it is read with.
let configurationPage = Document(
  "martlet.conf", section: 5, summary: "Configuration of the broker and the MQTT-SN gateway",
  about: [
    "One option to a line: the name, a space, the value. A line that begins with # is a comment. "
      + "Mosquitto's names mean what they mean there; an option that is not known, or a value that "
      + "it does not take, is an error of status 3 with its line.",
    "Options that belong to a listener or a serial line stand after it.",
  ],
  title: "OPTIONS", rows: Configuration.options.map(row))

private func row(_ option: OptionRow) -> Document.Row {
  var text = option.meaning
  if option.place != .anywhere { text += " Place: \(option.place.rawValue)." }
  if !option.initial.isEmpty { text += " Default: \(option.initial)." }
  return Document.Row("\(option.name) \(option.value)", text)
}
