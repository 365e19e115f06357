import Glibc
import Reactor

/// The local time now in strftime(3)'s `format`; in seconds since 1970 when there is none, or when
/// the format's text is empty or above 255 octets.
func timeStamp(_ format: String?) -> String {
  var now = time_t(WallClock.seconds())
  let seconds = String(now)
  guard let format else { return seconds }
  var parts = tm()
  localtime_r(&now, &parts)
  var room = [CChar](repeating: 0, count: 256)
  let count = strftime(&room, room.count, format, &parts)
  guard count > 0 else { return seconds }
  return String(decoding: room.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
