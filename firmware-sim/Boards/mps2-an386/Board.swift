import CortexM
import MQTTTerms
import Node

/// The MPS2 with the AN386 image: a Cortex-M4.
struct MPS2: Board {
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
@c(mps2_an386_main) func reset() {
  startUp(vectorCount: vectorCount)
  shared.clear()
  UART.open()
  SysTick.start(frequency: 25_000_000)
  let identity = Identity(clientID: "m4-1", topicName: "sensors/m4-1/temperature")
  var node = SensorLoop(identity: identity, board: MPS2())
  while true { node.turn() }
}
