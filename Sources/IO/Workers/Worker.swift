import Glibc
import Reactor
import Synchronization

/// A thread that does what would keep the loop waiting: jobs in, outcomes out, in order. It lives as
/// long as the process.
public final class Worker<Job: Sendable, Outcome: Sendable>: Sendable {
  private struct Queues: Sendable {
    var jobs: [Job] = []
    var outcomes: [Outcome] = []
  }

  private let queues = Mutex(Queues())
  private let hasJobs: WakeUp
  private let hasOutcomes: WakeUp
  private let work: @Sendable (Job) -> Outcome

  /// Starts a thread that does `work` for each job.
  public init(_ work: @escaping @Sendable (Job) -> Outcome) throws(SystemError) {
    self.work = work
    hasJobs = try WakeUp()
    hasOutcomes = try WakeUp()
    try startThread { [self] in run() }
  }

  /// The descriptor that is readable when there are outcomes.
  public var number: Int32 { hasOutcomes.number }

  /// Hands a job in, if `admits` has nothing against it, seeing the jobs that wait already. False
  /// where it has.
  public func submit(_ job: Job, if admits: ([Job]) -> Bool) -> Bool {
    let isTaken = queues.withLock { queues in
      guard admits(queues.jobs) else { return false }
      queues.jobs.append(job)
      return true
    }
    if isTaken { hasJobs.signal() }
    return isTaken
  }

  /// The outcomes since the last call.
  public func takeOutcomes() -> [Outcome] {
    hasOutcomes.drain()
    return queues.withLock { queues in
      let taken = queues.outcomes
      queues.outcomes = []
      return taken
    }
  }

  private func run() {
    while true {
      guard let job = nextJob() else {
        waitForJobs()
        continue
      }
      let outcome = work(job)
      queues.withLock { $0.outcomes.append(outcome) }
      hasOutcomes.signal()
    }
  }

  private func nextJob() -> Job? {
    queues.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
  }

  private func waitForJobs() {
    var entry = pollfd(fd: hasJobs.number, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, -1)
    hasJobs.drain()
  }
}

/// What a thread runs: a C function cannot be given it otherwise.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a thread that runs `run`.
public func startThread(_ run: @escaping @Sendable () -> Void) throws(SystemError) {
  var thread = pthread_t()
  let body = Unmanaged.passRetained(ThreadBody(run))
  let status = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, body.toOpaque())
  guard status == 0 else {
    body.release()
    throw SystemError("start a thread", code: status)
  }
  pthread_detach(thread)
}
