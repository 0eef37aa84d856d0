#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// 1 - exp(-x), exact also for tiny x.
func oneMinusExponential(_ x: Double) -> Double { -expm1(-x) }
