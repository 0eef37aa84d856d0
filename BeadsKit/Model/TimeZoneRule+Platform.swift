#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Seconds east of UTC of this process's zone at a moment; 0 when the C library cannot say.
func localSecondsEast(at seconds: Int64) -> Int {
  var moment = time_t(seconds)
  var fields = tm()
  guard localtime_r(&moment, &fields) != nil else { return 0 }
  return fields.tm_gmtoff
}
