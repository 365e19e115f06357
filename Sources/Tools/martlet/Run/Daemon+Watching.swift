import BrokerIO
import ConfigurationFile
import Reactor
import SessionLink

/// What is known of the files of TLS while the daemon runs.
struct WatchedFiles: ~Copyable {
  /// How long files may go on changing before they are read: a certificate comes with its key.
  private static let delay: LinkTime = 500

  let watch: FolderWatch
  /// What is in force is of these, or of older ones where these were wrong.
  var stamps: FileStamps
  /// When the files are to be looked at.
  var dueAt: LinkTime?

  init(_ stamps: FileStamps) throws(SystemError) {
    watch = try FolderWatch()
    self.stamps = stamps
  }

  mutating func change(at now: LinkTime) {
    watch.drain()
    dueAt = dueAt ?? now + Self.delay
  }
}

extension Configuration {
  /// The files that TLS is made of, of listeners and of bridges.
  var tlsFiles: [String] {
    let ofListeners = listeners.map(\.tls).flatMap { tls in
      [
        tls.certificateFile, tls.keyFile, tls.authorityFile, tls.revocationFile,
        tls.parameterFile,
      ]
    }
    let ofBridges = bridges.map(\.tls).flatMap { tls in
      [tls.certificateFile, tls.keyFile, tls.authorityFile]
    }
    // A folder is in itself: what changes in it counts.
    let folders = authorityFolders.map { "\($0)/." }
    return (ofListeners + ofBridges + securities.map(\.sharedKeyFile)).compactMap { $0 } + folders
  }

  private var authorityFolders: Set<String> {
    Set(
      (listeners.map(\.tls.authorityFolder) + bridges.map(\.tls.authorityFolder)).compactMap(\.self)
    )
  }

  /// Those, and the authorities in folders.
  var watchedFiles: [String] { tlsFiles + authorityFolders.flatMap(authorities) }
}

/// The files of a folder that OpenSSL looks for there: their names begin with the hash of an authority's
/// name, as in `1a2b3c4d.0`. Other files may be there, a log even. No more than 1000 are looked at.
private func authorities(in folder: String) -> [String] {
  let names = (try? folderNames(folder, limit: 1000)) ?? []
  return names.filter { name in
    name.prefix(while: \.isHexDigit).count == 8 && name.dropFirst(8).hasPrefix(".")
  }.map { "\(folder)/\($0)" }
}

// Files of TLS that change while the daemon runs.
extension Daemon {
  /// Begins to watch the files, whose `stamps` are from before they were read.
  mutating func watchFiles(_ stamps: FileStamps) {
    guard !configuration.tlsFiles.isEmpty else { return }
    do throws(SystemError) {
      files.make(try WatchedFiles(stamps))
      try reactor.add(
        files[].watch.number, token: UInt64(Service.files) << 56, interest: .readable)
      // They may have changed since they were read.
      files[].dueAt = MonotonicClock.now()
      try watchFolders()
    } catch {
      log.write(.warning, "Warning: Unable to \(error). Changed files wait for SIGHUP.")
    }
  }

  /// Goes on with the files that the configuration names now.
  mutating func watchFilesAnew(_ stamps: FileStamps) {
    guard files.isThere else { return watchFiles(stamps) }
    files[].stamps = stamps
    // Those that cannot be watched wait for SIGHUP.
    try? watchFolders()
  }

  private func watchFolders() throws(SystemError) {
    var fault: SystemError?
    for path in configuration.watchedFiles {
      do throws(SystemError) { try files[].watch.add(folderOf: path) } catch {
        fault = fault ?? error
      }
    }
    if let fault { throw fault }
  }

  /// When `rereadFiles` has something to do.
  var filesDeadline: LinkTime? { files.isThere ? files[].dueAt : nil }

  /// Takes files that have changed; what was in force stays when one of them is wrong.
  mutating func rereadFiles(at now: LinkTime) {
    guard let dueAt = filesDeadline, dueAt <= now else { return }
    files[].dueAt = nil
    let stamps = FileStamps(configuration.watchedFiles)
    guard stamps != files[].stamps else { return }
    files[].stamps = stamps
    log.write(.information, "Reading changed files of TLS.")
    do throws(AccessProblem) {
      let bridges = try configuration.bridgeSetups()
      try secure(by: try configuration.tlsRules())
      renewBridges(configuration.bridges, bridges, at: now)
    } catch {
      log.write(.error, "Error: \(error) What was in force stays.")
    }
    // Another file of a name may be behind another link now.
    try? watchFolders()
  }

  /// Lets new connections speak TLS by other rules, but not with certificates that are out of their time
  /// in place of good ones.
  mutating func secure(by rules: [TLSRules]) throws(AccessProblem) {
    for (old, new) in zip(broker.tls, rules) {
      guard let fault = new.context.certificateFault else { continue }
      guard old.context.certificateFault != nil else {
        throw AccessProblem(description: "The \(fault).")
      }
      log.write(.warning, "Warning: The \(fault).")
    }
    broker.tls = rules
  }

  /// Tells of certificates that are out of their time.
  func tellFaults() {
    for rules in broker.tls {
      if let fault = rules.context.certificateFault {
        log.write(.warning, "Warning: The \(fault).")
      }
    }
  }
}
