/// The version of this library and of `bd`.
public let beadsVersion = "1.1.0"
