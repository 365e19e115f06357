import AccessFiles
import BrokerCore
import ConfigurationFile
import Reactor

/// An access file that cannot be used.
struct AccessProblem: Error, CustomStringConvertible {
  let description: String
}

extension Configuration {
  /// What clients may do, by the files that the configuration names; nil where everybody may do
  /// everything.
  func accessRules() throws(AccessProblem) -> AccessFileRules? {
    guard let aclFile else { return nil }
    do {
      return AccessFileRules(try AccessList(text: try readTextFile(aclFile)))
    } catch let error as AccessFileError {
      throw AccessProblem(description: "acl_file \(aclFile), \(error).")
    } catch {
      throw AccessProblem(description: "Unable to read acl_file \(aclFile): \(error).")
    }
  }
}
