/// The version of the package, as `--version`, the log and `$SYS/broker/version` print it.
let version = "0.1.0"
