//! Nothing: this package is here for its lock file.
