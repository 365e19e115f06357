import CortexM
import MQTTTerms
import Node

/// The micro:bit: an nRF51822, Cortex-M0.
struct Microbit: Board {
  var now: TickTime { TickTime(milliseconds: shared.milliseconds) }

  func receivedOctet() -> UInt8? {
    guard let octet = shared.removeFirst() else { return nil }
    UART.line.unmask()
    return octet
  }

  func send(_ octet: UInt8) { UART.send(octet) }

  func sleep() { sleepWhile { shared.isEmpty } }
}

/// Where the processor starts; under the name that SwiftPM gives a program's entry.
@c(microbit_main) func reset() {
  startUp(vectorCount: vectorCount)
  shared.clear()
  UART.open()
  // QEMU has it. A real nRF51 leaves it out: there it would be TIMER0.
  SysTick.start(frequency: 16_000_000)
  let identity = Identity(clientID: "m0-1", topicName: "sensors/m0-1/temperature")
  var node = SensorLoop(identity: identity, board: Microbit())
  while true { node.turn() }
}
