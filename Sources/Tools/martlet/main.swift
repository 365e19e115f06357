import CommandKit
import Glibc

let program = Program(
  name: "martlet", version: version,
  summary: "MQTT broker, MQTT-SN gateway and their tools",
  commands: [
    runCommand, pubCommand, subCommand, rrCommand, passwdCommand, signalCommand, fleetCommand,
    topCommand, serialCommand, benchCommand,
  ],
  documents: [configurationPage])

exit(program.run(CommandLine.arguments))
