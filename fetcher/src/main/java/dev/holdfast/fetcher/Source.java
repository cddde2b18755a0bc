package dev.holdfast.fetcher;

/// Where a file comes from.
interface Source {
  /// Brings the file at `location`.
  ///
  /// @throws FetchException when it did not come whole
  void fetch(String location, Download download) throws FetchException;
}
