import CLinux
import Glibc

/// An account of the system that the process is, or may become.
public struct Account: Sendable, Equatable, CustomStringConvertible {
  /// Its name; nil for one that has only numbers.
  public let name: String?
  /// The number of the user.
  public let user: UInt32
  /// The number of its primary group.
  public let group: UInt32

  /// The account of that name; nil where there is none.
  public init?(named name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.name = name
    user = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
  }

  /// The account of that number. Where the system does not know it, its group has the same one.
  public init(user: UInt32) {
    let entry = getpwuid(user)
    name = entry.map { String(cString: $0.pointee.pw_name) }
    self.user = user
    group = entry?.pointee.pw_gid ?? user
  }

  private init(_ account: Account, group: UInt32) {
    name = account.name
    user = account.user
    self.group = group
  }

  /// The same account with another primary group.
  public func with(group: UInt32) -> Account { Account(self, group: group) }

  /// The account that the process is.
  public static var current: Account { Account(user: geteuid()).with(group: getegid()) }

  /// Whether it may do everything.
  public var isRoot: Bool { user == 0 }

  /// Its name, or its number.
  public var description: String { name ?? "\(user)" }

  /// Makes the process, which must be root, that account for good, with the groups it is in.
  public func assume() throws(SystemError) {
    let joined = name.map { linux_join_groups($0, group) } ?? linux_join_group(group)
    guard joined == 0 else { throw .last("take the groups of \(self)") }
    guard setgid(group) == 0 else { throw .last("take the group of \(self)") }
    guard setuid(user) == 0 else { throw .last("become \(self)") }
    guard isRoot || setuid(0) != 0 else {
      throw SystemError("become \(self)", reason: "the rights of root are still there")
    }
  }

  /// Makes a file its own, as far as the process may do that.
  public func own(_ path: String) { _ = lchown(path, user, group) }

  /// The same for an open file.
  public func own(_ number: Int32) { _ = fchown(number, user, group) }
}
