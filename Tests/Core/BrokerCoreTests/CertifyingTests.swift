import MQTTTerms
import SessionLink
import Testing

@testable import BrokerCore

/// The births of Sparkplug, which stay as certificates.
@Suite struct CertifyingTests {
  private func transcript() -> Transcript {
    var t = Transcript()
    t.broker.keepsCertificates = true
    quietly(t.open(1, "node"))
    quietly(t.open(2, "host"))
    return t
  }

  @Test(arguments: ["spBv1.0/g/NBIRTH/n", "spBv1.0/g/DBIRTH/n/d"])
  func `a birth is found later`(topic: String) {
    var t = transcript()
    quietly(t.publish(1, topic, "one"))
    quietly(t.publish(1, topic, "two"))
    let lines = t.subscribe(2, ("$sparkplug/certificates/#", .atLeastOnce))
    #expect(lines == ["2 subscribed 1 [1]", "2 $sparkplug/certificates/\(topic)=two q0 retained"])
    #expect(t.broker.statistics.retainedMessages == 1)
  }

  @Test func `a birth goes to who waits for births, and to who waits for certificates`() {
    var t = transcript()
    quietly(t.subscribe(2, ("#", .atMostOnce), ("$sparkplug/#", .atMostOnce)))
    let lines = t.publish(1, "spBv1.0/g/NBIRTH/n", "x", qos: .atLeastOnce, id: 1)
    #expect(
      lines == [
        "2 spBv1.0/g/NBIRTH/n=x q0", "2 $sparkplug/certificates/spBv1.0/g/NBIRTH/n=x q0", "1 ack 1",
      ])
  }

  @Test(arguments: [
    "spBv1.0/g/NDATA/n", "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DBIRTH/n", "spBv1.0/g/NBIRTH/",
    "spAv1.0/g/NBIRTH/n", "x/spBv1.0/g/NBIRTH/n", "spBv1.0/NBIRTH", "spBv1.0//NBIRTH/n",
  ])
  func `other messages leave none`(topic: String) {
    var t = transcript()
    quietly(t.publish(1, topic, "x"))
    #expect(t.broker.statistics.retainedMessages == 0)
  }

  @Test func `nobody else makes certificates`() {
    var t = transcript()
    let topic = "$sparkplug/certificates/spBv1.0/g/NBIRTH/n"
    let lines = t.publish(1, topic, "x", qos: .atLeastOnce, retain: true, id: 1)
    #expect(lines == ["1 ack 1 notAuthorized"])
    t.broker.keepsCertificates = false
    quietly(t.publish(1, topic, "x", retain: true))
    quietly(t.publish(1, "spBv1.0/g/NBIRTH/m", "x"))
    #expect(t.broker.statistics.retainedMessages == 1)
  }
}
