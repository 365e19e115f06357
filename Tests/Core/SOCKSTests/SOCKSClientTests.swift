import Testing

@testable import SOCKS

/// What a client says to a proxy, and what it makes of the answers.
@Suite struct SOCKSClientTests {
  private let name = SOCKSHost.name(Array("a.b".utf8))

  /// Plays a proxy that gives these answers, each octet by octet; what the client has sent, and how
  /// it ended.
  private func play(
    _ client: SOCKSClient?, _ answers: [[UInt8]]
  ) throws -> (sent: [[UInt8]], last: SOCKSStep) {
    var client = try #require(client)
    var (sent, last) = ([client.request], SOCKSStep.needMore)
    for answer in answers {
      var consumed = 0
      last = .needMore
      var count = 0
      while last == .needMore, count < answer.count {
        count += 1
        last = client.receive(answer.span.extracting(0..<count), consumed: &consumed)
      }
      if last == .answer { sent.append(client.request) }
      if last == .answer || last == .connected {
        #expect(consumed == answer.count && count == answer.count)
      }
    }
    return (sent, last)
  }

  @Test func `without a login it asks at once`() throws {
    let (sent, last) = try play(
      SOCKSClient(host: name, port: 1883, login: nil),
      [[5, 0], [5, 0, 0, 1, 127, 0, 0, 1, 0, 80]])
    #expect(sent == [[5, 1, 0], [5, 1, 0, 3, 3, 97, 46, 98, 7, 0x5B]])
    #expect(last == .connected)
  }

  @Test func `with a login it says who it is`() throws {
    let login = SOCKSLogin(name: [117], password: [112, 119])
    let (sent, last) = try play(
      SOCKSClient(host: .address([192, 0, 2, 1]), port: 1, login: login),
      [[5, 2], [1, 0], [5, 0, 0, 3, 2, 120, 121, 0, 1]])
    #expect(sent == [[5, 2, 0, 2], [1, 1, 117, 2, 112, 119], [5, 1, 0, 1, 192, 0, 2, 1, 0, 1]])
    #expect(last == .connected)
  }

  @Test func `a proxy that wants no login gets none`() throws {
    let login = SOCKSLogin(name: [117], password: [])
    let address = [UInt8](repeating: 7, count: 16)
    let (sent, last) = try play(
      SOCKSClient(host: .address(address), port: 1, login: login),
      [[5, 0], [5, 0, 0, 4] + [UInt8](repeating: 0, count: 18)])
    #expect(sent == [[5, 2, 0, 2], [5, 1, 0, 4] + address + [0, 1]])
    #expect(last == .connected)
  }

  @Test(
    arguments: [
      ([[72, 84]], .notSpoken),
      ([[5, 1]], .notSpoken),
      // Offered was nothing but "no authentication".
      ([[5, 2]], .notSpoken),
      ([[5, 255]], .loginNeeded),
      ([[5, 0], [4, 90]], .notSpoken),
      ([[5, 0], [5, 0, 0, 2, 0]], .notSpoken),
      ([[5, 0], [5, 1]], .notConnected(1)),
      ([[5, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]], .notConnected(5)),
      ([[5, 0], [5, 200]], .notConnected(200)),
    ] as [([[UInt8]], SOCKSFault)])
  func `a proxy that says something else is told of`(answers: [[UInt8]], fault: SOCKSFault) throws {
    let played = try play(SOCKSClient(host: name, port: 1, login: nil), answers)
    #expect(played.last == .failed(fault))
  }

  @Test(
    arguments: [
      ([[5, 255]], .methodsRefused), ([[5, 2], [1, 1]], .loginRefused),
      ([[5, 2], [5, 0]], .notSpoken),
    ] as [([[UInt8]], SOCKSFault)])
  func `a login that is not taken is told of`(answers: [[UInt8]], fault: SOCKSFault) throws {
    let login = SOCKSLogin(name: [117], password: [112])
    let played = try play(SOCKSClient(host: name, port: 1, login: login), answers)
    #expect(played.last == .failed(fault))
  }

  /// Answers by chance, mostly such as a proxy could give.
  private func answers(_ random: inout SeededNumbers) -> [UInt8] {
    (0..<Int.random(in: 0...300, using: &random)).map { _ in
      Bool.random(using: &random)
        ? .random(in: 0...5, using: &random) : .random(in: 0...255, using: &random)
    }
  }

  @Test(arguments: 0..<300)
  func `whatever a proxy says, it is read the same however it is cut`(seed: UInt64) throws {
    var random = SeededNumbers(state: seed)
    let octets = [5, UInt8.random(in: 0...2, using: &random)] + answers(&random)
    let login = Bool.random(using: &random) ? SOCKSLogin(name: [117], password: [112]) : nil
    let client = try #require(SOCKSClient(host: name, port: 1, login: login))
    #expect(read(client, octets, by: 1) == read(client, octets, by: octets.count))
  }

  /// The steps that these octets come to when so many come at a time.
  private func read(_ client: SOCKSClient, _ octets: [UInt8], by size: Int) -> [SOCKSStep] {
    var (client, steps, start, end) = (client, [SOCKSStep](), 0, 0)
    while end < octets.count || steps.last == .answer {
      end = min(max(end, start) + size, octets.count)
      var consumed = 0
      let step = client.receive(octets.span.extracting(start..<end), consumed: &consumed)
      start += consumed
      if step != .needMore { steps.append(step) }
      guard step == .answer || step == .needMore && end < octets.count else { break }
    }
    return steps
  }

  @Test func `the longest answer is no longer than is said`() throws {
    var client = try #require(SOCKSClient(host: name, port: 1, login: nil))
    var consumed = 0
    #expect(client.receive([5, 0].span, consumed: &consumed) == .answer)
    let answer = [5, 0, 0, 3, 255] + [UInt8](repeating: 1, count: 300)
    #expect(client.receive(answer.span, consumed: &consumed) == .connected)
    #expect(consumed == SOCKSClient.longestAnswer)
  }

  @Test func `what no proxy could be told is not asked for`() {
    let long = [UInt8](repeating: 97, count: 256)
    #expect(SOCKSClient(host: .name(long), port: 1, login: nil) == nil)
    #expect(SOCKSClient(host: .name([]), port: 1, login: nil) == nil)
    #expect(SOCKSClient(host: .address([1, 2]), port: 1, login: nil) == nil)
    #expect(SOCKSLogin(name: [], password: []) == nil)
    #expect(SOCKSLogin(name: long, password: []) == nil)
    #expect(SOCKSLogin(name: [1], password: long) == nil)
  }
}

/// Numbers by chance that are the same for the same seed.
private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
